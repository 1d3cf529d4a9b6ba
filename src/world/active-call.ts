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
  HostFailure,
  Totals,
} from "./words.ts";

export class FlatCall implements ActiveCall {
  readonly call: CacheCall;
  /** Handles from these on were handed out after the call began. */
  readonly nextMdl: number;
  readonly nextSecure: number;
  readonly totals: Totals;
  readonly framesBefore: readonly (Pfn | null)[] | null;
  /** Entries as they were before they changed. */
  readonly kept: EntryBefore[] = [];
  /** Secures that were released. */
  readonly unsecured: { readonly handle: SecureHandle; readonly span: PageSpan }[] = [];
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
  };
  failures: HostFailure[] = [];
  changes: { readonly call: HostCall["name"]; readonly span: PageSpan | null }[] = [];
  acquired: { mdls: MdlHandle[]; secures: SecureHandle[] } = { mdls: [], secures: [] };
  touched: PageSpan[] = [];
  touchedWithin: PageSpan[] = [];
  mappings: (Pfn | null)[][] = [];
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

  hasKept(mdl: number): boolean {
    for (const entry of this.kept) if (entry.mdl === mdl) return true;
    return false;
  }
}
