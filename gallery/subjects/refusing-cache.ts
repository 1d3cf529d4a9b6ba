// The registration cache that ships, with the other policy and without limits: what is in use stays as it is when the
// callback comes, and nothing goes before it has to.

import type { Subject } from "stalemate";
import { registrationCache } from "../../src/cache/cache-subject.ts";

const subject: Subject = registrationCache({ name: "refusing-cache", inUse: "refuse" });

export default subject;
