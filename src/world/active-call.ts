// A call of a provider instance that is in progress. Its other half is on the subject's stack, which nobody can copy, so
// it is not part of the state: states are copied between calls.
//
// What the instance had when the call began is not written down then. Whatever changes an entry first keeps it, as it
// was, in every call in progress that has not kept it yet; what was not kept has not changed. A call costs what it
// changes, not what there is.

import type { MdlHandle, PageSpan, Pfn, SecureHandle } from "../../model/units.ts";
import type {
  ActiveCall,
  CacheCall,
  CallOutcome,
  EntryBefore,
  HostCall,
  HostChange,
  HostFailure,
  Totals,
} from "./words.ts";

const empty: readonly never[] = Object.freeze([]);

/** The list with the item behind it: the same list, unless it is the shared empty one. */
export function appended<T>(list: readonly T[], item: T): readonly T[] {
  if (list === empty) return [item];
  (list as T[]).push(item);
  return list;
}

export class FlatCall implements ActiveCall {
  readonly call: CacheCall;
  /** Handles from these on were handed out after the call began. */
  readonly nextMdl: number;
  readonly nextSecure: number;
  readonly totals: Totals;
  readonly framesBefore: readonly (Pfn | null)[] | null;
  readonly work: Record<HostCall["name"], number> = {
    lock: 0,
    unlock: 0,
    secure: 0,
    unsecure: 0,
    frames: 0,
    nicRegister: 0,
    nicDeregister: 0,
    expose: 0,
    unexpose: 0,
    watch: 0,
    unwatch: 0,
    poll: 0,
    generation: 0,
    post: 0,
    cancel: 0,
    complete: 0,
  };
  // Most calls note little, so a list is made when something is put into it.
  /** Entries as they were before they changed. */
  kept: readonly EntryBefore[] = empty;
  /** Secures that were released. */
  unsecured: readonly { readonly handle: SecureHandle; readonly span: PageSpan }[] = empty;
  failures: readonly HostFailure[] = empty;
  changes: readonly HostChange[] = empty;
  mdls: readonly MdlHandle[] = empty;
  secures: readonly SecureHandle[] = empty;
  touched: readonly PageSpan[] = empty;
  touchedWithin: readonly PageSpan[] = empty;
  mappings: ActiveCall["mappings"] = empty;
  wasInvalid = false;
  interrupted = false;
  outcome: CallOutcome = null;

  constructor(
    call: CacheCall,
    nextMdl: number,
    nextSecure: number,
    totals: Totals,
    framesBefore: readonly (Pfn | null)[] | null,
  ) {
    this.call = call;
    this.nextMdl = nextMdl;
    this.nextSecure = nextSecure;
    this.totals = totals;
    this.framesBefore = framesBefore;
  }

  get acquired(): ActiveCall["acquired"] {
    return { mdls: this.mdls, secures: this.secures };
  }

  hasKept(mdl: number): boolean {
    for (const entry of this.kept) if (entry.mdl === mdl) return true;
    return false;
  }
}
