// The same under node:test. Node 22.18 runs it as it is: node --test examples/my-cache.node-test.ts
// Older ones need a loader for TypeScript: node --import jiti/register --test examples/my-cache.node-test.ts
import { describe, it } from "node:test";
import { conformance } from "stalemate";
import subject from "./exact-match.ts";

conformance(subject, { describe, it }, { runs: 100 });
