import { createEngine } from "@holdfast/engine";
import { canonicalJson } from "@holdfast/model";
import { replayRecorded } from "@holdfast/runtime";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dataDirectory, guardOn, permitted, refused, request, scratch } from "./support.ts";

const policy = `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: mail.send}
spec: {labels: [write], arguments: {body: content}}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: kube.apply}
spec: {labels: [write], arguments: {manifest: k8s}}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: all}
spec:
  rules:
    - {id: mail, effect: allow, when: tool.name == "send" && size(content.secrets) == 0}
    - id: pod
      effect: allow
      when: tool.name == "apply" && !k8s.opaque && !k8s.privileged && k8s.namespace == "team"
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: shown}
spec:
  match: {tools: [mail.send], phase: result}
  rules:
    - {id: hide, effect: modify, mask: {result: [secrets, pii]}}
`;

function options() {
  const configuration = join(scratch(), "holdfast.yaml");
  writeFileSync(configuration, "facts: {deadline_ms: 10000}\n");
  return { policy, configuration };
}

const key = ["gl", "pat-", "Zx8sK2mQ7vB4nL9wTr3c"].join("");

test("content of arguments and of results decides, is masked, and replay finds the same", async () => {
  const data = dataDirectory();
  const guard = await guardOn(data, options());
  refused(await guard.begin(request("mail.send", { body: `use ${key}` })));
  const permit = permitted(await guard.begin(request("mail.send", { body: "hello" })));
  const ended = await guard.end(permit, {
    status: "success",
    result: { rows: [{ note: `of ana@shop.example.org: ${key}` }], "a.b": "kept" },
  });
  expect(ended).toMatchObject({
    released: true,
    redacted: true,
    result: { rows: [{ note: "of [masked]: [masked]" }], "a.b": "kept" },
  });

  const again = permitted(await guard.begin(request("mail.send", { body: "hello" })));
  const withheld = await guard.end(again, { status: "success", result: { [key]: 1 } });
  expect(withheld).toMatchObject({ released: false, decision: { code: "eval_error" } });
  await guard.close();
  let count = 0;
  for await (const { recomputed, recorded } of replayRecorded(data, createEngine)) {
    expect(canonicalJson({ ...recomputed })).toBe(canonicalJson({ ...recorded }));
    count += 1;
  }
  expect(count).toBe(5);
});

test("a manifest is decided by what it would run", async () => {
  const guard = await guardOn(dataDirectory(), options());
  const pod = (more: string, namespace = "team"): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: ${namespace}}\nspec:\n  containers: [{name: a, image: b, securityContext: {${more}}}]\n`;
  permitted(await guard.begin(request("kube.apply", { manifest: pod("") })));
  refused(await guard.begin(request("kube.apply", { manifest: pod("privileged: true") })));
  refused(await guard.begin(request("kube.apply", { manifest: pod("privileged: yes") })));
  refused(await guard.begin(request("kube.apply", { manifest: pod("", "kube-system") })));
  const both = `${pod("")}---\n${pod("", "kube-system")}`;
  refused(await guard.begin(request("kube.apply", { manifest: both })));
});
