// Commands of the NIC: transfers on registered buffers, and peers that present descriptors.

import { accessOfTransfer } from "../../model/access-of-transfer.ts";
import type { Event, EventOf, TransferKind } from "../../model/events.ts";
import { includesAccess } from "../../model/memory-manager.ts";
import type { WorldView } from "../../model/view.ts";
import { command, type CommandRecord, type Setting } from "../command.ts";
import { socketName } from "../names.ts";
import { connectedSockets, liveRegistrations } from "./registration.ts";

type Start = EventOf<"transferStart">;
type Complete = EventOf<"transferComplete">;
type Peer = EventOf<"peerAccess">;

const kinds: readonly TransferKind[] = ["send", "receive", "rdmaRead", "rdmaWrite"];
const MOST_IN_FLIGHT = 3;

const startTransfer = command<Start>({
  name: "startTransfer",
  rules: ["LAW-5", "SPI-3", "SPI-7", "ACCESS-1", "ACCESS-4", "ACCESS-5"],
  subjects: ["cache"],
  instances(setting) {
    const { view, palette } = setting;
    if (view.transfers().length >= MOST_IN_FLIGHT) return [];
    const local = liveRegistrations(view).filter((each) => each.scope === "local");
    const legal = local.flatMap(({ name: registration, socket, access }) =>
      kinds
        .filter((kind) => includesAccess(access, accessOfTransfer(kind)))
        // A different one each time, so that all four occur.
        .filter((_, i, legalKinds) => i === palette.mostLive % legalKinds.length)
        .map((kind) => (at: Setting): Start => ({
          type: "transferStart",
          as: at.fresh("t"),
          kind,
          registration,
          socket,
        })),
    );
    const first = local[0];
    const other = connectedSockets(setting).find((each) => each.id !== first?.socket);
    if (!palette.with.lifecycle || first === undefined || other === undefined) return legal;
    const kind = first.access === "read" ? "receive" : "send";
    const wrong = [
      { kind, socket: other.id },
      { kind, socket: first.socket },
    ] as const;
    return [
      ...legal,
      ...wrong.map((each) => (at: Setting): Start => ({
        type: "transferStart",
        as: at.fresh("t"),
        registration: first.name,
        ...each,
      })),
    ];
  },
  enabled: (view, args) =>
    view.registration(args.registration) !== undefined &&
    view.socket(args.socket)?.status === "connected" &&
    view.transfer(args.as) === undefined,
  event: (args): Event => args,
  print(view, { as, kind, registration, socket }) {
    const own = view.registration(registration)?.socket;
    return `${as} = ${kind}(${registration}${own === socket ? "" : `, socket: ${socketName(socket)}`})`;
  },
});

const completeTransfer = command<Complete>({
  name: "completeTransfer",
  rules: ["LAW-9", "LAW-5"],
  subjects: ["cache"],
  instances: ({ view }) =>
    view
      .transfers()
      .filter((each) => each.inFlight)
      .map(({ name: transfer }) => (at: Setting): Complete => ({
        type: "transferComplete",
        transfer,
        stamp: at.freshStamp(),
      })),
  enabled: (view, args) => view.transfer(args.transfer)?.inFlight === true,
  event: (args): Event => args,
  print: (_view, { transfer }) => `complete(${transfer})`,
});

const peerAccess = command<Peer>({
  name: "peerAccess",
  rules: ["REMOTE-1", "ACCESS-2", "ACCESS-3", "ACCESS-4", "LAW-9", "LAW-13"],
  subjects: ["cache"],
  instances(setting) {
    const { view, palette } = setting;
    const sockets = connectedSockets(setting);
    // The newest descriptors, live or not; each by its own peer, the newest by another one too.
    return view
      .descriptors()
      .slice(-2)
      .toReversed()
      .flatMap(({ registration: descriptor, socket, provider }, i) => {
        const own = sockets.find((each) => each.id === socket);
        const other = sockets.find((each) => each.id !== socket && each.provider === provider);
        const who = [own, i === 0 || own === undefined ? other : undefined];
        return who.flatMap((presenter) =>
          presenter === undefined
            ? []
            : [
                (at: Setting): Peer => ({
                  type: "peerAccess",
                  socket: presenter.id,
                  descriptor,
                  access: (i + palette.mostLive) % 2 === 0 ? "read" : "write",
                  stamp: at.freshStamp(),
                }),
              ],
        );
      });
  },
  enabled: (view: WorldView, args) =>
    view.descriptor(args.descriptor) !== undefined &&
    view.socket(args.socket)?.status === "connected",
  event: (args): Event => args,
  print: (_view, { socket, descriptor, access }) =>
    `peer of ${socketName(socket)} ${access}s with the descriptor of ${descriptor}`,
});

export const transferCommands: readonly CommandRecord[] = [
  startTransfer,
  completeTransfer,
  peerAccess,
];
