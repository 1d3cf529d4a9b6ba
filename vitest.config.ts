import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfigFnObject } from "vitest/config";

/** Tests that take minutes: `npm run test:deep` runs them as well. */
const deep = [
  "test/mutants/deep.test.ts",
  "test/world/mutants/of-calls.test.ts",
  "test/world/mutants/of-connections.test.ts",
  "test/world/mutants/of-families.test.ts",
  "test/world/mutants/of-linux.test.ts",
  "test/world/mutants/of-memory.test.ts",
];

const config: ViteUserConfigFnObject = defineConfig(({ mode }) => ({
  resolve: {
    alias: [
      { find: /^stalemate$/, replacement: fileURLToPath(new URL("src/index.ts", import.meta.url)) },
    ],
  },
  test: {
    include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
    exclude: mode === "deep" ? [] : deep,
    // By default vitest leaves one core idle, which on two is half of them.
    maxWorkers: "100%",
    testTimeout: 30_000,
    hookTimeout: 30_000,
    coverage: {
      provider: "v8",
      include: ["model/**/*.ts", "properties/**/*.ts", "src/**/*.ts"],
      reporter: ["text-summary", "html"],
    },
  },
}));

export default config;
