// ACCESS: who may reach registered memory, with which rights, and for how long.
// Source: Windows driver documentation, Registering Memory for Operations on a SAN, section Managing
// Memory Access.

import { ordinary, type Rule } from "./rule.ts";

const page = "Registering Memory for Operations on a SAN";
const section = `${page}, Managing Memory Access`;

export const accessRules: readonly Rule[] = [
  {
    ...ordinary,
    id: "ACCESS-1",
    level: "must",
    sentence:
      "Memory that is registered for local access is reachable only from the process that registered it.",
    source: `${section}, memory registered for local access`,
    appliesTo: ["provider"],
    witness: "a transfer from another process through the buffer's handle",
  },
  {
    ...ordinary,
    id: "ACCESS-2",
    level: "must",
    sentence: "A peer reaches only pages that are exposed to the socket it is connected to.",
    source: `${section}, memory registered for local and remote access`,
    appliesTo: ["cache", "provider"],
    witness: "an access by the peer of another socket",
  },
  {
    ...ordinary,
    id: "ACCESS-3",
    level: "must",
    sentence:
      "Memory is reachable only while it is registered and while the connection it was registered for is up.",
    source: `${section}, access only while registered and connected`,
    appliesTo: ["cache", "provider"],
    witness: "an access after the connection was closed",
  },
  {
    ...ordinary,
    id: "ACCESS-4",
    level: "must",
    sentence:
      "No transfer succeeds through an instance whose rights forbid it; a peer has only the rights that the live remote instances of its socket grant; and nothing locks for writing a page that forbids writing. The region behind an instance may hold more rights.",
    source: `${section}, read access and write access`,
    appliesTo: ["cache", "provider"],
    witness: "an access that the registered right does not include",
  },
  {
    ...ordinary,
    id: "ACCESS-5",
    level: "must",
    sentence:
      "After a socket is closed no live instance, exposure or pending operation of it remains; after it is handed over to another process, none of the old process remains.",
    source: `${section}; Using Registered Memory, closing a socket`,
    appliesTo: ["cache", "provider"],
    witness: "a close with operations pending, and a hand-over",
  },
];
