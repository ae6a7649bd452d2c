import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderOf, holdfast } from "./command.ts";

const runs = ["Read a.txt", "Read b.txt and tell ana@team.example"]
  .map((prompt, at) =>
    JSON.stringify({
      id: `r${at}`,
      user_prompt: prompt,
      calls: [
        {
          tool: "read_file",
          args: { path: at === 0 ? "a.txt" : "b.txt" },
          result: "text",
        },
        ...(at === 0
          ? []
          : [
              {
                tool: "send_mail",
                args: { to: "ana@team.example", body: "text" },
                result: "ok",
              },
            ]),
      ],
    }),
  )
  .join("\n");
const tools = JSON.stringify({
  tools: [
    {
      name: "read_file",
      inputSchema: { properties: { path: { type: "string" } } },
    },
    { name: "send_mail", inputSchema: { properties: { to: {}, body: {} } } },
  ],
});

test("writes a folder that compiles, lints without warnings and lets the runs through", async () => {
  const folder = folderOf({ "runs.jsonl": runs, "tools.json": tools });
  const [from, to] = [join(folder, "runs.jsonl"), join(folder, "learned")];
  const args = ["learn", "--runs", from, "--tools", join(folder, "tools.json"), "-o", to];
  const ran = await holdfast([...args, "--explain"]);
  expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining("send_mail")]);
  expect(ran.stdout).toMatch(/ask confirm contact dm email forward … +`send` in its name/u);
  expect(ran.stdout).toContain("environments: production; no run tells where it was made\n");
  expect(ran.stderr).toContain("wrote 3 files");
  expect((await holdfast(["lint", to])).stdout).toContain("0 errors, 0 warnings");
  const replayed = await holdfast(
    "replay -o json --environment production".split(" ").concat(["--policy", to, "--runs", from]),
  );
  expect(JSON.parse(replayed.stdout)).toMatchObject({
    totals: { effects: { allow: 3 } },
  });
  // The same again is the same, byte by byte.
  const text = readFileSync(join(to, "tools", "send-mail.yaml"), "utf8");
  expect((await holdfast(args)).code).toBe(0);
  expect(readFileSync(join(to, "tools", "send-mail.yaml"), "utf8")).toBe(text);
});

test("replaces nothing that was not learned, and learns from nothing nothing", async () => {
  const folder = folderOf({
    "runs.jsonl": runs,
    "none.jsonl": "",
    "mine/a.yaml": "kind: Policy\n",
    "notes/deep/thesis.txt": "all there is\n",
  });
  const learn = (file: string, to: string) =>
    holdfast(["learn", "--runs", join(folder, file), "-o", join(folder, to)]);
  const refused = await learn("runs.jsonl", "mine");
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("was not learned")]);
  const kept = await learn("runs.jsonl", "notes");
  expect([kept.code, kept.stderr]).toEqual([2, expect.stringContaining("thesis.txt` was not")]);
  expect(readFileSync(join(folder, "notes/deep/thesis.txt"), "utf8")).toBe("all there is\n");
  const empty = await learn("none.jsonl", "new");
  expect([empty.code, existsSync(join(folder, "new"))]).toEqual([2, false]);
  writeFileSync(join(folder, "runs.jsonl"), '{"id": "x"}\n');
  expect((await learn("runs.jsonl", "new")).stderr).toContain("runs.jsonl:1");
});

test("says which tools no policy can name, and no more of them than one reads", async () => {
  const odd = Array.from({ length: 7 }, (_, at) => ({ name: `read it ${at}${"x".repeat(100)}` }));
  const tools = JSON.stringify({ tools: [{ name: "read_file" }, ...odd] });
  const folder = folderOf({ "runs.jsonl": runs, "tools.json": tools });
  const args = ["--runs", join(folder, "runs.jsonl"), "--tools", join(folder, "tools.json")];
  const ran = await holdfast(["learn", ...args, "-o", join(folder, "learned")]);
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain(
    "left out: 7 tools that no policy can name, so that calls are denied",
  );
  expect(ran.stdout).toMatch(/`read it 4x{51}`, and 2 more$/mu);
  expect(ran.stdout).not.toContain("read it 5");
});

/** Six tasks that deploy a site, all made there. */
function deployments(environment: string, ...more: readonly object[]): string {
  const made = Array.from({ length: 6 }, (_, at) => deployment(`site ${at}`, { environment }));
  return [...made, ...more].map((run) => JSON.stringify(run)).join("\n");
}

function deployment(site: string, told: object): object {
  const calls = [{ tool: "deploy_site", args: { file_id: site }, result: "done" }];
  return { id: site, user_prompt: `Deploy the ${site}`, ...told, calls };
}

