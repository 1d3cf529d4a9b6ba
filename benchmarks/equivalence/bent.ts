// What no generator draws, between the steps of a program: operations at any address, of any size, with any protection,
// registers of any range under names that were used before, ends at any time. An application may do all that, and mostly
// it is told that it was wrong; two worlds must tell it the same.

import type { BaseProtection } from "../../model/address-space.ts";
import type { WorldConfig } from "../../model/config.ts";
import { isBeyondWindows } from "../../model/families.ts";
import type { LinuxOperation } from "../../model/linux-memory.ts";
import type { Command } from "../../model/trace.ts";
import {
  brand,
  type AddressRange,
  type PageNumber,
  type VirtualAddress,
} from "../../model/units.ts";
import type { OsOperation } from "../../model/virtual-memory.ts";
import { Chance } from "./chance.ts";

const protections: readonly BaseProtection[] = ["NOACCESS", "READONLY", "READWRITE", "WRITECOPY"];
const allocations = ["reserve", "commit", "reserve|commit", "reserve|commit"] as const;

/** The program with more before some of its steps. */
export function bent(
  program: readonly Command[],
  config: WorldConfig,
  subject: "cache" | "driver",
  seed: number,
): Command[] {
  const chance = new Chance(seed);
  const operations = new Operations(config, subject, chance);
  return program.flatMap((step) => {
    if (!chance.isOnceIn(4)) return [step];
    if (isBeyondWindows(config.notification) && chance.isOnceIn(2)) {
      return [...operations.linuxScene(), step];
    }
    return [...(chance.isOnceIn(8) ? operations.scene() : [operations.next()]), step];
  });
}

const LOCAL = "mr_901";
const REMOTE = "mr_902";

class Operations {
  readonly #config: WorldConfig;
  readonly #subject: "cache" | "driver";
  readonly #chance: Chance;
  /** Where most of them are, so that several meet on a page. */
  readonly #favourite: PageNumber;
  #stamp = 1_000_000;

  constructor(config: WorldConfig, subject: "cache" | "driver", chance: Chance) {
    this.#config = config;
    this.#subject = subject;
    this.#chance = chance;
    this.#favourite = this.#anyPage();
  }

  /** An operation of any kind, a register, or an end. */
  next(): Command {
    const chance = this.#chance;
    const process = chance.below(this.#config.processes);
    if (chance.isOnceIn(20)) return this.#end(process);
    if (this.#subject === "cache") {
      if (chance.isOnceIn(8)) return this.#register(process, this.#range(), chance.below(4));
      if (chance.isOnceIn(10)) return this.#deregister(process);
    }
    return this.#command(process, this.#operation());
  }

  /** One of two names, so that they come again; programs count their own from 1. */
  #register(process: number, range: AddressRange, flags: number): Command {
    const { start, lengthBytes } = range;
    const isRemote = this.#chance.isOnceIn(2);
    const name = isRemote ? "WSPRegisterRdmaMemory" : "WSPRegisterMemory";
    const as = isRemote ? REMOTE : LOCAL;
    const call = {
      name,
      as,
      socket: this.#socketOf(process),
      range: { start, lengthBytes },
      flags,
    };
    return { name, args: { function: isRemote ? { ...call, descriptorBytes: 24 } : call } };
  }

  #deregister(process: number): Command {
    const isRemote = this.#chance.isOnceIn(2);
    const name = isRemote ? "WSPDeregisterRdmaMemory" : "WSPDeregisterMemory";
    // The wrong one, too.
    const registration = isRemote === this.#chance.isOnceIn(8) ? LOCAL : REMOTE;
    return { name, args: { function: { name, registration, socket: this.#socketOf(process) } } };
  }

  /** The first socket that the process has. */
  #socketOf(process: number): number {
    const { providersPerProcess, socketsPerInstance } = this.#config;
    return process * providersPerProcess * socketsPerInstance + 1;
  }

  #end(process: number): Command {
    const chance = this.#chance;
    const { providersPerProcess } = this.#config;
    switch (this.#subject === "driver" ? 0 : chance.below(6)) {
      case 0:
        return { name: "exitProcess", args: { type: "exit", process } };
      case 1:
      case 2: {
        const instance = process * providersPerProcess + chance.below(providersPerProcess);
        return { name: "WSPCleanup", args: { type: "cleanup", instance } };
      }
      case 3:
        return this.#kill(process);
      default:
        return {
          name: "resetNic",
          args: { type: "nicReset", provider: chance.below(providersPerProcess) },
        };
    }
  }

