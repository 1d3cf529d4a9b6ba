// The figures that the README quotes, measured again.
//
//   npm run --silent bench -- random | cache | world | growth | micro | micro-deep [--json]

import { run as cache } from "./cache.ts";
import { run as growth } from "./growth.ts";
import { run as micro, runDeep as microDeep } from "./micro.ts";
import { run as random } from "./random.ts";
import { run as world } from "./world.ts";

const benches: Readonly<Record<string, (json: boolean) => void | Promise<void>>> = {
  random,
  cache,
  world,
  growth,
  micro,
  "micro-deep": microDeep,
};

const [name = "random", ...rest] = process.argv.slice(2);
const bench = benches[name];
if (bench === undefined || rest.some((each) => each !== "--json")) {
  console.error(
    `there is no benchmark "${[name, ...rest].join(" ")}"; give one of ${Object.keys(benches).join(", ")}, and --json or nothing`,
  );
  process.exitCode = 2;
} else {
  await bench(rest.includes("--json"));
}
