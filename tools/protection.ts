import { realpathSync } from "node:fs";
import { parseArgs } from "node:util";
import { ruleFamilies } from "@holdfast/learn";
import { ablationTable } from "./protection/ablation-table.ts";
import { checkCorpora } from "./protection/corpus-check.ts";
import { readCorpora } from "./protection/corpus.ts";
import { folds, measure } from "./protection/measurement.ts";
import type { Measured, MeasuredParts, ProtectionRow } from "./protection/measurement.ts";
import { scoreTable } from "./protection/score-table.ts";

const usage = `Usage: npm run protection -- --learn DIR --evaluate DIR [options]

Learns policies from honest runs alone, and decides recorded runs by them, call by call: how many
attacks are stopped, and how much honest work is touched. Where both folders are the same, no run is
scored by what was learned from its task. One row for each arm, data set, suite and fold.

Options:
  --learn DIR      the folder to learn from: agentdojo/, agentdyn/, injecagent/, tau/
  --evaluate DIR   the folder to score
  -o json          print one JSON array and nothing else
  --only TEXT      only data sets whose name contains this
  --fold NAME      only this one of all, model, task, injection
  --ablate         learn without each part in turn: arm learned+step_up, fold task
  --check N        instead decide N calls also by \`holdfast check\`, and exit with 1 when one differs
  --misses         list each attack that came through, and each honest run that was touched
  --help           this text

Example:
  npm run protection -- --learn ../corpora --evaluate ../corpora`;

const { values } = parseArgs({
  options: {
    learn: { type: "string" },
    evaluate: { type: "string" },
    output: { type: "string", short: "o", default: "table" },
    fold: { type: "string" },
    only: { type: "string", default: "" },
    ablate: { type: "boolean", default: false },
    check: { type: "string" },
    misses: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help || values.learn === undefined || values.evaluate === undefined) {
  console.error(usage);
  process.exit(values.help ? 0 : 2);
}
const isSame = realpathSync(values.learn) === realpathSync(values.evaluate);
// Of two folders nothing is in both, so that nothing has to be left out.
const known = isSame ? folds : folds.slice(0, 1);
const scored = known.filter((fold) => values.fold === undefined || fold === values.fold);
if (scored.length === 0) throw new RangeError(`\`--fold\` is one of ${known.join(", ")}`);
const learned = readCorpora(values.learn);
if (values.check !== undefined) {
  const { calls, effects, differences } = await checkCorpora(learned, Number(values.check));
  for (const each of differences) console.error(each);
  console.log(`${calls} calls, ${differences.length} differences: ${JSON.stringify(effects)}`);
  process.exit(differences.length === 0 ? 0 : 1);
}
// The fold in which a run's task is left out, or the only one of two folders.
const ablated: readonly MeasuredParts[] = [undefined, ...ruleFamilies].map((without) => ({
  folds: isSame ? ["task"] : ["all"],
  arms: ["learned+step_up"],
  without,
  untimed: true,
}));
const parts: readonly MeasuredParts[] = values.ablate ? ablated : [{ folds: scored }];
const measured: Measured[] = [];
for (const corpus of isSame ? learned : readCorpora(values.evaluate)) {
  if (!corpus.dataset.includes(values.only)) continue;
  const lesson = learned.find(({ dataset }) => dataset === corpus.dataset);
  if (lesson === undefined) {
    console.error(`not scored, since nothing is learned from it: ${corpus.dataset}`);
    continue;
  }
  for (const part of parts) {
    for (const each of measure(corpus, lesson, part)) {
      measured.push(each);
      if (process.stderr.isTTY) process.stderr.write(`\r${measured.length} rows`);
    }
  }
}
const rows: readonly ProtectionRow[] = measured.map(({ row }) => row);
if (values.output === "json") console.log(JSON.stringify(rows, null, 2));
else if (values.output === "table") {
  console.log(values.ablate ? ablationTable(rows) : scoreTable(rows));
} else throw new RangeError("`-o` is `json` or `table`");
if (values.misses) {
  for (const { row, misses } of measured) {
    const { arm, dataset, fold } = row;
    for (const miss of misses) console.error(JSON.stringify({ arm, dataset, fold, ...miss }));
  }
}