test("holds a tool to the environment in which honest runs used it", async () => {
  const folder = folderOf({
    "runs.jsonl": deployments("staging"),
    "here.jsonl": JSON.stringify(deployment("new site", { environment: "staging" })),
    "away.jsonl": JSON.stringify(deployment("new site", { environment: "production" })),
    "gone.jsonl": JSON.stringify(deployment("new site", { environment: "moon" })),
    "silent.jsonl": JSON.stringify(deployment("new site", {})),
  });
  const at = (name: string): string => join(folder, name);
  const options = ["--environment", "staging", "production"];
  const ran = await holdfast(["learn", "--runs", at("runs.jsonl"), "-o", at("p"), ...options]);
  expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining("wrote 2 files")]);
  expect(ran.stdout).toContain(
    "environments: staging in 6 tasks, production in 0 tasks; asked about elsewhere: 1 tool\n",
  );
  const text = readFileSync(at("p/tools/deploy-site.yaml"), "utf8");
  expect(text).toContain("unusual-environment: staging in 6 tasks; let all 6 honest calls through");
  expect((await holdfast(["lint", at("p")])).stdout).toContain("0 errors, 0 warnings");
  const decided = async (file: string, ...more: readonly string[]) => {
    const args = ["check", "-p", at("p"), "--runs", at(file), "--call", "0", "-o", "json", ...more];
    const { effect, rules, reason } = JSON.parse((await holdfast(args)).stdout) as Record<
      string,
      unknown
    >;
    return effect === "step_up" ? rules : [effect, reason];
  };
  const asked = ["deploy-site/unusual-environment"];
  expect(await decided("here.jsonl")).toEqual(["allow", "allowed"]);
  expect(await decided("away.jsonl")).toEqual(asked);
  expect(await decided("silent.jsonl", "--environment", "production")).toEqual(asked);
  expect(await decided("gone.jsonl")).toEqual([
    "deny",
    expect.stringContaining("`moon` is not a declared environment"),
  ]);
  const stressed = await holdfast(
    ["stress", "-p", at("p"), "--runs", at("runs.jsonl"), "--class", "environment"].concat([
      "--no-proposals",
      "-o",
      "json",
    ]),
  );
  expect(JSON.parse(stressed.stdout)).toMatchObject({
    notAdaptive: { mutants: 6, steppedUp: 6, survived: 0 },
  });
});

test("declares the environments that are given and those that runs tell, else production", async () => {
  const silent = [deployment("quiet site", {})];
  const folder = folderOf({
    "told.jsonl": deployments("staging"),
    "some.jsonl": deployments("staging", ...silent),
    "none.jsonl": JSON.stringify(silent[0]),
    "odd.jsonl": deployments("staging", deployment("odd site", { environment: "two words" })),
  });
  const learned = async (file: string, ...given: readonly string[]) => {
    const to = join(folder, "to");
    const options = given.length === 0 ? [] : ["--environment", ...given];
    const ran = await holdfast(["learn", "--runs", join(folder, file), "-o", to, ...options]);
    expect(ran.code).toBe(0);
    const settings = readFileSync(join(to, "settings.yaml"), "utf8");
    const [, names = ""] = /environments:\n((?:\s+- .+\n)+)/u.exec(settings) ?? [];
    const tool = readFileSync(join(to, "tools/deploy-site.yaml"), "utf8");
    const isHeld = tool.includes("id: unusual-environment");
    const declared = [...names.matchAll(/- (\S+)/gu)].map(([, name]) => name);
    return { declared, isHeld, said: ran.stderr.split("\n")[0] };
  };
  const wrote = expect.stringContaining("wrote") as string;
  const [staging, production] = ["staging", "production"];
  expect(await learned("told.jsonl")).toEqual({ declared: [staging], isHeld: false, said: wrote });
  expect(await learned("told.jsonl", "production")).toEqual({
    declared: [production, staging],
    isHeld: true,
    said: wrote,
  });
  expect(await learned("none.jsonl")).toMatchObject({ declared: [production], said: wrote });
  expect(await learned("none.jsonl", "moon")).toMatchObject({ declared: ["moon"], said: wrote });
  expect(await learned("some.jsonl", "production")).toEqual({
    declared: [production, staging],
    isHeld: false,
    said: "1 call of 7 tell no environment: where 1 tool may be used is not learned, but where one task of twelve or more is all that does not tell",
  });
  expect(await learned("odd.jsonl")).toMatchObject({
    declared: [staging],
    said: "1 call left aside, of names that no policy can hold",
  });
});
