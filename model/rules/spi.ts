// SPI: what the calls of the service provider interface answer.
// Source: Windows Sockets Direct reference, the page of each function.

import { callbackFamilies, ordinary, type Rule } from "./rule.ts";

export const spiRules: readonly Rule[] = [
  {
    ...ordinary,
    id: "SPI-1",
    level: "must",
    sentence:
      "A register fails only for cause: WSAEFAULT if the range is not wholly valid for the access, WSAENOBUFS if a host call inside it failed or held entries alone fill a limit. One that fails leaves no new resource without an owner, though it may have evicted; one that succeeds has really made the buffer usable.",
    source: "WSPRegisterMemory and WSPRegisterRdmaMemory, return value",
    appliesTo: ["cache", "provider"],
    witness: "a register that answers WSAEFAULT, and one that answers WSAENOBUFS",
  },
  {
    ...ordinary,
    id: "SPI-2",
    level: "must",
    sentence: "A buffer handle works only for the socket and the process that it was given to.",
    source: "WSPRegisterMemory, remarks",
    appliesTo: ["provider"],
    witness: "a handle is used on another socket",
  },
  {
    ...ordinary,
    id: "SPI-3",
    level: "must",
    sentence:
      "Deregistering a handle that is unknown, or that a transfer is using, answers WSAEINVAL and changes nothing.",
    source: "WSPDeregisterMemory and WSPDeregisterRdmaMemory, return value",
    appliesTo: ["provider"],
    witness: "a deregister of an unknown handle, and one of a handle that a transfer is using",
  },
  {
    ...ordinary,
    id: "SPI-4",
    level: "must",
    sentence:
      "Registered instances of a buffer are counted: it stays usable until the last deregister.",
    source: "WSPRegisterMemory and WSPDeregisterMemory, remarks",
    appliesTo: ["cache", "provider"],
    witness: "one range is registered twice and deregistered once",
  },
  {
    ...ordinary,
    id: "SPI-5",
    level: "must",
    sentence:
      "What the callback answers is true. 0: no secure, and no lock or region but a zombie's, overlaps the range any more. WSAEFAULT: something that overlaps remains, because it is held or a host call failed. WSAEINVAL: nothing idle, secured or being acquired overlapped, and no host state changed. Answering 0 where nothing was is non-strict.",
    source: "WSPMemoryRegistrationCacheCallback, return value",
    appliesTo: ["cache"],
    families: callbackFamilies,
    needs: ["invalidate"],
    witness: "a callback that answers 0, one that answers WSAEFAULT and one that answers WSAEINVAL",
  },
  {
    ...ordinary,
    id: "SPI-6",
    level: "must",
    sentence: "A cache that cannot be called back keeps nothing after the last deregister.",
    source:
      "WSPMemoryRegistrationCacheCallback, remarks; Windows Sockets SPI Extensions for SANs, optional functions",
    appliesTo: ["cache"],
    families: callbackFamilies,
    needs: ["no invalidate"],
    witness: "the last deregister of a buffer",
  },
  {
    ...ordinary,
    id: "SPI-7",
    level: "must",
    sentence:
      "Closing a socket ends its pending operations with WSA_OPERATION_ABORTED and releases their memory; the release should come before the completion is signalled.",
    source: "WSPCloseSocket, remarks",
    appliesTo: ["provider"],
    witness: "a close with operations pending",
  },
];
