// Several threads of a process in one provider instance: whose turn it is, and which calls overlap.
//
// A trace says by `resume` which thread acts from there on; without one there is a single thread, number 0. The calls of
// an instance stand in one list, those of the acting thread last: so the innermost call is always one of its own, and a
// host call or a return needs no other name. What a call has to know of those that overlap with it is noted in it.
//
// Not modelled: what two threads do to memory that they share within the cache; that is the cache's own business.

import { answered, type Applied, type CacheCall } from "./events.ts";
import { entriesOf } from "./entries.ts";
import type { ProviderInstance, RecordedCall } from "./ledger.ts";
import { own } from "./ownership.ts";
import { ownInstance, type Numbers, type State } from "./state.ts";
import { pagesOf, sameSpan, type PageSpan } from "./units.ts";

/** The thread acts from now on: its calls are the innermost ones. */
export function resume(state: State, thread: number): Applied {
  if (state.thread !== thread) changeNumbers(state, thread);
  state.thread = thread;
  for (const { id, calls } of state.instances) {
    if (calls.length < 2) continue;
    const isOwn = (each: RecordedCall): boolean => threadOf(each) === thread;
    ownInstance(state, id).calls = [
      ...calls.filter((each) => !isOwn(each)),
      ...calls.filter((each) => isOwn(each)),
    ];
  }
  return answered(null);
}

/** Numbers between the first of one thread and the first of the next. */
const NUMBERS_EACH = 100;

/** Each thread has numbers of its own: which thread came first cannot be told from what the host answered. */
function changeNumbers(state: State, thread: number): void {
  const memory = own(state, "memory");
  const nics = state.nics.map((_, provider) => own(own(state, "nics"), provider));
  const first = thread * NUMBERS_EACH + 1;
  const next = state.numbers.find((each) => each.thread === thread);
  const left: Numbers = {
    thread: state.thread,
    secure: memory.nextSecure,
    mdl: memory.nextMdl,
    regions: nics.map((each) => each.nextRegion),
    keys: nics.map((each) => each.nextKey),
  };
  const others = state.numbers.filter(
    (each) => each.thread !== thread && each.thread !== state.thread,
  );
  state.numbers = [...others, left].toSorted((a, b) => a.thread - b.thread);
  memory.nextSecure = next?.secure ?? first;
  memory.nextMdl = next?.mdl ?? first;
  for (const [provider, nic] of nics.entries()) {
    nic.nextRegion = next?.regions[provider] ?? first;
    nic.nextKey = next?.keys[provider] ?? first;
  }
}

/** The thread that began a call or an operation. */
export const threadOf = ({ thread = 0 }: { readonly thread?: number }): number => thread;

/** The acting thread, for the record; nothing if there is only one. */
export const actingThread = ({ thread }: State): { readonly thread?: number } =>
  thread === 0 ? {} : { thread };

/** The innermost call has just begun: it overlaps with those of other threads, and they with it. */
export function noteBegun(state: State, instance: ProviderInstance): void {
  disturbAttempts(state, instance);
  if (state.thread !== 0) beginEpisode(state, instance);
  const calls = own(instance, "calls");
  const last = calls.length - 1;
  const begun = calls[last];
  if (begun === undefined) return;
  const about = aboutOf(state, begun);
  for (let i = 0; i < last; i++) {
    const other = calls[i];
    if (other === undefined || threadOf(other) === threadOf(begun)) continue;
    noteBeside(calls, i, about);
    noteBeside(calls, last, aboutOf(state, other));
  }
}

/** A call of the thread touched pages: the calls of other threads are told. */
export function noteTouchedBeside(
  instance: ProviderInstance,
  thread: number,
  span: PageSpan,
): void {
  if (instance.calls.length < 2) return;
  const calls = own(instance, "calls");
  for (const [i, other] of calls.entries()) {
    if (threadOf(other) !== thread) noteBeside(calls, i, [span]);
  }
}

/** The call has returned. */
export function noteEnded(state: State, instance: ProviderInstance, ended: RecordedCall): void {
  const { call, began, failures, outcome } = ended;
  if (instance.episode === undefined || began === undefined) return;
  const episode = own(instance, "episode");
  own(episode, "calls").push({
    call,
    outcome,
    began,
    ended: episode.clock++,
    hasFailed: failures.length > 0,
    about: aboutOf(state, ended),
  });
}

/** What a call is about: the pages of its request, and of its host calls so far. */
function aboutOf(state: State, { call, touched }: RecordedCall): readonly PageSpan[] {
  return call.name === "invalidate"
    ? [pagesOf(call.range, state.config.pageSizeBytes), ...touched]
    : touched;
}

function noteBeside(calls: RecordedCall[], index: number, spans: readonly PageSpan[]): void {
  const call = own(calls, index);
  call.interrupted = true;
  const known = call.touchedBeside ?? [];
  const others = spans.filter((span) => !known.some((each) => sameSpan(each, span)));
  if (others.length > 0 || call.touchedBeside === undefined) {
    call.touchedBeside = [...known, ...others];
  }
}

/** A call begins while another thread's operation waits for its callbacks: what these answered may be over by then. */
function disturbAttempts(state: State, { process }: ProviderInstance): void {
  for (const [i, attempt] of state.attempts.entries()) {
    if (attempt.process !== process || threadOf(attempt) === state.thread) continue;
    own(state, "attempts")[i] = { ...attempt, isDisturbed: true };
  }
}

/** A call begins: an episode with it, unless one is in progress. */
function beginEpisode(state: State, instance: ProviderInstance): void {
  if (instance.calls.length === 1 || instance.episode === undefined) {
    instance.episode = {
      clock: 0,
      live: instance.registrations,
      kept: entriesOf(state, instance).flatMap(({ regions, span, zombie }) =>
        regions.map(({ key }) => ({ key, span, zombie })),
      ),
      calls: [],
    };
  }
  const calls = own(instance, "calls");
  const begun = own(calls, calls.length - 1);
  begun.began = own(instance, "episode").clock++;
}

/** Which call it was, for people. */
export function callWords(call: CacheCall): string {
  switch (call.name) {
    case "register":
      return `register of ${call.as}`;
    case "deregister":
      return `deregister of ${call.registration}`;
    case "invalidate":
      return "callback";
    default:
      return call.name;
  }
}
