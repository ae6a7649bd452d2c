import { commitmentTo, decodeRecord, parseJson } from "@holdfast/model";
import type { Json, JsonObject, RecordOf } from "@holdfast/model";
import { readOpened } from "@holdfast/runtime";
import { beforeAll, expect, test } from "vitest";
import { dataDirectory, guardOn, pep, permitted, refused, request } from "./support.ts";

const caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

/** Two decisions and an outcome, in which every field of the list occurs. */
let decision: RecordOf<"decision">;
let outcome: RecordOf<"outcome">;
let batched: RecordOf<"decision">;
let observed: RecordOf<"decision">;
let salts: Readonly<Record<string, JsonObject>>;
let session: string;
let out: string;

const context = { confidence: 0.75, ticket: "T-1" };
const delegation = [
  { agent: { id: "planner" }, scopes: ["tool:fs.*"] },
  { agent: { id: "agent-1" }, scopes: ["label:write"] },
];

const policy = `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: fs.write}
spec: {labels: [write]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: note.add}
spec: {labels: [write], audit: batched}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: base}
spec:
  match: {tools: [fs.write, note.add]}
  rules:
    - {id: grant, effect: allow, obligations: [{notify: ops}, {log: full}]}
    - {id: sign, effect: modify, set: {args.content: "'signed'"}, when: tool.name == "write"}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: tried}
spec:
  mode: observe
  rules:
    - {id: refuse, effect: deny}
`;

beforeAll(async () => {
  const data = dataDirectory();
  const guard = await guardOn(data, {
    policy,
    capabilities: { effects: ["allow", "modify"], obligations: ["log", "notify"], sandboxes: [] },
  });
  session = (await guard.openSession({ agent: "agent-1" })).id;
  await guard.registerTools("fs", [{ name: "write", inputSchema: { type: "object" } }]);
  const about = {
    session: { id: session },
    user: { id: "ana@example.org" },
    resources: [{ type: "file", id: "/home/ana/report" }],
    parent: "a-0",
    trace: { traceparent: caller },
    delegation,
    context,
  };
  const agent = { id: "agent-1", version: "7" };
  const asked = { ...request("fs.write", { path: "x", content: "y" }, about), agent };
  const permit = permitted(await guard.begin(asked));
  out = permit.traceparent;
  await guard.end(permit, {
    status: "success",
    result: { text: "done" },
    durationMs: 5,
    cost: 0.25,
  });
  const note = permitted(await guard.begin(request("note.add", {}, { session: { id: session } })));
  await guard.end(note, { status: "success" });
  refused(await guard.begin(request("fs.unknown", {})));
  await guard.close();
  const entries = [];
  for await (const entry of readOpened(data)) entries.push(entry);
  const read = entries.map(({ body, payload }) => ({ record: decodeRecord(body), payload }));
  const decisions = read.flatMap(({ record }) => (record.kind === "decision" ? [record] : []));
  [decision, batched, observed] = decisions as [typeof decision, typeof batched, typeof observed];
  outcome = read
    .map(({ record }) => record)
    .find(({ kind }) => kind === "outcome") as typeof outcome;
  const payloadOf = (wanted: object): JsonObject => {
    const found = read.find(({ record }) => record === wanted)?.payload;
    return parseJson(found as Uint8Array, { depthMax: 96 }) as JsonObject;
  };
  salts = {
    decision: payloadOf(decision)["salts"] as JsonObject,
    outcome: payloadOf(outcome)["salts"] as JsonObject,
  };
});

const sha256 = expect.stringMatching(/^sha256:[0-9a-f]{64}$/u);

/** What DESIGN.md section 5 lists, by its words there, and where it is in a decision record. */
const listed: readonly (readonly [string, () => unknown, unknown])[] = [
  ["PEP {type, id, version}", () => decision.pep, pep],
  ["tenant", () => decision.tenant, "default"],
  ["agent {id, version}", () => decision.agent, { id: "agent-1", version: "7" }],
  ["delegation", () => decision.delegation, ["planner", "agent-1"]],
  ["session", () => decision.session?.id === session, true],
  ["parent action", () => decision.parent, "a-0"],
  ["trace context in", () => decision.trace?.in, caller],
  ["trace context out", () => decision.trace?.out === out, true],
  ["tool", () => decision.tool, { server: "fs", name: "write", definition: sha256 }],
  ["action", () => decision.action.operation, "call"],
  ["state digest", () => decision.state, sha256],
  ["bundle digest", () => decision.bundle, sha256],
  ["effect", () => decision.effect, "modify"],
  ["determining rules", () => decision.rules, ["base/sign"]],
  ["obligations", () => decision.obligations, [{ log: "full" }, { notify: "ops" }]],
  ["mode", () => decision.mode, "enforce"],
  ["shadow effect", () => decision.shadow?.effect, "deny"],
  ["confidence as given", () => decision.confidence, 0.75],
  ["latency", () => decision.latencyNs, expect.any(Number)],
  ["status", () => outcome.status, "success"],
  ["duration", () => outcome.durationMs, 5],
  ["cost", () => outcome.cost, 0.25],
];

test.each(listed)("a record tells %s", (_name, found, wanted) => {
  expect(found()).toEqual(wanted);
});

/** What a person may have said or sent is a salted commitment, which the payload opens. */
const committed: readonly (readonly ["decision" | "outcome", string, Json])[] = [
  ["decision", "credential", "process"],
  ["decision", "args", { path: "x", content: "y" }],
  ["decision", "executed", { path: "x", content: "signed" }],
  ["decision", "context", context],
  ["outcome", "result", { text: "done" }],
];

test.each(committed)("the %s record commits to `%s`", (kind, field, value) => {
  const salt = new Uint8Array(Buffer.from(String(salts[kind]?.[field]), "base64"));
  const { commit } = kind === "decision" ? decision : outcome;
  expect(commit[field]).toBe(commitmentTo(field, value, salt));
});

test("commits to user, delegation, resources and reason too", () => {
  expect(Object.keys(decision.commit)).toEqual(
    expect.arrayContaining(["delegation", "reason", "resources", "user"]),
  );
});

test("the action's span is of the caller's trace and keeps its flags", () => {
  expect(out).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/u);
  expect(out).not.toBe(caller);
});

test("a permit that did not wait is told by its record, and only that one", () => {
  expect(batched.audit).toBe("batched");
  expect(decision.audit).toBeUndefined();
});

test("actions of a session without a caller's trace are of one trace, others of their own", () => {
  expect(batched.trace?.in).toBeUndefined();
  expect(batched.trace?.out).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/u);
  expect(observed.trace?.out.slice(0, 35)).not.toBe(batched.trace?.out.slice(0, 35));
});
