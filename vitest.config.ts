import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { CountReporter } from "./tools/count-reporter.ts";
import { SlowFirst } from "./tools/slow-first.ts";

const conditions = ["@holdfast/source", "module", "node", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      "packages/*/test/**/*.test.ts",
      "gateways/*/test/**/*.test.ts",
      "apps/*/test/**/*.test.ts",
      "test/**/*.test.ts",
      "tools/*.test.ts",
    ],
    reporters: ["default", new CountReporter()],
    setupFiles: ["tools/property-seed.ts"],
    // Golden texts change only when asked to: `npm run golden`.
    update: process.env["HOLDFAST_GOLDEN"] === "update",
    server: { deps: { inline: [/@holdfast\//] } },
    pool: "forks",
    sequence: { sequencer: SlowFirst },
    // The default leaves a core to the runner, which of two is half of what there is.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
