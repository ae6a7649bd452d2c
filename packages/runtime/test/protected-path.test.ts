import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { JsonObject } from "@holdfast/model";
import { describe, expect, test } from "vitest";
import { guardOn, permitted, refused, request, scratch } from "./support.ts";

/** A workspace with a link into the data directory, and one that leads nowhere yet. */
async function workspace({ lettersAlike = false } = {}) {
  const base = realpathSync(scratch());
  const [data, policies, work] = [join(base, "data"), join(base, "policies"), join(base, "work")];
  for (const folder of [data, policies, work, join(work, "deep")]) mkdirSync(folder);
  // What a file system shows that takes capitals for small letters.
  if (lettersAlike) symlinkSync(data, join(base, "DATA"));
  const configuration = join(base, "holdfast.yaml");
  writeFileSync(configuration, "environment: staging\n");
  writeFileSync(
    join(policies, "all.yaml"),
    `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: fs.write}
spec: {labels: [write], root: ${work}}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: fs.read}
spec: {labels: [read, untrusted]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: fs.note}
spec: {labels: [untrusted]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: fs.run}
spec: {labels: [exec], root: ${work}, arguments: {command: shell}}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: p}
spec:
  match: {tools: [fs.write, fs.read, fs.note, fs.run]}
  rules:
    - {id: grant, effect: allow}
    - {id: lure, effect: modify, when: has(args.lure), set: {args.path: "'${data}/log.json'"}}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: q}
spec: {match: {labels: [unlabelled]}, rules: [{id: grant, effect: allow}]}
`,
  );
  symlinkSync(data, join(work, "link"));
  symlinkSync(join(data, "new-file"), join(work, "dangling"));
  symlinkSync("link", join(work, "deep", "..", "chain"));
  const guard = await guardOn(data, { policies, configuration, workingDirectory: work });
  return { base, data, policies, work, configuration, guard };
}

