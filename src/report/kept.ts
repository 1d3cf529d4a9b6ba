// What is left of a registration after its deregister: kept or released, secured or not.

import { families, isBeyondWindows } from "../../model/families.ts";
import type { InstanceId, MdlHandle, PageSpan, RegionKey } from "../../model/units.ts";
import { pageNumbers, spanHas } from "../../model/units.ts";
import type { WorldView } from "../../model/view.ts";

/** What a registration used that is still there; null: nothing is. */
export interface Kept {
  readonly what: "region" | "lock";
  /** Somebody else still uses it. */
  readonly held: boolean;
  readonly secured: boolean;
}

export function whatKept(
  view: WorldView,
  id: InstanceId,
  used: { readonly region: RegionKey; readonly mdl: MdlHandle | null },
): Kept | null {
  const instance = view.instance(id);
  const region = view.regions(instance.provider).find((each) => each.key === used.region);
  const mdl = view.locked().find((each) => each.handle === (region?.mdl ?? used.mdl));
  const span = region?.span ?? mdl?.span;
  if (span === undefined) return null;
  const held =
    region !== undefined &&
    (instance.registrations.some((each) => each.region === region.key) ||
      view.transfers().some((each) => each.region === region.key));
  return {
    what: region === undefined ? "lock" : "region",
    held,
    secured: isSecured(view, id, span),
  };
}

/** True if live secures of the provider instance cover every page; where a cache watches, if every page is watched. */
function isSecured(view: WorldView, id: InstanceId, span: PageSpan): boolean {
  if (isBeyondWindows(view.config.notification)) {
    return pageNumbers(span).every((page) => view.isWatched(id, page));
  }
  const { process, provider } = view.instance(id);
  const own = view
    .secures()
    .filter((each) => each.process === process && each.provider === provider);
  return pageNumbers(span).every((page) => own.some((secure) => spanHas(secure.span, page)));
}

/** "kept, NOT secured"; null if there is nothing to say. */
export function keptNote(view: WorldView, kept: Kept | null): string | null {
  if (kept === null) return null;
  if (kept.held) return "still in use";
  const what = kept.what === "lock" ? "lock kept" : "kept";
  switch (families[view.config.notification].delivery) {
    case "asked":
    case "never":
      return what;
    case "refused":
      return `${what}, ${kept.secured ? "secured" : "NOT secured"}`;
    case "before":
    case "after":
    case "queued":
      return `${what}, ${kept.secured ? "watched" : "NOT watched"}`;
  }
}
