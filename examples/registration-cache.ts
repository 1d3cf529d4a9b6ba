// The registration cache that comes with stalemate, as a subject: a small one, so that the small worlds of the checker
// reach its limits.

import { registrationCache, type Subject } from "stalemate";

const subject: Subject = registrationCache({
  inUse: "defer",
  limits: { entries: 4, pages: 8, pending: 0 },
});

export default subject;
