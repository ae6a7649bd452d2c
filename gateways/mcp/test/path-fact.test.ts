/** The real filesystem server behind the gateway: what a path leads to decides, before it is opened. */
import { mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { behindGateway, build, referenceServer } from "./gateway-command.ts";
import { scratch } from "./raw-session.ts";
import { callAll, connect } from "./real-client.ts";

beforeAll(() => build("gateways/mcp"));

const policyOf = (root: string): string => `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: real.read_text_file}
spec: {labels: [read], root: ${JSON.stringify(root)}, arguments: {path: path}}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: real.write_file}
spec: {labels: [write], root: ${JSON.stringify(root)}, arguments: {path: path}}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: workspace}
spec:
  match: {tools: [real.read_text_file, real.write_file]}
  rules:
    - id: inside
      effect: allow
      when: size(paths) > 0 && paths.all(p, under(p, ${JSON.stringify(root)}) && size(p.odd) == 0)
`;

test("a link out of the workspace is not followed, though the server would", async () => {
  const outer = realpathSync(scratch());
  const root = join(outer, "inner");
  for (const folder of [root, join(outer, "secret")]) mkdirSync(folder);
  writeFileSync(join(root, "a.txt"), "inside");
  writeFileSync(join(outer, "secret/key"), "outside");
  symlinkSync(join(outer, "secret"), join(root, "link"));
  symlinkSync(join(outer, "secret/new"), join(root, "dangling"));
  // The server itself may use all of `outer`, so that only the policy is in the way.
  const server = referenceServer("filesystem", outer);
  const gate = { folder: scratch(), policy: policyOf(root), alias: "real" };
  const connected = await connect(behindGateway(server, gate), { roots: false });
  const seen = await callAll(connected, [
    { tool: "read_text_file", args: { path: join(root, "a.txt") } },
    { tool: "read_text_file", args: { path: join(root, "link/key") } },
    { tool: "read_text_file", args: { path: `${root}/../secret/key` } },
    { tool: "read_text_file", args: { path: join(outer, "secret/key") } },
    { tool: "write_file", args: { path: join(root, "dangling"), content: "x" } },
    { tool: "write_file", args: { path: join(root, "link/key"), content: "x" } },
    { tool: "write_file", args: { path: join(root, "b.txt"), content: "written" } },
  ]);
  const texts = seen.map((each) => JSON.stringify(each));
  expect(texts[0]).toContain("inside");
  for (const text of texts.slice(1, 6)) {
    expect(text).toContain("default_deny");
    expect(text).not.toContain("outside");
  }
  expect(readFileSync(join(root, "b.txt"), "utf8")).toBe("written");
  expect(readFileSync(join(outer, "secret/key"), "utf8")).toBe("outside");
});
