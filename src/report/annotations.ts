// What one command made happen, in a few words: the column beside the program. The words come from the
// events of the command as the model replays them: what the cache did with its host, what the
// callbacks answered, what the application was told.
//
// What another thread did inside a call in progress stands apart, as an aside.

import type { Answer, CacheCall, CallOutcome, Event, EventOf } from "../../model/events.ts";
import { brand, type InstanceId, type MdlHandle, type RegionKey } from "../../model/units.ts";
import type { WorldView } from "../../model/view.ts";
import { bufferNames, type BufferNames } from "./buffer-names.ts";
import { hostNote, type LockedFrames } from "./host-notes.ts";
import { keptNote, whatKept } from "./kept.ts";
import { pfnText } from "./layout.ts";
import { noteSheet, type Annotations } from "./note-sheet.ts";
import { kernelNotes, operationText, osNote, transferNote } from "./world-notes.ts";

/** A call of the provider shell into the cache that has not returned. */
interface OpenCall {
  readonly instance: InstanceId;
  readonly event: EventOf<"call">;
  readonly notes: string[];
  readonly registeredRegions: RegionKey[];
}

/** Reads a trace in order; what is learnt from one command is used for the later ones. */
export interface Annotator {
  readonly names: BufferNames;
  begin(): void;
  /** An event of the command was performed; `view` reads the world after it. */
  add(view: WorldView, event: Event, answer: Answer): void;
  /** The command's annotations. */
  end(): Annotations;
}

interface Memory {
  readonly names: BufferNames;
  readonly frames: LockedFrames;
  /** What each registration was answered, by its name in the program. */
  readonly registered: Map<string, { readonly region: RegionKey; readonly mdl: MdlHandle | null }>;
  readonly transferKinds: Map<string, EventOf<"transferStart">["kind"]>;
}

export function annotator(): Annotator {
  const memory: Memory = {
    names: bufferNames(),
    frames: new Map(),
    registered: new Map(),
    transferKinds: new Map(),
  };
  let open: readonly OpenCall[] = [];
  let sheet = noteSheet();
  let stimulus: Event["type"] | null = null;

  const put = (told: readonly string[]): void => {
    const during = open.at(-1)?.event.call.name ?? null;
    for (const note of told) sheet.put(note, during);
  };

  /** Calls that will not return in this trace: their process ended, or a rule was broken inside them. */
  const abandon = (isGone: (call: OpenCall) => boolean): void => {
    const gone = open.filter(isGone);
    open = open.filter((call) => !gone.includes(call));
    for (const call of gone) put(call.notes);
  };

  return {
    names: memory.names,
    begin(): void {
      open = [];
      sheet = noteSheet();
      stimulus = null;
    },
    add(view, event, answer): void {
      stimulus ??= event.type;
      if (event.type === "call") {
        open = [...open, { instance: event.instance, event, notes: [], registeredRegions: [] }];
      } else if (event.type === "host") {
        const call = open.at(-1);
        const told = hostNotes(view, event, answer, memory, call);
        if (call === undefined) put(told);
        else call.notes.push(...told);
      } else if (event.type === "return") {
        const call = open.at(-1);
        if (call === undefined) return;
        open = open.slice(0, -1);
        const told = returned(view, call, event.outcome, memory);
        // The line of the program says what was called, but not what a close or an end leads to.
        put(stimulus === "wsp" ? told : folded(call.event.call, told));
      } else {
        if (event.type === "exit") {
          abandon(({ instance }) => view.instance(instance).process === event.process);
        }
        put(worldNotes(view, event, answer, memory, open.length > 0));
      }
    },
    end(): Annotations {
      abandon(() => true);
      return sheet.read();
    },
  };
}

function hostNotes(
  view: WorldView,
  event: EventOf<"host">,
  answer: Answer,
  memory: Memory,
  call: OpenCall | undefined,
): readonly string[] {
  const note = hostNote(view, event, answer, memory.frames);
  if (event.call.name === "nicRegister" && answer?.kind === "host" && answer.result.ok) {
    call?.registeredRegions.push(brand(Number(answer.result.value)));
  }
  return note === null ? [] : [note];
}

