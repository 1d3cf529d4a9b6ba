// The format of what a trace was recorded in: the world's parameters, and what the subject claims.

import type { Claims, WorldConfig } from "../config.ts";
import {
  count,
  flag,
  list,
  nullable,
  oneOf,
  optional,
  record,
  size,
  text,
  type Format,
} from "../format.ts";
import { family } from "./words.ts";

export const configFormat: Format<WorldConfig> = record<WorldConfig>({
  preset: text,
  pageSizeBytes: size,
  granularityPages: size,
  pageCount: size,
  frameCount: size,
  sections: list(size),
  processes: size,
  providersPerProcess: size,
  socketsPerInstance: count(),
  nic: record<WorldConfig["nic"]>({ regions: count(), pages: count() }),
  notification: family,
  environment: record<WorldConfig["environment"]>({
    freeWhileRegistered: flag,
    trim: flag,
    views: flag,
    guardPages: flag,
    remote: flag,
    lifecycle: flag,
    faults: flag,
    interrupts: flag,
    pageGranular: flag,
  }),
});

const limit: Format<number | null> = nullable(count());

/** Null: the subject is a proxy driver. */
export const claimsFormat: Format<Claims | null> = nullable(
  record<Claims>({
    caches: record<Claims["caches"]>({ local: flag, remote: flag }),
    hit: oneOf({ exact: true, containment: true }),
    inUse: oneOf({ refuse: true, defer: true }),
    limits: record<Claims["limits"]>({ entries: limit, pages: limit, pending: limit }),
    notification: family,
    coverage: optional(
      list(
        oneOf({
          unmap: true,
          "map-over": true,
          "move-source": true,
          "move-target": true,
          discard: true,
          protect: true,
          "file-hole": true,
          truncate: true,
          "copy-on-write": true,
        }),
      ),
    ),
    callback: flag,
    whole: optional(flag),
  }),
);
