import { parseArgs } from "node:util";
import { installPeers } from "./peer-install.ts";
import { planOf } from "./plan.ts";
import { recordRun, renderPage } from "./recorded-run.ts";
import { promisedRow, tableOf, withHistory, withRatios } from "./report.ts";
import { run } from "./run.ts";

/**
 * `npm run bench`: measures every engine in every scenario at every size it can hold, each in a
 * process of its own. The table, or with `--json` one JSON array, goes to stdout, words to stderr.
 * `--quick` takes one to three minutes. `--engine`, `--scenario` and `--rules` choose, each any number
 * of times. `--write-docs` writes bench/result.json and docs/performance.md; `--render-docs`
 * measures nothing and writes the page of the recorded run anew.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      engine: { type: "string", multiple: true },
      scenario: { type: "string", multiple: true },
      rules: { type: "string", multiple: true },
      "write-docs": { type: "boolean", default: false },
      "render-docs": { type: "boolean", default: false },
    },
  });
  if (values["render-docs"]) return renderPage();
  const plan = planOf({
    quick: values.quick,
    engines: values.engine,
    scenarios: values.scenario,
    rules: values.rules?.map(Number),
  });
  if (plan.some(({ candidate }) => candidate.name !== "holdfast")) installPeers();
  const started = performance.now();
  const { rows: measured, leftOut } = await run(plan, say);
  const rows = withRatios(withHistory(measured));
  say(`${rows.length} rows in ${Math.round((performance.now() - started) / 1e3)} s`);
  if (values["write-docs"]) recordRun({ rows, leftOut }, values.quick);
  process.stdout.write(
    `${values.json ? JSON.stringify(rows.map(promisedRow), null, 1) : tableOf(rows)}\n`,
  );
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

try {
  await main();
} catch (thrown) {
  const usage = thrown instanceof RangeError || thrown instanceof TypeError;
  say(usage ? thrown.message : String(thrown instanceof Error ? thrown.stack : thrown));
  process.exitCode = usage ? 2 : 1;
}
