import { barLines } from "./bar.ts";
import { time } from "./report.ts";
import type { Row } from "./report.ts";
import type { RecordedRun } from "./recorded-run.ts";
import { scenarios } from "./scenario.ts";

/** The size at which engines are compared. */
const compared = 10_000;

/** docs/performance.md, made from a run and from nothing else. */
export function performancePage(run: RecordedRun): string {
  return [
    introduction(run),
    section("What was promised, and what was measured", barLines(run.rows)),
    section(
      `Side by side, ${count(compared)} rules`,
      ["numeric", "mixed", "mixed-history"].flatMap((scenario) => comparison(run.rows, scenario)),
    ),
    section(
      "Holdfast from 10 to 1,000,000 rules",
      scenarios.flatMap((scenario) => growth(run.rows, scenario)),
    ),
    section("Every row", everyRow(run.rows)),
    section("What was not measured", leftOut(run)),
    reading,
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string {
  return [`## ${title}`, "", ...lines, ""].join("\n");
}

function introduction({ date, commit, quick, machine, peers, rows }: RecordedRun): string {
  const loads = rows.map(({ load1 }) => load1);
  const versions = Object.entries(peers).map(([name, version]) => `${name} ${version}`);
  return `# Performance

This page is written by \`npm run bench -- --write-docs\` from the run in
[bench/result.json](../bench/result.json); nobody edits it by hand.

${quick ? "A short run, with fewer sizes and measurements, " : "Run "}of ${date} at commit ${commit}, on ${machine.cores} cores of ${machine.processor},
${machine.memoryGb} GB, ${machine.platform}, Node ${machine.node}. The load average was between
${Math.min(...loads)} and ${Math.max(...loads)}; each row below has its own. A busy machine makes p99
and p99.9 worse than p50, and everything worse than it is.

Peers: ${versions.join(", ")}.

\`\`\`
npm run bench                      # the whole run, a table
npm run bench -- --quick           # one to three minutes
npm run -s bench -- --json         # one JSON array on stdout
npm run bench -- --engine holdfast --scenario mixed-history --rules 10000
\`\`\`

The first run installs the peers into \`bench/\`, which has a lock file of its own; nothing that
Holdfast ships depends on them.
`;
}

function comparison(rows: readonly Row[], scenario: string): readonly string[] {
  const found = rows.filter((row) => row.scenario === scenario && row.rules === compared);
  const table = tableOf(
    ["engine", "p50", "p99", "p50 by ours", "load", "memory", ""],
    found
      .toSorted((a, b) => a.p50_ns - b.p50_ns)
      .map((row) => [
        row.engine,
        time(row.p50_ns),
        time(row.p99_ns),
        row.engine === "holdfast" || row.ratio === null ? "" : ratioText(row.ratio),
        time(row.load_ms * 1e6),
        `${row.rss_mb.toFixed(0)} MB`,
        kind(row),
      ]),
  );
  return [`\`${scenario}\`:`, "", ...table, ""];
}

function growth(rows: readonly Row[], scenario: string): readonly string[] {
  const found = rows.filter((row) => row.scenario === scenario && row.engine === "holdfast");
  const table = tableOf(
    [
      "rules",
      "p50",
      "p99",
      "p99.9",
      "floor",
      "p50 by floor",
      "load",
      "from YAML",
      "memory",
      "load average",
    ],
    found.map((row) => [
      count(row.rules),
      time(row.p50_ns),
      time(row.p99_ns),
      time(row.p999_ns),
      time(row.floor_ns),
      row.floor_ns === null ? "" : (row.p50_ns / row.floor_ns).toFixed(1),
      time(row.load_ms * 1e6),
      row.compile_ms === null ? "" : time(row.compile_ms * 1e6),
      `${row.rss_mb.toFixed(0)} MB`,
      String(row.load1),
    ]),
  );
  return [`\`${scenario}\`:`, "", ...table, ""];
}

function everyRow(rows: readonly Row[]): readonly string[] {
  return tableOf(
    [
      "scenario",
      "engine",
      "rules",
      "p50",
      "p99",
      "ratio",
      "load",
      "memory",
      "load average",
      "method",
    ],
    rows.map((row) => [
      row.scenario,
      [row.engine, kind(row)].filter((text) => text !== "").join(", "),
      count(row.rules),
      time(row.p50_ns),
      time(row.p99_ns),
      row.ratio === null ? "" : ratioText(row.ratio),
      time(row.load_ms * 1e6),
      `${row.rss_mb.toFixed(0)} MB`,
      String(row.load1),
      row.method,
    ]),
  );
}

function leftOut(run: RecordedRun): readonly string[] {
  return [
    "Engines that are no library for Node (OPA, Cerbos, the native Cedar, AgentCore) are not measured:",
    "they would need another process or another machine, and then the network is what is measured.",
    "Peers are asked at every size in `numeric` and `mixed`, and at 10,000 rules in `miss` and `fresh`.",
    "",
    ...run.leftOut.map((text) => `- ${text}`),
  ];
}

function kind({ indexed, partial }: Row): string {
  return indexed ? "indexed" : partial ? "partial" : "";
}

function ratioText(ratio: number): string {
  return `${ratio.toLocaleString("en-US")}x`;
}

function count(rules: number): string {
  return rules.toLocaleString("en-US");
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)];
}

