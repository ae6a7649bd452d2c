import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import type { Bundle, Engine } from "@holdfast/engine";
import { decodeRecord, readRequest, redactedKey } from "@holdfast/model";
import type { RecordOf, RequestInput } from "@holdfast/model";
import { queryLog, readOpened, replayRecorded } from "@holdfast/runtime";
import { expect, test } from "vitest";
import { redactionOf } from "../src/redaction.ts";
import { dataDirectory, guardOn, permitted, refused, request } from "./support.ts";

const policy = `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: door.open}
spec:
  labels: [write]
  schema:
    type: object
    properties:
      user: {type: string}
      pin: {type: string, pattern: "^[0-9]{6}$"}
      cards: {type: array, items: {type: object, properties: {number: {type: string}}}}
    required: [user, pin]
  log: {redact: [args.pin, "args.cards[].number", result.token]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: door.look}
spec: {labels: [read]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: base}
spec:
  match: {tools: [door.open, door.look]}
  rules:
    - {id: grant, effect: allow}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: pins}
spec:
  match: {tools: [door.open]}
  rules:
    - {id: known, effect: deny, when: args.pin == "000000"}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: looks}
spec:
  match: {tools: [door.look]}
  rules:
    - {id: typed, effect: deny, when: "has(args.user) && !from_only(args.user, ['user'])"}
`;

const pin = "739154";
const card = "4929-1111-2222";
const token = 'tok-"zq8841vx"-zz';
const secrets = [pin, card, "zq8841vx"];

const asked = (args: Partial<Record<string, string>>, more: Partial<RequestInput> = {}) =>
  request("door.open", { user: "ana", ...args, cards: [{ number: card }, {}] }, more);

const result = {
  content: [{ type: "text", text: JSON.stringify({ token, user: "ana" }) }],
  structuredContent: { token, user: "ana", said: `the pin ${pin} was right` },
};

interface Read {
  readonly decisions: RecordOf<"decision">[];
  readonly outcomes: RecordOf<"outcome">[];
  /** everything that was recorded, payloads in clear */
  readonly text: string;
}

async function read(data: string): Promise<Read> {
  const found: Read = { decisions: [], outcomes: [], text: "" };
  let text = "";
  for await (const { body, payload } of readOpened(data)) {
    const record = decodeRecord(body);
    if (record.kind === "decision") found.decisions.push(record);
    if (record.kind === "outcome") found.outcomes.push(record);
    text += Buffer.from(body).toString();
    if (typeof payload === "object") text += Buffer.from(payload).toString();
  }
  return { ...found, text };
}

/** The bytes of every file of a folder. */
function bytesOf(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((file) => readFileSync(join(file.parentPath, file.name), "latin1")).join("");
}

/** Two openings, one of them denied for what is not kept, and what came of the other. */
async function recorded(createdBy: (bundle: Bundle) => Engine = createEngine) {
  const data = dataDirectory();
  const options = { policy, snapshotRecords: 1, createEngine: createdBy };
  const guard = await guardOn(data, options);
  const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
  const said = { kind: "prompt", text: "open for ana", source: "chat", labels: ["user"] } as const;
  await guard.observe(session.id, said);
  const claims = { note: `pin=${pin}` };
  const permit = permitted(await guard.begin(asked({ pin }, { session, claims, id: "first" })));
  const ended = await guard.end(permit, { status: "success", result });
  const denied = refused(await guard.begin(asked({ pin: "000000" }, { session })));
  return { data, options, guard, session, permit, ended, denied };
}

test("what is redacted runs and is shown, and is in no file of the log", async () => {
  const { data, guard, permit, ended, denied } = await recorded();
  expect(permit.args).toMatchObject({ pin, cards: [{ number: card }, {}] });
  expect(ended).toMatchObject({ released: true, result });
  expect(denied.decision.rules).toEqual(["pins/known"]);
  await guard.close();
  const { text, decisions, outcomes } = await read(data);
  const files = bytesOf(data);
  for (const secret of secrets) {
    expect(text).not.toContain(secret);
    expect(files).not.toContain(secret);
  }
  expect(text).toContain(`{"${redactedKey}":"hmac-sha256:`);
  // What a rule read is not there any more; what none read makes no difference.
  expect(decisions.map(({ redacted }) => redacted)).toEqual(["recomputes", "unreadable"]);
  expect(outcomes.map(({ redacted }) => redacted)).toEqual(["recomputes"]);
  for (const payloadText of [pin, card, "zq8841vx"]) {
    const rows = [];
    for await (const row of queryLog(data, { payloadText })) rows.push(row);
    expect(rows).toEqual([]);
  }
});

