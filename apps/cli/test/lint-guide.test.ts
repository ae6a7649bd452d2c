import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderOf, holdfast, repository } from "./command.ts";

const tool = `apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: pay.refund}
spec:
  labels: [money]
  schema:
    type: object
    required: [customer, amount]
    properties:
      customer: {type: string}
      amount: {type: number, minimum: 0, maximum: 5000}
---
apiVersion: holdfast.dev/v1
`;

test("the guide shows what lint says of its example", async () => {
  const guide = readFileSync(join(repository, "docs/lint.md"), "utf8");
  const policy = /```yaml\n(kind: Policy\n[^`]*)```/u.exec(guide)?.[1] ?? "";
  const shown = /it says:\n\n```\n([\s\S]*?)\n```/u.exec(guide)?.[1] ?? "";
  const folder = folderOf({ "policies/refunds.yaml": tool + policy });
  const { stdout } = await holdfast(["lint", join(folder, "policies")]);
  expect(stdout.replaceAll(`${folder}/`, "").trimEnd()).toBe(shown);
});