/** What a call into the cache did, told when it returns. */
function returned(
  view: WorldView,
  open: OpenCall,
  outcome: CallOutcome,
  memory: Memory,
): readonly string[] {
  const { call } = open.event;
  const inside = open.notes.length === 0 ? "" : ` (${open.notes.join(", ")})`;
  switch (call.name) {
    case "register":
      return [...open.notes, ...registerNotes(view, open, outcome, memory)];
    case "deregister": {
      if (outcome?.ok === false) return [...open.notes, outcome.error];
      const known = memory.registered.get(call.registration);
      const kept = known && keptNote(view, whatKept(view, open.instance, known));
      return kept ? [...open.notes, kept] : open.notes;
    }
    case "invalidate": {
      const who =
        view.config.providersPerProcess > 1
          ? ` of provider ${view.instance(open.instance).provider}`
          : "";
      const told = outcome === null ? "nothing" : outcome.ok ? "0" : outcome.error;
      return [`callback${who} → ${told}${inside}`];
    }
    case "registerInvalid":
    case "deregisterInvalid":
      return [...open.notes, outcome?.ok === false ? outcome.error : "accepted"];
    case "transfer":
      return outcome?.ok === false ? [...open.notes, outcome.error] : open.notes;
    case "closeSocket":
    case "cleanup":
    case "transferDone":
      return open.notes;
  }
}

/** "deregister mr_1 (region 1 gone, unlocked pfn 7)": several calls that one command leads to, told apart. */
function folded(call: CacheCall, notes: readonly string[]): readonly string[] {
  if (call.name === "invalidate") return notes;
  const inside = notes.length === 0 ? "" : ` (${notes.join(", ")})`;
  switch (call.name) {
    case "register":
      return [`register ${call.as}${inside}`];
    case "deregister":
      return [`deregister ${call.registration}${inside}`];
    case "registerInvalid":
    case "deregisterInvalid":
    case "transfer":
    case "transferDone":
      return notes;
    case "closeSocket":
    case "cleanup":
      return inside === "" ? [] : [`${call.name}${inside}`];
  }
}

function registerNotes(
  view: WorldView,
  open: OpenCall,
  outcome: CallOutcome,
  memory: Memory,
): readonly string[] {
  const { call } = open.event;
  if (call.name !== "register" || outcome === null) return [];
  if (!outcome.ok) return [outcome.error];
  if (!("region" in outcome)) return [];
  const { provider } = view.instance(open.instance);
  const region = view.regions(provider).find((each) => each.key === outcome.region);
  memory.registered.set(call.as, { region: outcome.region, mdl: region?.mdl ?? null });
  const key = outcome.remoteKey === undefined ? "" : `, key ${outcome.remoteKey}`;
  if (region === undefined) return [`answers region ${outcome.region}, which does not exist${key}`];
  if (open.registeredRegions.includes(outcome.region)) return [];
  return [`hit: region ${outcome.region}, ${pfnText(region.frames)}${key}`];
}

function worldNotes(
  view: WorldView,
  event: Event,
  answer: Answer,
  memory: Memory,
  nested: boolean,
): readonly string[] {
  const some = (note: string | null): readonly string[] => (note === null ? [] : [note]);
  switch (event.type) {
    case "os": {
      const note = osNote(view, event, answer, memory.names);
      // The line of the program says what was called; inside another call nothing does.
      return nested
        ? [`${operationText(view, event, memory.names)} ${note ?? "done"}`]
        : some(note);
    }
    case "retry":
      return some(osNote(view, event, answer, memory.names));
    case "notify": {
      const where = memory.names.nameOf(view, event.process, event.range);
      return nested ? [`notification of ${where}`] : [];
    }
    case "wsp":
      return some(answer?.kind === "wsp" ? answer.error : null);
    case "transferStart":
      memory.transferKinds.set(event.as, event.kind);
      return some(transferNote(event, answer, event.kind));
    case "transferComplete":
      return some(transferNote(event, answer, memory.transferKinds.get(event.transfer) ?? null));
    case "peerAccess":
      return some(transferNote(event, answer, null));
    case "ioctl":
    case "kernel":
    case "completed":
    case "exited":
      return kernelNotes(view, event, answer);
    case "connect":
    case "close":
    case "closed":
    case "handOver":
    case "cleanup":
    case "start":
    case "stopped":
    case "call":
    case "host":
    case "return":
    case "processExit":
    case "exit":
    case "arm":
    case "interrupt":
    case "nicReset":
    case "resume":
      return [];
    case "standstill":
      return [event.kind];
  }
}
