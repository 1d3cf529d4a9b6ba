// Calls of the cache into its host: requests to the proxy driver and to the NIC, and the faults that were
// armed for them. Each call and its answer are noted in the call in progress.
// Sources: WDK, "Implementing IOCTLs for a SAN Service Provider", "Registering Memory for Operations on a SAN"; the
// NIC's answers are our model, as nic.ts says.

import { isUserRange, pageAt } from "./address-space.ts";
import type { DriverError, IoctlRequest, IoctlResult, NicError } from "./contract.ts";
import { answered, type Applied, type HostAnswer, type HostCall } from "./events.ts";
import { entriesOf, isIdle, overlapping, securesOf, uncovered } from "./entries.ts";
import { isBeyondWindows } from "./families.ts";
import { kernelOver } from "./kernel.ts";
import type { Holdings, ProviderInstance, RecordedCall } from "./ledger.ts";
import { generation, poll, unwatch, watch } from "./mapping-changes.ts";
import type { LockedPages } from "./memory.ts";
import { deregisterRegion, exposeRange, registerRegion, unexposeKey } from "./nic.ts";
import { own } from "./ownership.ts";
import { proxyDriver } from "./proxy-driver.ts";
import { at, ownInstance, ownNic, type State } from "./state.ts";
import { noteTouchedBeside, threadOf } from "./threads.ts";
import {
  brand,
  pageNumbers,
  pagesOf,
  rangeOf,
  sameSpan,
  spanHas,
  unreachable,
  type InstanceId,
  type MdlHandle,
  type PageSpan,
  type ProcessId,
  type ProviderId,
  type RegionKey,
} from "./units.ts";
import { providerCall } from "./whole-provider.ts";

/** One host call of the innermost call in progress. */
export function hostCall(state: State, id: InstanceId, call: HostCall): Applied {
  const instance = ownInstance(state, id);
  const span = touchedBy(state, instance, call);
  const badBlock = meetsBadBlock(state, instance, call);
  const injected = injectedError(state, call);
  const result: HostAnswer =
    injected === null ? perform(state, instance, call) : { ok: false, error: injected };
  noteHostCall(state, instance, call, result, {
    injected: injected !== null,
    badBlock,
    span,
  });
  return answered({ kind: "host", result });
}

/** The error of an armed fault, which is used up. */
function injectedError(state: State, call: HostCall): DriverError | NicError | null {
  const index = state.faults.fail.findIndex((name) => name === call.name);
  if (index === -1) return null;
  state.faults = { ...state.faults, fail: state.faults.fail.toSpliced(index, 1) };
  switch (call.name) {
    case "nicRegister":
      return "NO_RESOURCES";
    case "nicDeregister":
      return "BUSY";
    default:
      return "STATUS_INSUFFICIENT_RESOURCES";
  }
}

function perform(state: State, instance: ProviderInstance, call: HostCall): HostAnswer {
  const { process, provider } = instance;
  switch (call.name) {
    case "lock":
      return ioctlOf(state, process, provider, {
        code: "lock",
        range: call.range,
        access: call.access,
      });
    case "unlock":
    case "frames":
      return ioctlOf(state, process, provider, { code: call.name, mdl: call.mdl });
    case "secure":
      // Outside Windows there is nothing of the kind: a cache watches.
      if (isBeyondWindows(state.config.notification)) {
        return { ok: false, error: "STATUS_INVALID_PARAMETER" };
      }
      return ioctlOf(state, process, provider, {
        code: "secure",
        range: call.range,
        mode: call.mode,
      });
    case "watch":
    case "unwatch":
    case "generation":
    case "poll":
      return monitor(state, instance, call);
    case "unsecure":
      return ioctlOf(state, process, provider, { code: "unsecure", handle: call.handle });
    case "nicRegister": {
      const mdl = state.memory.locked.find(
        (each) => each.handle === call.mdl && each.provider === provider,
      );
      return registerRegion(ownNic(state, provider), process, mdl, call.access);
    }
    case "nicDeregister": {
      const result = deregisterRegion(
        ownNic(state, provider),
        process,
        call.region,
        isInFlight(state, provider, call.region),
      );
      return result.ok ? { ok: true, value: null } : result;
    }
    case "expose":
      return exposeRange(ownNic(state, provider), process, call, state.config.pageSizeBytes);
    case "unexpose": {
      const result = unexposeKey(ownNic(state, provider), process, call.key);
      return result.ok ? { ok: true, value: null } : result;
    }
    case "post":
    case "cancel":
    case "complete":
      return providerCall(state, instance.id, call);
    default:
      return unreachable(call);
  }
}