test("no copy is left in attributes of whoever acts, nor in the task", async () => {
  const data = dataDirectory();
  const guard = await guardOn(data, { policy });
  const { id } = await guard.openSession({ agent: "agent-1", task: "open the door" });
  const attributes = { badge: `of ${pin}` };
  const more = {
    session: { id },
    agent: { id: "agent-1", attributes },
    user: { id: "ana", attributes },
    delegation: [{ agent: { id: "agent-2", attributes }, scopes: ["door.*"] }],
  };
  const answer = await guard.begin(asked({ pin }, more));
  expect(answer.decision.code).not.toBe("invalid_request");
  await guard.close();
  expect((await read(data)).text).not.toContain(pin);
});

test("no copy is left in the task of a session", () => {
  const redaction = redactionOf(["args.pin"], new Uint8Array(32));
  const one = { agent: { id: "a" }, tool: { server: "door", name: "open" }, args: { pin } };
  const reading = readRequest({ ...one, session: { id: "s", task: `open with ${pin}` } });
  if (!reading.ok) throw new Error("the request is valid");
  const { request: kept } = redaction!.request(reading.request);
  expect(kept.session).toEqual({ id: "s", root: "s", task: "[redacted]" });
});

test.each([
  ["compiled", createEngine],
  ["reference", createReferenceEngine],
] as const)("a replay by the %s engine tells what cannot be recomputed", async (_name, make) => {
  const { data, guard } = await recorded(make);
  await guard.close();
  const again = await guardOn(data, { policy, createEngine: make });
  await again.close();
  const told = [];
  for await (const { isSame, redacted, state } of replayRecorded(data, make)) {
    told.push([redacted, isSame, state.recorded === state.recomputed]);
  }
  expect(told).toEqual([
    ["recomputes", true, true],
    ["recomputes", true, true],
    ["unreadable", false, true],
  ]);
});

test.each([
  ["compiled", createEngine],
  ["reference", createReferenceEngine],
] as const)(
  "by the %s engine a session narrows as if what it saw were erased",
  async (_n, make) => {
    const { guard, session, data, options } = await recorded(make);
    const look = () => guard.begin(request("door.look", { user: "open" }, { session }));
    expect(refused(await look()).decision.rules).toEqual(["looks/typed"]);
    await guard.close();
    const again = await guardOn(data, options);
    const after = await again.begin(request("door.look", { user: "open" }, { session }));
    expect(refused(after).decision.rules).toEqual(["looks/typed"]);
    const other = { id: (await again.openSession({ agent: "agent-1" })).id };
    const said = { kind: "prompt", text: "open", source: "chat", labels: ["user"] } as const;
    await again.observe(other.id, said);
    permitted(await again.begin(request("door.look", { user: "open" }, { session: other })));
  },
);

test("an action id is bound to what is redacted too, as long as the guard is open", async () => {
  const { guard, session } = await recorded();
  const claims = { note: `pin=${pin}` };
  const same = await guard.begin(asked({ pin }, { session, claims, id: "first" }));
  expect(same).toMatchObject({ repeated: true });
  const other = await guard.begin(asked({ pin: "111111" }, { session, claims, id: "first" }));
  expect(refused(other).decision.code).toBe("invalid_request");
});

test("a request cannot say of itself that it is redacted, and what is none is not kept", async () => {
  const { data, guard } = await recorded();
  const mark = { [redactedKey]: "hmac-sha256:x" };
  const marked = request("door.open", { user: "ana", pin: mark });
  expect(refused(await guard.begin(marked)).decision.code).toBe("invalid_request");
  refused(await guard.begin({ ...asked({ pin: "482733" }), more: 1 } as RequestInput));
  await guard.close();
  expect((await read(data)).text).not.toContain("482733");
});
