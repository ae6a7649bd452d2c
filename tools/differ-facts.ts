import { parseArgs } from "node:util";
import { openSqlParser } from "@holdfast/facts";
import { commitNow, recordRun } from "./assurance.ts";
import { comparedKinds, corpusTexts, ownTexts } from "./facts-differ/compared-text.ts";
import type { ComparedKind } from "./facts-differ/compared-text.ts";
import { differShell, differSql, differUrl } from "./facts-differ/differing.ts";
import type { Differing } from "./facts-differ/differing.ts";
import { withServers } from "./facts-differ/postgres-server.ts";
import { findTool } from "./need-tool.ts";

const usage = `Usage: npm run differ:facts -- [options]

Compares facts with what others make of the same texts: shell commands with \`bash -n\` and
tree-sitter-bash, SQL with a server of PostgreSQL that it starts, URLs with curl. What differs must be
denied by its fact, or explained in tools/facts-differ/explained.ts. A run in which all is adds its
counts to docs/assurance.json. Exits with 1 otherwise.

Options:
  --data DIR      also the texts of a folder of corpora
  --count N       generated texts of each of two targets (default 1000)
  --seed S        what is generated (default 1)
  --only KIND     shell, sql or url
  --no-record     leave docs/assurance.json alone
  -h, --help      this text

Example:
  npm run differ:facts -- --data ../corpora --only sql`;

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    count: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    record: { type: "boolean", default: true },
    help: { type: "boolean", short: "h", default: false },
  },
  allowNegative: true,
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const [count, seed] = [Number(values.count), Number(values.seed)];
if (![count, seed].every((value) => Number.isSafeInteger(value) && value >= 0)) {
  throw new RangeError("`--count` and `--seed` are whole numbers");
}
const environment = withServers();

function tool(program: string): string {
  const found = findTool(program, environment);
  if (found === undefined) throw new Error(`not run: ${program}; run \`tools/setup-debian.sh\``);
  return found;
}

async function differ(kind: ComparedKind, texts: readonly string[]): Promise<Differing> {
  switch (kind) {
    case "shell":
      return differShell(texts, tool("bash"));
    case "sql":
      return differSql(texts, tool("postgres"), await openSqlParser());
    case "url":
      return differUrl(texts, tool("curl"));
  }
}

const kinds = comparedKinds.filter((kind) => (values.only ?? kind) === kind);
if (kinds.length === 0) throw new RangeError("`--only` is `shell`, `sql` or `url`");
const commit = commitNow();
const counts: Record<string, Omit<Differing, "faults">> = {};
let faultCount = 0;
for (const kind of kinds) {
  const corpora = values.data === undefined ? [] : corpusTexts(kind, values.data);
  const { faults, ...counted } = await differ(kind, [...ownTexts(kind, count, seed), ...corpora]);
  counts[kind] = counted;
  faultCount += faults.length;
  console.log(`${kind}: ${JSON.stringify(counted, null, 2)}`);
  for (const fault of faults.slice(0, 40)) console.error(fault.slice(0, 1000));
  console.log(`${kind}: ${faults.length} unexplained`);
}
const texts = Object.values(counts).reduce((sum, each) => sum + each.texts, 0);
process.exitCode = faultCount === 0 ? 0 : 1;
if (faultCount === 0 && values.record) {
  const corpora = values.data !== undefined;
  recordRun("differ", "texts", { seed, commit, corpora, texts, kinds: counts, unexplained: 0 });
}
