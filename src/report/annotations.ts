// What one command made happen, in a few words: the column beside the program. The words come from the
// events of the command as the model replays them: what the cache did with its host, what the
// callbacks answered, what the application was told.
//
// What another thread did inside a call in progress stands apart, as an aside.

import type { Answer, CallOutcome, Event, EventOf } from "../../model/events.ts";
import {
  brand,
  type InstanceId,
  type MdlHandle,
  type ProcessId,
  type RegionKey,
} from "../../model/units.ts";
import type { WorldView } from "../../model/view.ts";
import { bufferNames, type BufferNames } from "./buffer-names.ts";
import { hostNote, type LockedFrames } from "./host-notes.ts";
import { keptNote, whatKept } from "./kept.ts";
import { pfnText } from "./layout.ts";
import { kernelNotes, operationText, osNote, transferNote } from "./world-notes.ts";

export interface Annotations {
  readonly notes: readonly string[];
  /** Each: what happened inside a call in progress, and in which call. */
  readonly asides: readonly Aside[];
}

export interface Aside {
  readonly during: string;
  readonly notes: readonly string[];
}

/** A call of the provider shell into the cache that has not returned. */
interface OpenCall {
  readonly instance: InstanceId;
  readonly event: EventOf<"call">;
  readonly notes: string[];
  registeredRegions: RegionKey[];
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
  let open: OpenCall[] = [];
  let notes: string[] = [];
  let asides: { during: string; notes: string[] }[] = [];
  let outermost = "";

  const put = (note: string | null, level: number): void => {
    if (note === null) return;
    if (level === 0) notes.push(note);
    else {
      const during = open[level - 1]?.event.call.name ?? outermost;
      const last = asides.at(-1);
      if (last?.during === during) last.notes.push(note);
      else asides.push({ during, notes: [note] });
    }
  };

  /** Calls that will not return in this trace: their process ended, or a rule was broken inside them. */
  const abandon = (view: WorldView | null, process: ProcessId | null): void => {
    const gone = open.filter(
      ({ instance }) => view === null || view.instance(instance).process === process,
    );
    open = open.filter((call) => !gone.includes(call));
    for (const call of gone) for (const note of call.notes) put(note, open.length);
  };

  return {
    names: memory.names,
    begin(): void {
      open = [];
      notes = [];
      asides = [];
    },
    add(view, event, answer): void {
      if (event.type === "call") {
        open.push({ instance: event.instance, event, notes: [], registeredRegions: [] });
        outermost = open[0]?.event.call.name ?? "";
        return;
      }
      if (event.type === "host") {
        const call = open.at(-1);
        const note = hostNote(view, event, answer, memory.frames);
        if (event.call.name === "nicRegister" && answer?.kind === "host" && answer.result.ok) {
          call?.registeredRegions.push(brand(Number(answer.result.value)));
        }
        if (note !== null) (call?.notes ?? notes).push(note);
        return;
      }
      if (event.type === "return") {
        const call = open.pop();
        if (call === undefined) return;
        for (const note of returned(view, call, event.outcome, memory)) put(note, open.length);
        return;
      }
      if (event.type === "exit") abandon(view, event.process);
      const nested = open.length > 0;
      for (const note of worldNotes(view, event, answer, memory, nested)) put(note, open.length);
    },
    end(): Annotations {
      abandon(null, null);
      return { notes, asides };
    },
  };
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
    case "closeSocket":
    case "cleanup":
      return open.notes;
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
): readonly (string | null)[] {
  switch (event.type) {
    case "os": {
      const note = osNote(view, event, answer, memory.names);
      // The line of the program says what was called; inside another call nothing does.
      return nested ? [`${operationText(view, event, memory.names)} ${note ?? "done"}`] : [note];
    }
    case "retry":
      return [osNote(view, event, answer, memory.names)];
    case "notify": {
      const where = memory.names.nameOf(view, event.process, event.range);
      return nested ? [`notification of ${where}`] : [];
    }
    case "wsp":
      return [answer?.kind === "wsp" ? answer.error : null];
    case "transferStart":
      memory.transferKinds.set(event.as, event.kind);
      return [transferNote(event, answer, event.kind)];
    case "transferComplete":
      return [transferNote(event, answer, memory.transferKinds.get(event.transfer) ?? null)];
    case "peerAccess":
      return [transferNote(event, answer, null)];
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
      return [];
  }
}
