// The registration cache that ships, with room for two idle entries, and for two that wait for their release.

import type { Subject } from "stalemate";
import { registrationCache } from "../../src/cache/cache-subject.ts";

const subject: Subject = registrationCache({
  name: "few-entries",
  inUse: "defer",
  limits: { entries: 2, pending: 2 },
});

export default subject;