const reading = `## How it is measured

**The rules.** Roles by tools; each pair has one policy document with two rules, one that grants and one
that narrows, as an operator would write it; each tool has a document with a JSON Schema. \`numeric\`: both
rules compare one argument with a number. \`mixed\`: six kinds of condition (number, text, member of a list,
prefix, a flag with a number, argument equal to the agent), and 8 more rules that narrow for everyone.
\`mixed-history\`: five narrowing rules in eight read Events or Meters instead (\`happened\`, \`count\`, a limit),
two of the rules for everyone do too, and 512 agents in 1,024 sessions have a past of 12,288 actions, each
decided and folded by the engine itself. \`miss\`: the rules of \`numeric\`, asked by a role that none of them
names. \`fresh\`: the rules of \`numeric\`, asked with texts that were never hashed before, as they come out of
a JSON parser. The number of rules leaves out the 8.

**The answers.** Before anything is timed, every engine answers up to 4,096 actions (a slow one as many as
a third of its time allows), and each answer must be that of a plain function that looks at each rule and
at lists of all that happened. Ours must name the same determining rules too. An engine with one wrong
answer is reported and not timed. An engine that cannot express a scenario has no row there.

**The times.** Requests are parsed and validated before. p50 is the median over batches of 64 distinct
requests out of 4,096. p99 and p99.9 are of single decisions less the median of timing nothing. An engine that
takes more than 50 µs is timed one decision at a time. The **floor** is the least that finding a rule by role,
tool and one number can cost: three lookups of texts, one probe of a flat table and one comparison, timed
in turns with the engine in the same process. Ours decides in full: it checks the request and the arguments
against the tool's schema, applies every rule that matches, and makes the decision with its determining rules.

**The load** is from a checked bundle to an engine that is ready: what it takes to swap policies. **From
YAML** is the step before, once for each change: texts, documents, types of all conditions against the
schemas, the digest. Above 10,000 rules the bundle is put together in memory from the same documents with
each condition parsed once, since reading their YAML would take minutes; rules that are equal are one object in
it, as they have no place in a text, so it is smaller than one that was read. A peer loads from the rules in
its own form.
**Memory** is that of the whole process with the requests in it, after collecting garbage, each engine in
a process of its own.

## How to read it, and what is fair

- \`ratio\` is the engine's p50 by ours, in the same run.
- A peer without \`indexed\` or \`partial\` holds all rules with their conditions in one engine and is asked once.
  None of these peers has an index over roles and tools, so they look at every rule. That is why they
  are slow here, and **their users do not use them so**: Cedar's users slice the policies by principal or
  resource or keep an engine for each tenant; casbin's filter the policies they load; who uses a CEL
  library builds an index around it. The rows of 2 rules are what is left after perfect slicing.
- \`indexed\`: the engine stands behind an index. For the two CEL libraries it is a Map by role and tool
  around them that holds nothing else: no schemas, no explanations, no history. CASL has such an index of
  its own when a role is the type of the subject.
- \`partial\`: the engine's flat rules hold role and tool and no condition; it is held to that.
- In \`mixed-history\` peers have no numbers of their own, as none has history. Their rows are what they took
  in \`mixed\` (or \`numeric\`), which asks less of them than it asks of us; \`method\` says so.
- The Cedar numbers include the boundary to WebAssembly and its JSON, which is most of them at 2 rules.
- The 4,096 requests come again and again, as an agent's do: what an engine keeps of earlier answers helps
  it here, peers too. Equal decisions of ours are one frozen object.
- A decision is not the whole of an action. Parsing a request takes longer than deciding it, and a record
  on disk takes longer than both.
`;
