import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readCorpora } from "./protection/corpus.ts";
import { stressedPacks } from "./stress/reference-pack.ts";
import { stressRows, stressRowTable } from "./stress/stress-row.ts";
import { stressedSuites } from "./stress/stressed.ts";
import type { Stressed } from "./stress/stressed.ts";

const usage = `Usage: npm run stress:corpora -- [--data DIR] [options]

Attacks policies with the whole catalogue of mutations: those that are learned from the honest runs of
each suite of the data sets in DIR, with mutants of these very runs, and the starter packs, with mutants of
runs that were written for them. How many are killed, by set, by class and by entry.

Options:
  --data DIR     agentdojo/, agentdyn/, tau/; without it only the starter packs
  --only TEXT    only data sets whose name contains this, and no packs
  --survivors    list each mutant that came through, a line of JSON on stderr
  -o json        print one JSON array and nothing else
  --help         this text

Example:
  npm run stress:corpora -- --data ../corpora`;

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    only: { type: "string" },
    survivors: { type: "boolean", default: false },
    output: { type: "string", short: "o", default: "table" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.error(usage);
  process.exit(0);
}
if (values.output !== "json" && values.output !== "table") {
  throw new RangeError("`-o` is `json` or `table`");
}
const sets: Stressed[] = [];
const corpora = values.data === undefined ? [] : readCorpora(values.data);
for (const corpus of corpora.filter(({ dataset }) => dataset.includes(values.only ?? ""))) {
  for (const set of stressedSuites(corpus)) {
    sets.push(set);
    console.error(
      `${set.name}: ${set.all.length} mutants of ${set.runs} runs; left out: ${JSON.stringify(set.leftOut)}`,
    );
  }
}
const root = fileURLToPath(new URL("../..", import.meta.url));
if (values.only === undefined) sets.push(...(await stressedPacks(root)));
const rows = stressRows(sets);
console.log(values.output === "json" ? JSON.stringify(rows, null, 2) : stressRowTable(rows));
if (values.survivors) {
  for (const { name, all } of sets) {
    for (const { mutant, mutation, attacks, fate } of all) {
      if (fate !== "survived") continue;
      const calls = attacks.slice(0, 3).map(({ at, verdict }) => {
        const { tool = "", args = {} } = mutant.run.calls[at] ?? {};
        return { tool, args: JSON.stringify(args).slice(0, 300), by: verdict.rules };
      });
      console.error(JSON.stringify({ set: name, id: mutant.id, class: mutation.class, calls }));
    }
  }
}