/** A call of `host.monitor`. Watching a range that is not wholly one of user addresses does nothing. */
function monitor(
  state: State,
  { process, provider }: ProviderInstance,
  call: Extract<HostCall, { name: "watch" | "unwatch" | "generation" | "poll" }>,
): HostAnswer {
  const { pageSizeBytes } = state.config;
  if (call.name === "poll") {
    const heard = poll(own(state, "memory"), process, provider);
    return { ok: true, value: heard.map((span) => rangeOf(span, pageSizeBytes)) };
  }
  if (!isUserRange(call.range, state.memory.user, pageSizeBytes)) {
    return { ok: false, error: "STATUS_INVALID_PARAMETER" };
  }
  const span = pagesOf(call.range, pageSizeBytes);
  if (call.name === "generation") {
    return { ok: true, value: generation(state.memory, process, span) };
  }
  const change = call.name === "watch" ? watch : unwatch;
  change(own(state, "memory"), process, provider, span);
  return { ok: true, value: null };
}

/** One request to the world's own proxy driver. */
export function ioctlOf(
  state: State,
  process: ProcessId,
  provider: ProviderId,
  request: IoctlRequest,
): HostAnswer & IoctlResult {
  at(state.drivers, provider, "provider");
  const tables = own(own(state, "drivers"), provider);
  const driver = proxyDriver(tables, kernelOver(own(state, "memory"), provider));
  return driver.dispatch(process, request) as HostAnswer & IoctlResult;
}

function isInFlight(state: State, provider: ProviderId, region: RegionKey): boolean {
  return state.transfers.some(
    (each) => each.inFlight && each.provider === provider && each.region === region,
  );
}

/** What was so before the call was performed. */
interface Circumstances {
  readonly injected: boolean;
  readonly badBlock: boolean;
  readonly span: PageSpan | null;
}

function noteHostCall(
  state: State,
  instance: ProviderInstance,
  call: HostCall,
  result: HostAnswer,
  { injected, badBlock, span }: Circumstances,
): void {
  countDown(state, instance.process);
  const active = ownInnermost(instance);
  if (active !== null && span !== null) {
    own(active, "touched").push(span);
    noteTouchedBeside(instance, state.thread, span);
  }
  if (!result.ok) {
    if (active !== null) {
      own(active, "failures").push({ call: call.name, error: result.error, injected, badBlock });
    }
    if (call.name === "nicDeregister") owe(state, instance, mdlOf(state, instance, call.region));
    if (call.name === "unlock") owe(state, instance, call.mdl);
    return;
  }
  if (active !== null) noteSuccess(active, call, result.value, span);
  switch (call.name) {
    case "unlock":
      instance.uses = instance.uses.filter((each) => each.mdl !== call.mdl);
      instance.unreleased = instance.unreleased.filter((each) => each.mdl !== call.mdl);
      for (const acquired of ownAcquired(instance, ({ mdls }) => mdls.includes(call.mdl))) {
        acquired.mdls = acquired.mdls.filter((mdl) => mdl !== call.mdl);
      }
      break;
    case "unsecure":
      for (const acquired of ownAcquired(instance, (each) => each.secures.includes(call.handle))) {
        acquired.secures = acquired.secures.filter((handle) => handle !== call.handle);
      }
      break;
    case "nicDeregister":
      instance.zombies = instance.zombies.filter((key) => key !== call.region);
      break;
    default:
      break;
  }
}

/** Host calls that change nothing. */
const readsOnly: ReadonlySet<HostCall["name"]> = new Set(["frames", "generation", "poll"]);

function noteSuccess(
  active: RecordedCall,
  call: HostCall,
  value: unknown,
  span: PageSpan | null,
): void {
  own(active, "work")[call.name]++;
  if (!readsOnly.has(call.name)) own(active, "changes").push({ call: call.name, span });
  if (call.name === "lock") own(own(active, "acquired"), "mdls").push(brand(Number(value)));
  if (call.name === "secure") own(own(active, "acquired"), "secures").push(brand(Number(value)));
}

/** What the calls in progress acquired, where it is so, to be written to. */
function ownAcquired(
  instance: ProviderInstance,
  isSo: (acquired: RecordedCall["acquired"]) => boolean,
): RecordedCall["acquired"][] {
  return instance.calls.flatMap(({ acquired }, i) =>
    isSo(acquired) ? [own(own(own(instance, "calls"), i), "acquired")] : [],
  );
}

/** The innermost call is about to do something with these pages. */
export function noteTouched(state: State, id: InstanceId, call: HostCall): void {
  const instance = ownInstance(state, id);
  const active = ownInnermost(instance);
  const touched = touchedBy(state, instance, call);
  if (touched !== null && active !== null) own(active, "touched").push(touched);
}

