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
