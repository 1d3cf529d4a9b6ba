// OWN: securing and unsecuring user memory, and what a proxy driver owes to the kernel.
// Source: Windows driver documentation, Securing and Releasing Ownership of Virtual Addresses and the
// pages it rests on. Only a cache with a callback has a reason to secure, and only where the operating
// system acts on a secure: elsewhere OWN-1 and OWN-2 have nothing to say about a cache.

import { ordinary, securingFamilies, type Rule } from "./rule.ts";

const page = "Securing and Releasing Ownership of Virtual Addresses";
const ioctls = "Implementing IOCTLs for a SAN Service Provider";

export const ownRules: readonly Rule[] = [
  {
    ...ordinary,
    id: "OWN-1",
    level: "must",
    sentence:
      "What is secured for a buffer covers it from its first to its last byte: no page that holds a byte of it is left out.",
    source: `${page}, securing a buffer`,
    appliesTo: ["cache"],
    families: securingFamilies,
    needs: ["invalidate"],
    witness: "a secure for a buffer that does not begin or end at a page boundary",
  },
  {
    ...ordinary,
    id: "OWN-2",
    level: "must",
    sentence:
      "What is unsecured is a handle that securing returned, once, in the process that secured it, and before that process ends.",
    source: `${page}, releasing a buffer; MmUnsecureVirtualMemory, remarks`,
    appliesTo: ["cache", "driver"],
    families: securingFamilies,
    needs: ["invalidate"],
    witness: "an unsecure",
  },
  {
    ...ordinary,
    id: "OWN-3",
    level: "must",
    sentence:
      "The proxy driver touches user memory only inside try/except: no exception leaves its dispatch routine, and so none brings the machine down.",
    source: `${page}, note on try/except; Caching Registered Memory, note`,
    appliesTo: ["driver"],
    witness: "a request on a range that is freed or that faults when it is touched",
  },
  {
    ...ordinary,
    id: "OWN-4",
    level: "must",
    sentence:
      "A fault that the proxy driver catches is reported as a failure of the request, and nothing that the request had acquired is left.",
    source: `${page}, note on try/except; ${ioctls}`,
    appliesTo: ["driver"],
    witness: "a caught fault, after the request has acquired something and before",
  },
  {
    ...ordinary,
    id: "OWN-5",
    level: "must",
    sentence:
      "The proxy driver trusts no argument of an IOCTL: unknown handles, handles of another process, lengths that overflow and freed ranges complete with an error status.",
    source: ioctls,
    appliesTo: ["driver"],
    witness: "an IOCTL with an unknown or foreign handle, an overflowing length or a freed range",
  },
];