describe("the agent cannot write what governs it", () => {
  test("however the path is written", async () => {
    const { base, data, policies, work, configuration, guard } = await workspace();
    const paths: (string | JsonObject | readonly string[])[] = [
      data,
      join(data, "seg", "00000000000000000000.seg"),
      join(policies, "all.yaml"),
      join(policies, "new", "more.yaml"),
      configuration,
      "../data/log.json",
      "./../policies/all.yaml",
      "link/log.json",
      "chain/log.json",
      "deep/../link/x",
      "dangling",
      `${work}/nowhere/../../data/x`,
      `${data}/../data/x`,
      `${data}//x/`,
      pathToFileURL(join(data, "x")).href,
      `~/${relative(homedir(), join(data, "x"))}`,
      `${data}/x\0.txt`,
      { files: { [join(data, "x")]: "content" } },
      ["a", "b", "link/x"],
    ];
    const denied: unknown[] = [];
    for (const path of paths) {
      const { decision } = refused(await guard.begin(request("fs.write", { any: path })));
      denied.push([decision.code, decision.rules]);
      expect((await guard.decide(request("fs.write", { any: path }))).effect).toBe("deny");
    }
    expect(new Set(denied.map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify(["rule", ["holdfast/protected-paths"]])]),
    );
    const resource = { resources: [{ type: "path", id: join(base, "data", "x") }] };
    refused(await guard.begin(request("fs.write", { path: "ok" }, resource)));
  });

  test("under any spelling that a file system may take for the same", async () => {
    const { base, work, guard } = await workspace({ lettersAlike: true });
    const spellings = ["Data", "dAtA", "\uff44\uff41\uff54\uff41", "da\u200bta", "DATA"];
    for (const name of spellings) {
      refused(await guard.begin(request("fs.write", { path: join(base, name, "x") })));
      refused(await guard.begin(request("fs.write", { path: `../${name}` })));
    }
    // A slash in full width divides no path, so what follows it leads nowhere else.
    const inside = join(base, "Data", "a\uff0f..\uff0f..\uff0f..", "x");
    refused(await guard.begin(request("fs.write", { path: inside })));
    for (const name of ["data-of-mine", "dat", "d\u0430ta", "data\uff0fx"]) {
      permitted(await guard.begin(request("fs.write", { path: join(base, name, "x") })));
    }
    permitted(await guard.begin(request("fs.write", { path: join(work, "Data", "x") })));
  });

  test("not through a tool nobody labelled, nor one whose labels do not say that it reads", async () => {
    const { data, guard } = await workspace();
    refused(await guard.begin(request("fs.unlabelled", { path: join(data, "x") })));
    refused(await guard.begin(request("fs.note", { path: join(data, "x") })));
    permitted(await guard.begin(request("fs.unlabelled", { path: "elsewhere" })));
  });

  test("not through arguments that a rule makes, nor in mode observe", async () => {
    const { data, guard, policies, configuration } = await workspace();
    const lured = refused(await guard.begin(request("fs.write", { path: "ok", lure: 1 })));
    expect(lured.decision.rules).toEqual(["holdfast/protected-paths"]);
    await guard.close();
    writeFileSync(configuration, "enforcement: {default: observe}\n");
    const observing = await guardOn(data, { policies, configuration });
    const answer = refused(await observing.begin(request("fs.write", { path: join(data, "x") })));
    expect(answer.decision.rules).toEqual(["holdfast/protected-paths"]);
  });

  test("not by commands, whatever the policy reads of them", async () => {
    const { base, data, guard } = await workspace();
    for (const command of [
      `rm -rf ${data}`,
      `rm ../data/log.json`,
      `echo x >"${base}"/'data'/log.json`,
      `tee link/log.json </dev/null`,
      `ls | xargs -n1 echo; sh -c 'cp a ${data}/b'`,
      `cd ${data} && rm log.json`,
      `rm ${base}/d?t*/log.json`,
      `rm -rf ${base}/[d]ata`,
      `rm -rf ../da*`,
    ]) {
      const { decision } = refused(await guard.begin(request("fs.run", { command })));
      expect([command, decision.rules]).toEqual([command, ["holdfast/protected-paths"]]);
      expect((await guard.decide(request("fs.run", { command }))).effect).toBe("deny");
    }
    for (const command of [
      `cat ${data}/log.json`,
      `cd ${data} && ls`,
      `rm -rf ${base}/else`,
      `rm ${base}/da?a-of-mine/* *.log`,
    ]) {
      permitted(await guard.begin(request("fs.run", { command })));
    }
  });

  test("nor named to programs of which nobody knows what they do, nor by way of links", async () => {
    const { base, data, guard } = await workspace();
    for (const command of [
      `obscure-program ${data}/log.json`,
      `obscure-program --out=${data}/log.json`,
      `cd ${data} && obscure-program log.json`,
      `ln -s ${data} ${base}/elsewhere`,
      `cat $X; ls ${data}`,
    ]) {
      const { decision } = refused(await guard.begin(request("fs.run", { command })));
      expect([command, decision.rules]).toEqual([command, ["holdfast/protected-paths"]]);
    }
    for (const command of [`obscure-program ${base}/else`, `ln -s ${base}/else ${base}/link2`]) {
      permitted(await guard.begin(request("fs.run", { command })));
    }
  });

  test("not by commands of which nobody can tell what they write", async () => {
    const { guard } = await workspace();
    for (const command of ["rm 'unclosed", "ls\u0000", "a".repeat(70_000), "(".repeat(40), 7]) {
      const { decision } = refused(await guard.begin(request("fs.run", { command })));
      expect([decision.rules, decision.reason]).toEqual([
        ["holdfast/protected-paths"],
        expect.stringContaining("it cannot be told whether commands reach what governs the agent"),
      ]);
    }
    // What is said is recorded, where a command may be redacted: it quotes nothing of one.
    const quoting = refused(await guard.begin(request("fs.run", { command: "(ls) hunter2" })));
    expect(quoting.decision.reason).not.toContain("hunter2");
    // Without a command none runs.
    permitted(await guard.begin(request("fs.run", {})));
  });

  test("and may read it, and write everything else", async () => {
    const { base, data, work, guard } = await workspace();
    permitted(await guard.begin(request("fs.read", { path: join(data, "log.json") })));
    for (const path of [
      join(base, "data-of-mine", "x"),
      join(base, "..data"),
      join(work, "data", "x"),
      "data/log.json",
      "policies",
      base,
      "",
      "a text that names no path at all",
    ]) {
      permitted(await guard.begin(request("fs.write", { path })));
    }
  });
});
