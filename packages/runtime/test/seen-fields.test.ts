import { decodeRecord, digestOf } from "@holdfast/model";
import type { RecordOf } from "@holdfast/model";
import { eraseSubject, readOpened } from "@holdfast/runtime";
import { expect, test } from "vitest";
import { dataDirectory, guardOn, permitted, refused, request, testClock } from "./support.ts";

const policy = `
apiVersion: holdfast.dev/v1
kind: Settings
metadata: {name: settings}
spec: {labels: [read, write, crm, iban]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: crm.get}
spec: {labels: [crm], results: {iban: {labels: [iban]}}}
---
apiVersion: holdfast.dev/v1
kind: Meter
metadata: {name: reads}
spec: {match: {tools: [crm.get]}, reserve: "2", key: [agent.id], window: 1h}
---
apiVersion: holdfast.dev/v1
kind: Meter
metadata: {name: writes}
spec: {match: {labels: [write]}, key: [agent.id], window: 1h}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: base}
spec:
  match: {tools: [crm.get]}
  rules: [{id: grant, effect: allow}]
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: held}
spec:
  match: {tools: [crm.get], phase: result}
  rules: [{id: hold, effect: deny, when: "has(result.secret)"}]
`;

type Records = {
  readonly decisions: readonly RecordOf<"decision">[];
  readonly observations: readonly { readonly index: number; readonly digest: string }[];
};

async function recordsOf(data: string): Promise<Records> {
  const decisions: RecordOf<"decision">[] = [];
  const observations: { index: number; digest: string }[] = [];
  for await (const { index, body } of readOpened(data)) {
    const record = decodeRecord(body);
    if (record.kind === "decision") decisions.push(record);
    if (record.kind === "observation") observations.push({ index, digest: record.payload.digest });
  }
  return { decisions, observations };
}

const seenOf = ({ seen, taints, meters }: RecordOf<"decision">): object => ({
  seen,
  taints,
  meters,
});

test.each([
  ["folded from its snapshot", 1],
  ["folded from its records", 0],
])("a decision names what its session had seen, also after a restart, %s", async (_how, every) => {
  const data = dataDirectory();
  const options = { policy, snapshotRecords: every };
  const guard = await guardOn(data, options);
  const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
  const ask = () => guard.begin(request("crm.get", {}, { session }));
  const first = permitted(await ask());
  const text = "look up the account of Ana";
  await guard.observe(session.id, { kind: "prompt", text: "hello", source: "chat", labels: [] });
  await guard.observe(session.id, { kind: "prompt", text, source: "chat", labels: ["user"] });
  await guard.observe(session.id, { kind: "document", text, source: "a", labels: ["untrusted"] });
  await guard.observe(session.id, { kind: "memory", text, source: "b", labels: [] });
  permitted(await ask());
  await guard.end(first, { status: "success", result: { secret: 1 } });
  const other = permitted(await guard.begin(request("crm.get", {})));
  await guard.end(other, { status: "success", result: { iban: "GB1" } });
  const last = permitted(await ask());
  await guard.end(last, { status: "success", result: { iban: "GB1" } });
  await guard.close();

  const again = await guardOn(data, options);
  permitted(await again.begin(request("crm.get", {}, { session })));
  await again.close();

  const { decisions, observations } = await recordsOf(data);
  const [, prompt, document, memory] = observations;
  const digest = digestOf([digestOf([null, document?.digest ?? ""]), memory?.digest ?? ""]);
  const seen = {
    prompt: { record: prompt?.index, digest: prompt?.digest },
    documents: { count: 2, first: document?.index, digest },
  };
  const observed = ["untrusted", "user"];
  expect(decisions.map(seenOf)).toEqual([
    { seen: undefined, taints: undefined, meters: undefined },
    { seen, taints: observed, meters: { reads: 2 } },
    { seen: undefined, taints: undefined, meters: { reads: 4 } },
    { seen, taints: observed, meters: { reads: 6 } },
    { seen, taints: ["crm", "iban", ...observed], meters: { reads: 8 } },
  ]);
});

test("what was seen is named after it was erased", async () => {
  const data = dataDirectory();
  const guard = await guardOn(data, { policy });
  const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
  const said = { kind: "prompt", text: "for Ana", source: "chat", labels: ["user"] } as const;
  await guard.observe(session.id, said);
  permitted(await guard.begin(request("crm.get", {}, { session })));
  await guard.close();
  await eraseSubject({
    directory: data,
    subject: { kind: "session", id: session.id },
    reason: "asked",
    by: "test",
    clock: testClock(),
    random: (bytes) => new Uint8Array(bytes),
  });
  const again = await guardOn(data, { policy });
  // Nobody can use an erased session.
  refused(await again.begin(request("crm.get", {}, { session })));
  await again.close();
  const { decisions, observations } = await recordsOf(data);
  expect(decisions[0]?.seen?.prompt?.digest).toBe(observations[0]?.digest);
});
