// Copy this file into your test suite and put your cache in the place of exact-match.
import { conformance } from "stalemate";
import { describe, it } from "vitest";
import subject from "./exact-match.ts";

conformance(subject, { describe, it }, { runs: 100 });
