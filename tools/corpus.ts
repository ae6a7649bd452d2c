import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { scoreTable } from "./corpus/score-table.ts";
import { scoreCorpora } from "./corpus/scoring.ts";

const usage = `Usage: npm run corpus -- --data DIR [options]

Scores every corpus in DIR through the engine and the packs under policies/: rows of the bypass
format anywhere, and the folders shell, sql, path, url and mcp. One row for each corpus and kind.
Exits with 0 when they were scored, whatever the scores are.

Options:
  --data DIR    the folder of the corpora
  -o json       print one JSON array and nothing else
  --misses      list each row that was not decided as it should have been
  --reasons     list what decided against execution, and how often
  --only TEXT   only files whose path contains this
  --sample N    at most N rows of a file, spread evenly over it
  --help        this text

Example:
  npm run corpus -- --data ../corpora --misses`;

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    output: { type: "string", short: "o", default: "table" },
    misses: { type: "boolean", default: false },
    reasons: { type: "boolean", default: false },
    only: { type: "string" },
    sample: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help || values.data === undefined) {
  console.error(usage);
  process.exit(values.help ? 0 : 2);
}
const sample = values.sample === undefined ? undefined : Number(values.sample);
if (sample !== undefined && !(sample >= 1)) throw new RangeError("`--sample` is a whole number");
const sheet = await scoreCorpora({
  data: values.data,
  policies: fileURLToPath(new URL("../../policies", import.meta.url)),
  ...(sample === undefined ? {} : { sample }),
  ...(values.only === undefined ? {} : { only: values.only }),
  unknown: (path) => console.error(`not scored, since nothing here reads it: ${path}`),
});
const scores = sheet.scores();
// Beside JSON only stderr is for people.
const say = values.output === "json" ? console.error : console.log;
if (values.output === "json") console.log(JSON.stringify(scores, null, 2));
else if (values.output === "table") console.log(scoreTable(scores));
else throw new RangeError("`-o` is `json` or `table`");
if (values.reasons) {
  for (const [index, reasons] of sheet.reasons().entries()) {
    const { corpus, kind } = scores[index] ?? { corpus: "", kind: "" };
    for (const [why, count] of reasons) say(`${corpus}\t${kind}\t${count}\t${why}`);
  }
}
if (values.misses) for (const miss of sheet.misses) say(JSON.stringify(miss));
