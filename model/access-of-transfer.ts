// What each kind of transfer does with the application's own buffer.

import type { TransferKind } from "./contract.ts";

/** A send and an RDMA write read the buffer; a receive and an RDMA read write it. */
export function accessOfTransfer(kind: TransferKind): "read" | "write" {
  return kind === "send" || kind === "rdmaWrite" ? "read" : "write";
}
