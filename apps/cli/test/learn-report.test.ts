import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { folderOf, holdfast } from "./command.ts";

/** The real one; whether it was loaded is noted. */
const graphviz = vi.hoisted(() => ({ isLoaded: false }));
vi.mock("@viz-js/viz", async (real) => {
  graphviz.isLoaded = true;
  return await real();
});

/** A name that would be an element, leave an attribute and be read by Graphviz, were it not for escapes. */
const hostile = `<script>alert(1)</script>'"onload="x"\\N&lt;`;

const calls = (at: number) => [
  { tool: "read_file", args: { path: `${at}.txt` }, result: "Sales went up." },
  { tool: hostile, args: { [`note"><img/src=x>`]: "x" }, result: "ok" },
  {
    tool: "send_mail",
    args: { to: at === 2 ? "eve@other.example" : "ana@team.example", body: "Up." },
    result: "sent",
  },
];
const runs = [0, 1, 2].map((at) => ({
  id: `</td><b>${at}`,
  user_prompt: `Send ${at}.txt${at === 2 ? "" : " to ana@team.example"}`,
  calls: calls(at),
}));
const lines = (all: readonly object[]): string =>
  all.map((each) => JSON.stringify(each)).join("\n");

function setUp(): { readonly folder: string; readonly learn: readonly string[] } {
  const folder = folderOf({ "runs.jsonl": lines(runs), "turned.jsonl": lines(runs.toReversed()) });
  const learn = ["learn", "--runs", join(folder, "runs.jsonl"), "-o", join(folder, "learned")];
  return { folder, learn };
}

test("Graphviz is loaded for a report and for nothing else", async () => {
  const { folder, learn } = setUp();
  expect((await holdfast(learn)).code).toBe(0);
  expect(graphviz.isLoaded).toBe(false);
  expect((await holdfast([...learn, "--report", join(folder, "report.html")])).code).toBe(0);
  expect(graphviz.isLoaded).toBe(true);
});

test("the page tells where runs were made, those of most tasks first", async () => {
  const { folder, learn } = setUp();
  const placed = runs.map((run, at) => ({ ...run, environment: at === 0 ? "moon" : "staging" }));
  writeFileSync(join(folder, "runs.jsonl"), lines(placed));
  const file = join(folder, "report.html");
  expect((await holdfast([...learn, "--report", file])).code).toBe(0);
  expect(readFileSync(file, "utf8")).toContain("<code>staging (2 tasks), moon (1 task)</code>");
});

test("the page shows names and counter-examples as text, alike in any order of runs", async () => {
  const { folder, learn } = setUp();
  const [one, two] = [join(folder, "one.html"), join(folder, "two.html")];
  expect((await holdfast([...learn, "--report", one])).code).toBe(0);
  const page = readFileSync(one, "utf8");
  expect(page).toContain(
    "&lt;script&gt;alert(1)&lt;/script&gt;&#39;&quot;onload=&quot;x&quot;\\N&amp;lt;",
  );
  expect(page).toContain("run &lt;/td&gt;&lt;b&gt;2 call 3");
  // In the graph, too: of its own elements only those that Graphviz writes.
  const svg = /<svg[\s\S]*?<\/svg>/u.exec(page)?.[0] ?? "";
  expect(svg).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  const elements = new Set(
    [...page.matchAll(/<(?<name>[a-z!][\w-]*)/gu)].map(({ groups }) => groups?.["name"]),
  );
  for (const name of ["script", "img", "b", "iframe", "link"]) expect(elements).not.toContain(name);
  expect(page).not.toMatch(/<[^>]*\son\w+=/u);
  expect(page).not.toMatch(/(?:src|href)="(?!#)/u);
  expect(page).not.toContain("Sales went up");
  expect(page).toMatch(/Environments in which runs were made:\s+no run tells/u);

  const turned = learn.map((each) => each.replace("runs.jsonl", "turned.jsonl"));
  expect((await holdfast([...turned, "--report", two])).code).toBe(0);
  expect(readFileSync(two, "utf8")).toBe(page);
});

test("what rules buy stands beside what they cost, for the policies that were attacked", async () => {
  const { folder, learn } = setUp();
  const [report, stress] = [join(folder, "report.html"), join(folder, "stress.json")];
  await holdfast(learn);
  const policy = ["--policy", join(folder, "learned"), "--runs", join(folder, "runs.jsonl")];
  const attacked = await holdfast(["stress", ...policy, "--no-proposals", "-o", "json"]);
  const { rules, notAdaptive, adaptive } = JSON.parse(attacked.stdout);
  const most = rules.find(({ rule }: { rule: string }) => rule === "send-mail/unseen-party");
  expect(most.killed + most.killedAdaptive).toBeGreaterThan(most.alone - 1);

  writeFileSync(stress, attacked.stdout);
  const ran = await holdfast([...learn, "--report", report, "--stress", stress]);
  expect([ran.code, ran.stderr]).toEqual([0, expect.not.stringContaining("another policy set")]);
  const page = readFileSync(report, "utf8");
  expect(page).toContain(`attacks stopped, of ${notAdaptive.mutants + adaptive.mutants}`);
  const section = page.slice(page.indexOf('id="cost"'), page.indexOf('id="rules"'));
  const row = section.slice(section.indexOf("<code>unseen-party</code>"));
  const cells = [...row.matchAll(/<td[^>]*>(?<cell>[\s\S]*?)<\/td>/gu)].slice(1, 6);
  expect(cells.map(({ groups }) => groups?.["cell"]?.replaceAll(/<[^>]*>/gu, "").trim())).toEqual([
    "1",
    "3",
    "1 (33.3 %)",
    String(most.killed + most.killedAdaptive),
    String(most.alone),
  ]);

  // One run less is another policy.
  writeFileSync(join(folder, "runs.jsonl"), lines(runs.slice(0, 2)));
  const other = await holdfast([...learn, "--report", report, "--stress", stress]);
  expect(other.stderr).toContain("the attacks were tried on another policy set");
});

test("a report is refused where it makes no sense, before anything is written", async () => {
  const { folder, learn } = setUp();
  const said = async (...more: string[]) => {
    const { code, stderr } = await holdfast([...learn, ...more]);
    return `${code} ${stderr}`;
  };
  expect(await said("--stress", "x.json")).toMatch(/^2 .*`--report`/u);
  expect(await said("--report", join(folder, "learned/report.html"))).toMatch(/^2 .*beside it/u);
  const report = ["--report", join(folder, "report.html")];
  expect(await said(...report, "--stress", join(folder, "runs.jsonl"))).toMatch(
    /^2 .*holdfast stress/u,
  );
  expect(await said(...report, "--policy", "x", "--from-log")).toMatch(/^2 .*refined/u);
});
