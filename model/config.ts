// The parameters of a world, and the presets that the engines use. Bounds live here and nowhere else in the
// specification.

import type { Capabilities, NotificationFamily } from "./contract.ts";

export interface WorldConfig {
  readonly preset: string;
  readonly pageSizeBytes: number;
  /** VirtualAlloc and MapViewOfFile place regions at multiples of this many pages. */
  readonly granularityPages: number;
  /** User pages of each process. */
  readonly pageCount: number;
  /** Frames of physical memory, shared by all processes. */
  readonly frameCount: number;
  /** Pages of each section object. */
  readonly sections: readonly number[];
  readonly processes: number;
  readonly providersPerProcess: number;
  /** Sockets connected at the start, for each provider instance; and how many may be open at once. */
  readonly socketsPerInstance: number;
  readonly nic: { readonly regions: number; readonly pages: number };
  readonly notification: NotificationFamily;
  /** What the environment does beside the ordinary. */
  readonly environment: {
    /** The application changes mappings of buffers that are still registered. */
    readonly freeWhileRegistered: boolean;
    readonly trim: boolean;
    readonly views: boolean;
    readonly guardPages: boolean;
    /** WSPRegisterRdmaMemory and the peers. */
    readonly remote: boolean;
    /** Processes end, sockets change hands, providers clean up. */
    readonly lifecycle: boolean;
    /** Host calls fail, NICs are reset, processes are killed. */
    readonly faults: boolean;
    /** Callbacks and operations of another thread arrive inside a call, at one of its host calls. */
    readonly interrupts: boolean;
    /** Pages are the unit: no range starts or ends inside one. */
    readonly pageGranular: boolean;
  };
}

/** What a cache or provider under test declares, and whether it has a callback at all. */
export interface Claims extends Capabilities {
  readonly callback: boolean;
  /** The subject is a whole provider, not only the cache in one. Absent: false. */
  readonly whole?: boolean;
}

const everything: WorldConfig["environment"] = {
  freeWhileRegistered: true,
  trim: true,
  views: true,
  guardPages: true,
  remote: true,
  lifecycle: true,
  faults: true,
  interrupts: true,
  pageGranular: false,
};

/** The named worlds. `small` is the default of the random engine. */
export const presets: Readonly<Record<PresetName, WorldConfig>> = {
  micro: {
    preset: "micro",
    pageSizeBytes: 16,
    granularityPages: 1,
    pageCount: 2,
    frameCount: 4,
    sections: [],
    processes: 1,
    providersPerProcess: 1,
    socketsPerInstance: 1,
    nic: { regions: 4, pages: 8 },
    notification: "refuse-notify-retry",
    environment: {
      ...everything,
      trim: false,
      views: false,
      guardPages: false,
      remote: false,
      lifecycle: false,
      interrupts: false,
      pageGranular: true,
    },
  },
  tiny: {
    preset: "tiny",
    pageSizeBytes: 16,
    granularityPages: 1,
    pageCount: 4,
    frameCount: 16,
    sections: [1],
    processes: 1,
    providersPerProcess: 1,
    socketsPerInstance: 2,
    nic: { regions: 8, pages: 16 },
    notification: "refuse-notify-retry",
    environment: everything,
  },
  small: {
    preset: "small",
    pageSizeBytes: 64,
    granularityPages: 2,
    pageCount: 12,
    frameCount: 64,
    sections: [2, 1],
    processes: 2,
    providersPerProcess: 1,
    socketsPerInstance: 2,
    nic: { regions: 12, pages: 24 },
    notification: "refuse-notify-retry",
    environment: everything,
  },
  windows: {
    preset: "windows",
    pageSizeBytes: 4096,
    granularityPages: 16,
    pageCount: 64,
    frameCount: 512,
    sections: [4, 2],
    processes: 2,
    providersPerProcess: 2,
    socketsPerInstance: 2,
    nic: { regions: 24, pages: 96 },
    notification: "refuse-notify-retry",
    environment: everything,
  },
  wide: {
    preset: "wide",
    pageSizeBytes: 4096,
    granularityPages: 16,
    pageCount: 100_000,
    frameCount: 200_000,
    sections: [64],
    processes: 1,
    providersPerProcess: 1,
    socketsPerInstance: 4,
    nic: { regions: 100_000, pages: 200_000 },
    notification: "refuse-notify-retry",
    environment: everything,
  },
};

export type PresetName = "micro" | "tiny" | "small" | "windows" | "wide";
