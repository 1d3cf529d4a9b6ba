// The registration cache that ships, small enough for the worlds of the checker to reach its limits. It is imported from
// its room and not from the package, so that mutants can change any of its modules.

import type { Subject } from "stalemate";
import { registrationCache } from "../../src/cache/cache-subject.ts";

const subject: Subject = registrationCache({
  inUse: "defer",
  limits: { entries: 4, pages: 8, pending: 0 },
});

export default subject;