  #kill(process: number): Command {
    return { name: "killAtHostCall", args: { type: "arm", fault: { kind: "kill", process } } };
  }

  /** Operations that lead where single ones hardly do. */
  scene(): Command[] {
    const chance = this.#chance;
    const process = chance.below(this.#config.processes);
    const address = this.#regionStart();
    const { pageSizeBytes } = this.#config;
    const page: PageNumber = brand(address / pageSizeBytes);
    const range = { start: address, lengthBytes: pageSizeBytes };
    if (this.#subject === "cache" && chance.isOnceIn(4)) {
      return chance.isOnceIn(2)
        ? this.#renamed(process, range)
        : this.#besideBadBlock(process, range);
    }
    const write: OsOperation = { name: "write", range, stamp: this.#stamp++ };
    const view = { name: "MapViewOfFile", section: 0, address } as const;
    const protect = { name: "VirtualProtect", address, guard: false } as const;
    const scenes: readonly (readonly OsOperation[])[] = [
      // A section that holds something, where it is copied when it is written.
      [
        { ...view, protection: "READWRITE" },
        write,
        { name: "UnmapViewOfFile", address },
        { ...view, protection: "WRITECOPY" },
      ],
      // A private copy that is made copy-on-write again.
      [
        { ...view, protection: "WRITECOPY" },
        write,
        { ...protect, sizeBytes: 1, protection: "READONLY" },
        { ...protect, sizeBytes: 1, protection: "WRITECOPY" },
        write,
      ],
      // Pages of unlike rights, protected at once.
      [
        { ...protect, sizeBytes: 1, protection: "READONLY" },
        { ...protect, sizeBytes: pageSizeBytes + 1, protection: "READWRITE" },
        { ...protect, sizeBytes: 1, protection: "READWRITE" },
      ],
      // A guard over a bad block.
      [
        write,
        { ...protect, sizeBytes: 1, protection: "READWRITE", guard: true },
        { name: "failNextPageIn", page },
        { name: "read", range },
        { name: "read", range },
      ],
      // A frame after another for one page.
      [this.#recommit(address, "decommit"), this.#recommit(address, "commit"), write],
    ];
    const operations = chance.oneOf(scenes).map((operation) => this.#command(process, operation));
    if (this.#subject === "driver" || chance.isOnceIn(3)) return operations;
    if (chance.isOnceIn(2)) return [...operations, this.#register(process, range, 2)];
    return this.#killed(process, range);
  }

  /** A name that comes again, and a peer that presents the descriptor of that name. */
  #renamed(process: number, range: AddressRange): Command[] {
    const socket = this.#socketOf(process);
    const { start, lengthBytes } = range;
    const register = { name: "WSPRegisterRdmaMemory", as: REMOTE, socket, flags: 3 };
    const registerAt = (first: number): Command => ({
      name: register.name,
      args: {
        function: { ...register, range: { start: first, lengthBytes }, descriptorBytes: 24 },
      },
    });
    const deregister = { name: "WSPDeregisterRdmaMemory", registration: REMOTE, socket };
    const peer = { type: "peerAccess", socket, descriptor: REMOTE, access: "write" };
    return [
      this.#command(process, this.#recommit(start, "reserve|commit")),
      registerAt(start),
      { name: deregister.name, args: { function: deregister } },
      registerAt(this.#chance.isOnceIn(2) ? start : this.#pageAddress()),
      { name: "peerAccess", args: { ...peer, stamp: this.#stamp++ } },
    ];
  }

  /** A page that cannot be read in, just before what is registered and just behind it. */
  #besideBadBlock(process: number, { start, lengthBytes }: AddressRange): Command[] {
    const { pageSizeBytes } = this.#config;
    const bad: OsOperation = { name: "failNextPageIn", page: brand(start / pageSizeBytes) };
    return [
      this.#command(process, this.#recommit(start, "reserve|commit")),
      this.#command(process, bad),
      this.#register(process, { start: brand(start + pageSizeBytes), lengthBytes }, 3),
      this.#register(process, { start: brand(start - pageSizeBytes), lengthBytes }, 3),
    ];
  }

  /** What only other systems than Windows have, mostly where something is registered and was written to. */
  linuxScene(): Command[] {
    const chance = this.#chance;
    const process = chance.below(this.#config.processes);
    const operation = this.#command(process, this.#linuxOperation());
    if (chance.isOnceIn(2)) return [operation];
    const start = this.#regionStart();
    const range = { start, lengthBytes: this.#config.pageSizeBytes * (1 + chance.below(2)) };
    const write = this.#command(process, { name: "write", range, stamp: this.#stamp++ });
    const registered = this.#register(process, range, 1 + chance.below(3));
    const scene = [operation, this.#command(process, { name: "read", range })];
    if (chance.isOnceIn(2)) return [write, registered, ...scene];
    return [write, registered, this.#command(process, { name: "fork" }), ...scene, write];
  }

  #linuxOperation(): LinuxOperation {
    const chance = this.#chance;
    const address = this.#pageAddress();
    const { pageSizeBytes, sections } = this.#config;
    // Mostly whole pages, mostly few.
    const sizeBytes = chance.isOnceIn(8) ? this.#size() : pageSizeBytes * (1 + chance.below(2));
    const section = chance.below(sections.length + 1);
    switch (chance.below(8)) {
      case 0:
      case 1:
        return { name: "mmap", address, sizeBytes };
      case 2:
      case 3:
        return { name: "mremap", address, sizeBytes, target: this.#pageAddress() };
      case 4:
        return { name: "madvise", address, sizeBytes };
      case 5:
        return { name: "fork" };
      case 6:
        return {
          name: "fallocate",
          section,
          firstPage: chance.below(4) - 1,
          pageCount: chance.below(3),
        };
      default:
        return { name: "ftruncate", section, pageCount: chance.below(4) - 1 };
    }
  }

  /** The beginning of a page, mostly. */
  #pageAddress(): VirtualAddress {
    const address = this.#address();
    if (this.#chance.isOnceIn(10)) return address;
    return brand(address - (address % this.#config.pageSizeBytes));
  }

  /** Killed in the callback that a refused operation leads to. */
  #killed(process: number, { start, lengthBytes }: AddressRange): Command[] {
    const socket = this.#socketOf(process);
    const registration = "mr_909";
    const range = { start, lengthBytes };
    const register = { name: "WSPRegisterMemory", as: registration, socket, range, flags: 3 };
    const deregister = { name: "WSPDeregisterMemory", registration, socket };
    return [
      this.#command(process, this.#recommit(start, "reserve|commit")),
      { name: register.name, args: { function: register } },
      { name: deregister.name, args: { function: deregister } },
      this.#kill(process),
      this.#command(process, this.#recommit(start, "decommit")),
    ];
  }

  #recommit(address: VirtualAddress, type: "commit" | "reserve|commit" | "decommit"): OsOperation {
    const sizeBytes = this.#config.pageSizeBytes;
    if (type === "decommit") return { name: "VirtualFree", address, sizeBytes, type };
    return {
      name: "VirtualAlloc",
      address,
      sizeBytes,
      type,
      protection: "READWRITE",
      guard: false,
    };
  }

  #command(process: number, operation: OsOperation): Command {
    return { name: operation.name, args: { process, operation } as unknown as Command["args"] };
  }

  #operation(): OsOperation {
    const chance = this.#chance;
    switch (chance.below(12)) {
      case 0:
      case 1:
        return {
          name: "VirtualAlloc",
          address: chance.isOnceIn(5) ? null : this.#address(),
          sizeBytes: this.#size(),
          type: chance.oneOf(allocations),
          protection: chance.oneOf(protections),
          guard: chance.isOnceIn(6),
        };
      case 2:
        return this.#free();
      case 3:
      case 4:
        return {
          name: "VirtualProtect",
          address: this.#address(),
          sizeBytes: this.#size(),
          protection: chance.oneOf(protections),
          guard: chance.isOnceIn(4),
        };
      case 5:
        return {
          name: "MapViewOfFile",
          section: chance.below(this.#config.sections.length + 1),
          address: chance.isOnceIn(5) ? null : this.#address(),
          protection: chance.oneOf(["READONLY", "READWRITE", "WRITECOPY"]),
        };
      case 6:
        return { name: "UnmapViewOfFile", address: this.#address() };
      case 7:
        return { name: "read", range: this.#range() };
      case 8:
      case 9:
        return { name: "write", range: this.#range(), stamp: this.#stamp++ };
      case 10:
        return { name: "trim", page: this.#page() };
      default:
        return { name: "failNextPageIn", page: this.#page() };
    }
  }

  #free(): OsOperation {
    const isRelease = this.#chance.isOnceIn(2);
    const isWhole = this.#chance.below(8) < (isRelease ? 7 : 2);
    return {
      name: "VirtualFree",
      address: this.#address(),
      sizeBytes: isWhole ? 0 : this.#size(),
      type: isRelease ? "release" : "decommit",
    };
  }

  #page(): PageNumber {
    return this.#chance.isOnceIn(2) ? this.#favourite : this.#anyPage();
  }

  /** Near the beginning of the user's pages, where programs are about. */
  #anyPage(): PageNumber {
    const { granularityPages, pageCount } = this.#config;
    const near = Math.min(pageCount + 1, 3 * granularityPages + 2);
    return brand(granularityPages - 1 + this.#chance.below(near + 1));
  }

  #address(): VirtualAddress {
    const { pageSizeBytes } = this.#config;
    const chance = this.#chance;
    const start = chance.isOnceIn(2) ? this.#regionStart() : this.#page() * pageSizeBytes;
    return brand(start + (chance.isOnceIn(5) ? chance.below(pageSizeBytes) : 0));
  }

  /** An address where a region may begin. */
  #regionStart(): VirtualAddress {
    const { granularityPages, pageSizeBytes } = this.#config;
    return brand(Math.ceil(this.#page() / granularityPages) * granularityPages * pageSizeBytes);
  }

  #size(): number {
    const chance = this.#chance;
    const { pageSizeBytes } = this.#config;
    const pages = chance.isOnceIn(12) ? 0 : 1 + chance.below(4);
    return Math.max(0, pages * pageSizeBytes + (chance.isOnceIn(4) ? chance.below(3) - 1 : 0));
  }

  #range(): AddressRange {
    return { start: this.#address(), lengthBytes: Math.max(1, this.#size()) };
  }
}