/** The thread's innermost call, in whatever instance, is about to do something with these pages. */
export function notePending(state: State, thread: number, call: HostCall): void {
  for (const { id, calls } of state.instances) {
    const index = calls.findLastIndex((each) => threadOf(each) === thread);
    if (index === -1) continue;
    const instance = ownInstance(state, id);
    const span = touchedBy(state, instance, call);
    if (span === null || calls[index]?.touched.some((each) => sameSpan(each, span)) === true)
      continue;
    own(own(own(instance, "calls"), index), "touched").push(span);
    noteTouchedBeside(instance, thread, span);
  }
}

/** The innermost call in progress, to be written to; null if there is none. */
function ownInnermost(instance: ProviderInstance): RecordedCall | null {
  const last = instance.calls.length - 1;
  return last < 0 ? null : own(own(instance, "calls"), last);
}

/** The pages that a host call is about; null if it names nothing that exists. */
function touchedBy(state: State, instance: ProviderInstance, call: HostCall): PageSpan | null {
  const card = at(state.nics, instance.provider, "provider");
  switch (call.name) {
    case "lock":
    case "secure":
    case "expose":
    case "watch":
    case "unwatch":
      return pagesOf(call.range, state.config.pageSizeBytes);
    case "unlock":
    case "frames":
    case "nicRegister":
      return state.memory.locked.find((each) => each.handle === call.mdl)?.span ?? null;
    case "unsecure":
      return state.memory.secures.find((each) => each.handle === call.handle)?.span ?? null;
    case "nicDeregister":
      return card.regions.find((each) => each.key === call.region)?.span ?? null;
    case "unexpose":
      return card.exposures.find((each) => each.key === call.key)?.span ?? null;
    case "post":
      return pagesOf(call.range, state.config.pageSizeBytes);
    case "generation":
    case "poll":
    case "cancel":
    case "complete":
      return null;
  }
}

/** True if a page that the register in progress asked for will fail to be read: a fault that nobody can avoid. */
function meetsBadBlock(state: State, instance: ProviderInstance, call: HostCall): boolean {
  const active = instance.calls.at(-1);
  if (active?.call.name !== "register" || call.name !== "lock") return false;
  const { pageSizeBytes } = state.config;
  const { range } = active.call.request;
  if (!isUserRange(range, state.memory.user, pageSizeBytes)) return false;
  const locked = pagesOf(call.range, pageSizeBytes);
  return pageNumbers(pagesOf(range, pageSizeBytes)).some(
    (number) =>
      spanHas(locked, number) &&
      pageAt(at(state.memory.spaces, instance.process, "process"), number)?.inPageError === true,
  );
}

/** A release that failed is still owed; what remains is an idle entry. */
function owe(state: State, instance: ProviderInstance, mdl: MdlHandle | undefined): void {
  const lock = state.memory.locked.find((each) => each.handle === mdl);
  if (mdl === undefined || lock === undefined) return;
  // Somebody else's is nothing that the instance could release.
  if (lock.process !== instance.process || lock.provider !== instance.provider) return;
  const known = instance.unreleased.findIndex((each) => each.mdl === mdl);
  // What was in use since may have been unsecured since.
  if (known !== -1 && !wasHeld(instance, mdl)) return;
  const wasSecured = uncovered(lock.span, coverOf(state, instance, lock)).length === 0;
  const unreleased = own(instance, "unreleased");
  if (known === -1) unreleased.push({ mdl, wasSecured });
  else unreleased[known] = { mdl, wasSecured };
}

/** The entry was in use when the innermost call began. */
const wasHeld = (instance: ProviderInstance, mdl: MdlHandle): boolean =>
  instance.calls.at(-1)?.before.entries.find((each) => each.mdl === mdl)?.held === true;

/**
 * The secures, now or when the innermost call began, that an entry has to keep if its release fails. One that was idle
 * had to be secured, and keeps all of them. One that was in use need not have been: a secure that is over another entry
 * as well may be that one's, and then go with it.
 */
function coverOf(
  state: State,
  instance: ProviderInstance,
  { handle }: LockedPages,
): Holdings["secures"] {
  const before = instance.calls.at(-1)?.before;
  const secures = [...(before?.secures ?? []), ...securesOf(state, instance)];
  const was = before?.entries.find((each) => each.mdl === handle);
  if (was !== undefined && isIdle(was)) return secures;
  const others = [...(before?.entries ?? []), ...entriesOf(state, instance)].filter(
    (each) => each.mdl !== handle,
  );
  return secures.filter(({ span }) => overlapping(others, span).length === 0);
}

function mdlOf(state: State, instance: ProviderInstance, key: RegionKey): MdlHandle | undefined {
  return state.nics[instance.provider]?.regions.find((each) => each.key === key)?.mdl;
}

/** An armed interruption comes one host call nearer. */
function countDown(state: State, process: ProcessId): void {
  const armed = state.faults.interrupt;
  if (armed === null || armed.process !== process) return;
  const interrupt = { ...armed, afterHostCalls: Math.max(0, armed.afterHostCalls - 1) };
  state.faults = { ...state.faults, interrupt };
}
