// Commands of the NIC: transfers on registered buffers, and peers that present descriptors.

import { accessOfTransfer } from "../../model/access-of-transfer.ts";
import type { Access, TransferKind } from "../../model/contract.ts";
import type { Event, EventOf } from "../../model/events.ts";
import { includesAccess } from "../../model/memory-manager.ts";
import type { Descriptor, Socket, WorldView } from "../../model/view.ts";
import { command, type CommandRecord, type Setting } from "../command.ts";
import { socketName } from "../names.ts";
import { findSocket, firstRegistration, isConnected, registrationAt, socketOf } from "./places.ts";

type Start = EventOf<"transferStart">;
type Complete = EventOf<"transferComplete">;
type Peer = EventOf<"peerAccess">;

const kinds: readonly TransferKind[] = ["send", "receive", "rdmaRead", "rdmaWrite"];
const MOST_IN_FLIGHT = 3;

const kindsFor = (access: Access): readonly TransferKind[] =>
  kinds.filter((kind) => includesAccess(access, accessOfTransfer(kind)));
/** The transfers that the rights of a registration allow. */
const legalKinds: Readonly<Record<Access, readonly TransferKind[]>> = {
  read: kindsFor("read"),
  write: kindsFor("write"),
  readwrite: kindsFor("readwrite"),
};

/** A transfer on another socket than the registration's, and one that its rights may forbid. */
const WRONG = 2;

function wrongTransfer(setting: Setting, k: number): Start | null {
  const first = firstRegistration(setting.view, "local");
  if (first === null) return null;
  const other = findSocket(setting, (each) => each.id !== first.socket);
  return (
    other && {
      type: "transferStart",
      as: setting.names.transfer(),
      registration: first.name,
      kind: first.access === "read" ? "receive" : "send",
      socket: k === 0 ? other.id : first.socket,
    }
  );
}

const startTransfer = command<Start>({
  name: "startTransfer",
  rules: ["LAW-5", "SPI-3", "SPI-7", "ACCESS-1", "ACCESS-4", "ACCESS-5"],
  subjects: ["cache"],
  count({ view, palette }) {
    const live = view.liveCount();
    return live > 0 && palette.with.lifecycle ? live + WRONG : live;
  },
  instance(setting, k) {
    const { view, palette, names } = setting;
    if (view.transfers().length >= MOST_IN_FLIGHT) return null;
    const live = view.liveCount();
    if (k >= live) return wrongTransfer(setting, k - live);
    const own = registrationAt(view, "local", k);
    if (own === null) return null;
    const legal = legalKinds[own.access];
    // A different one for each palette, so that all four occur.
    const kind = legal[palette.mostLive % legal.length];
    if (kind === undefined) return null;
    const { name: registration, socket } = own;
    return { type: "transferStart", as: names.transfer(), kind, registration, socket };
  },
  enabled: (view, args) =>
    view.registration(args.registration) !== undefined &&
    isConnected(view, args.socket) &&
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
  count: ({ view }) => view.transfers().length,
  instance({ view, names }, k) {
    const transfer = view.transfers()[k];
    return transfer?.inFlight === true
      ? { type: "transferComplete", transfer: transfer.name, stamp: names.stamp() }
      : null;
  },
  enabled: (view, args) => view.transfer(args.transfer)?.inFlight === true,
  event: (args): Event => args,
  print: (_view, { transfer }) => `complete(${transfer})`,
});

/** So many descriptors are presented, live or not. */
const NEWEST = 2;
/** Each by its own peer, and by another one. */
const PRESENTERS = 2;

/** The socket whose peer presents a descriptor; another peer than its own only the newest, or what has none. */
function presenterOf(
  setting: Setting,
  { socket, provider }: Descriptor,
  age: number,
  k: number,
): Socket | null {
  const own = socketOf(setting, socket);
  if (k === 0) return own;
  return age === 0 || own === null
    ? findSocket(setting, (each) => each.id !== socket && each.provider === provider)
    : null;
}

const peerAccess = command<Peer>({
  name: "peerAccess",
  rules: ["REMOTE-1", "ACCESS-2", "ACCESS-3", "ACCESS-4", "LAW-9", "LAW-13"],
  subjects: ["cache"],
  count: ({ palette }) => (palette.scopes.includes("remote") ? NEWEST * PRESENTERS : 0),
  isFixed: true,
  instance(setting, k) {
    const { view, palette, names } = setting;
    const age = Math.floor(k / PRESENTERS);
    const descriptor = view.newestDescriptors(NEWEST)[age];
    if (descriptor === undefined) return null;
    const presenter = presenterOf(setting, descriptor, age, k % PRESENTERS);
    return (
      presenter && {
        type: "peerAccess",
        socket: presenter.id,
        descriptor: descriptor.registration,
        access: (age + palette.mostLive) % 2 === 0 ? "read" : "write",
        stamp: names.stamp(),
      }
    );
  },
  enabled: (view: WorldView, args) =>
    view.descriptor(args.descriptor) !== undefined && isConnected(view, args.socket),
  event: (args): Event => args,
  print: (_view, { socket, descriptor, access }) =>
    `peer of ${socketName(socket)} ${access}s with the descriptor of ${descriptor}`,
});

export const transferCommands: readonly CommandRecord[] = [
  startTransfer,
  completeTransfer,
  peerAccess,
];
