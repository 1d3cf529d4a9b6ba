// What the provider declares that generation assumes: it keeps nothing, and has a callback.

import type { Claims } from "../../model/config.ts";

export const claims: Claims = {
  caches: { local: false, remote: false },
  hit: "exact",
  inUse: "refuse",
  limits: { entries: 0, pages: 0, pending: null },
  notification: "refuse-notify-retry",
  callback: true,
};
