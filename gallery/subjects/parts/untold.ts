// What a table of live registrations declares where nobody tells it of changes: it keeps nothing that is not registered, and
// shares what is.

import type { Capabilities } from "stalemate";

export const untold: Capabilities = {
  caches: { local: false, remote: false },
  hit: "containment",
  inUse: "defer",
  limits: { entries: null, pages: null, pending: 0 },
  notification: "none",
};
