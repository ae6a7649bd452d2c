/**
 * Runs read from a log and from traces. Seen to fail: a refused call taken for one that ran, a failed one
 * too, redacted arguments learned from, a prompt left out of spans, and the environment of a resource dropped.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json, RequestInput } from "@holdfast/model";
import { copyJson } from "@holdfast/model";
import { eraseSubject, readSubject } from "@holdfast/runtime";
import type { Guard } from "@holdfast/runtime";
import { exportLog, fileSink } from "@holdfast/runtime/export";
import { readSpans, runsOfLog, runsOfSpans } from "@holdfast/runtime/source";
import type { SourcedRun } from "@holdfast/runtime/source";
import { describe, expect, test } from "vitest";
import {
  dataDirectory,
  guardOn,
  permitted,
  request,
  scratch,
  startMs,
  testClock,
} from "./support.ts";
import { policyText } from "./policy-set.ts";

const policy = `${policyText}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: door.open}
spec:
  labels: [write]
  log: {redact: [args.pin]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: door}
spec: {match: {tools: [door.open]}, rules: [{id: grant, effect: allow}]}
`;

async function call(
  guard: Guard,
  asked: RequestInput,
  result: Json = "ok",
  status: "success" | "failure" = "success",
): Promise<void> {
  const permit = permitted(await guard.begin(asked));
  await guard.end(permit, { status, durationMs: 5, result });
}

/** A log with a little of everything that is and is not a run to learn from; closed. */
async function recorded(): Promise<string> {
  const data = dataDirectory();
  const clock = testClock();
  const guard = await guardOn(data, { policy, clock, environment: "staging" });
  const { id } = await guard.openSession({ agent: "agent-1" });
  const inside = (tool: string, args = {}, rest: Partial<RequestInput> = {}): RequestInput =>
    request(tool, args, { session: { id }, agent: { id: "agent-1", version: "3" }, ...rest });
  const prompt = (text: string) =>
    guard.observe(id, { kind: "prompt", text, source: "chat", labels: ["user"] });
  await prompt("write the report");
  await guard.observe(id, {
    kind: "document",
    text: "a page",
    source: "web",
    labels: ["untrusted"],
  });
  clock.pass(1000);
  await call(guard, inside("fs.write", { path: "report", content: "fine" }));
  await call(guard, inside("fs.read", { path: "a" }), {
    structuredContent: { total: 7 },
    content: [],
  });
  await call(guard, inside("fs.read", { path: "b" }), {
    content: [
      { type: "text", text: "one" },
      { type: "text", text: "two" },
    ],
  });
  await call(guard, inside("fs.read", { path: "c" }), { text: "poison" });
  await guard.begin(inside("web.post", { url: "x" }));
  await call(guard, inside("fs.write", { path: "gone" }), "no", "failure");
  await call(guard, inside("door.open", { pin: "1234" }));
  await call(guard, request("fs.write", { path: "outside" }));
  await prompt("and refund it");
  clock.pass(1000);
  const user = { id: "ana", roles: [], attributes: {} };
  const delegation = [{ agent: { id: "planner" }, scopes: ["tool:*"] }];
  await call(guard, inside("pay.refund", { amount: 5 }, { user, delegation }));
  permitted(await guard.begin(inside("fs.write", { path: "never ended" })));
  await guard.close();
  return data;
}

const agent = { id: "agent-1", version: "3" };

const plain = ({ runs }: { readonly runs: readonly SourcedRun[] }) =>
  runs.map(({ prompt, calls }) => ({
    prompt,
    calls: calls.map(({ server, tool, args, result }) => [
      `${server}.${tool}`,
      { ...args },
      result,
    ]),
  }));

const expected = [
  {
    prompt: "write the report\n\nand refund it",
    calls: [
      ["fs.write", { path: "report", content: "fine (signed)" }, "ok"],
      ["fs.read", { path: "a" }, { total: 7 }],
      ["fs.read", { path: "b" }, "one\ntwo"],
      ["fs.read", { path: "c" }, undefined],
      ["pay.refund", { amount: 5 }, "ok"],
    ],
  },
];

describe("runs of a log", () => {
  test("are the calls that ran and succeeded, as they ran and as they were shown", async () => {
    const data = await recorded();
    const read = await runsOfLog(data);
    expect(plain(read)).toEqual(expected);
    expect(Object.fromEntries(read.leftOut)).toEqual({
      refused: 1,
      failed: 1,
      unfinished: 1,
      sessionless: 1,
      redacted: 1,
    });
    const [first] = read.runs[0]?.calls ?? [];
    expect(first).toMatchObject({ agent, timeMs: startMs + 1000, environment: "staging" });
    // Of a call that another agent passed on it is told by whom, and of no other.
    const from = read.runs[0]?.calls.map(({ delegation }) => delegation);
    expect(from).toEqual([undefined, undefined, undefined, undefined, ["planner"]]);
    expect(first?.place).toMatch(/^record \d+$/u);
    // A run is whole, or not there.
    expect(plain(await runsOfLog(data, { sinceMs: startMs + 2000 }))).toEqual(expected);
    expect((await runsOfLog(data, { sinceMs: startMs + 3000 })).runs).toEqual([]);
  });

  test("tell of each call where it was made, though one session went through two environments", async () => {
    const data = dataDirectory();
    const clock = testClock();
    const first = await guardOn(data, { policy, clock, environment: "staging" });
    const { id } = await first.openSession({ agent: "agent-1" });
    await call(first, request("fs.read", { path: "a" }, { session: { id } }));
    await first.close();
    const second = await guardOn(data, { policy, clock, environment: "production" });
    await call(second, request("fs.read", { path: "b" }, { session: { id } }));
    await second.close();
    const { runs } = await runsOfLog(data);
    const where = runs.map(({ calls }) => calls.map(({ environment }) => environment));
    expect(where).toEqual([["staging", "production"]]);
    const spans = (await exported(data, true)).flatMap((each) => readSpans(each));
    expect(runsOfSpans(spans, defaults).runs[0]?.calls).toMatchObject([
      { environment: "staging" },
      { environment: "production" },
    ]);
  });

  test("say what was erased, and hold nothing of it", async () => {
    const data = await recorded();
    await eraseSubject({
      directory: data,
      subject: readSubject("user:ana"),
      reason: "asked for",
      by: "officer",
      clock: testClock(),
      random: (bytes) => new Uint8Array(bytes).fill(7),
    });
    const read = await runsOfLog(data);
    expect(plain(read)[0]?.calls).toEqual(expected[0]?.calls.slice(0, 4));
    expect(read.leftOut.get("erased")).toBe(1);
  });
});

async function exported(data: string, payloads: boolean): Promise<readonly Json[]> {
  const path = join(scratch(), "spans");
  const options = { format: "otel", version: "1", payloads } as const;
  await exportLog(data, ({ opening }) => fileSink(path, opening), options);
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  return lines.map((line) => copyJson(JSON.parse(line)));
}

const defaults = { agent: "someone", server: "local" };

describe("runs of spans", () => {
  test("are those of the log that they were exported from", async () => {
    const data = await recorded();
    const json = await exported(data, true);
    const read = runsOfSpans(
      json.flatMap((each) => readSpans(each)),
      defaults,
    );
    const ofLog = await runsOfLog(data);
    expect(plain(read)).toEqual(expected);
    expect(read.leftOut).toEqual(ofLog.leftOut);
    const calls = ({ runs }: { readonly runs: readonly SourcedRun[] }) =>
      runs.flatMap((run) => run.calls.map((each) => ({ ...each, place: run.id })));
    expect(calls(read)).toEqual(calls(ofLog));
    // Exports arrive at least once.
    const twice = [...json, ...json].flatMap((each) => readSpans(each));
    expect(runsOfSpans(twice, defaults)).toEqual(read);
  });

  test("without payloads tell no arguments, which is said", async () => {
    const json = await exported(await recorded(), false);
    const read = runsOfSpans(
      json.flatMap((each) => readSpans(each)),
      defaults,
    );
    expect(read.runs).toEqual([]);
    expect(read.leftOut.get("unreadable_arguments")).toBe(5);
  });

  test("tell times to the millisecond, though nanoseconds are more than a double holds", () => {
    const [first, count] = [Date.UTC(2026, 10, 30, 6), 500];
    for (let timeMs = first; timeMs < first + count; timeMs += 1) {
      for (const behind of ["000000", "000100", "900000"]) {
        const nanos = `${timeMs}${behind}`;
        for (const startTimeUnixNano of [nanos, Number(nanos)]) {
          const span = { traceId: "t", spanId: "s", name: "execute_tool x", startTimeUnixNano };
          expect(readSpans(copyJson(span))).toMatchObject([{ timeMs }]);
        }
      }
    }
  });

  test("tell the environment of their resource, or their own, by its name of today or before", () => {
    const [now, before] = ["deployment.environment.name", "deployment.environment"];
    const keyed = (attributes: Record<string, string>) =>
      Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
    const tool = { "gen_ai.tool.name": "find", "gen_ai.tool.call.arguments": "{}" };
    const span = (attributes: Record<string, string>) => ({
      traceId: "t",
      spanId: "s",
      attributes: keyed({ "gen_ai.operation.name": "execute_tool", ...tool, ...attributes }),
    });
    const environmentOf = (json: object): string | undefined =>
      runsOfSpans(readSpans(copyJson(json)), defaults).runs[0]?.calls[0]?.environment;
    const sent = (resource: Record<string, string>, own: Record<string, string> = {}): object => ({
      resourceSpans: [
        { resource: { attributes: keyed(resource) }, scopeSpans: [{ spans: [span(own)] }] },
      ],
    });
    expect(environmentOf(sent({ [now]: "staging" }))).toBe("staging");
    expect(environmentOf(sent({ [before]: "staging" }))).toBe("staging");
    expect(environmentOf(sent({ [before]: "old", [now]: "staging" }))).toBe("staging");
    expect(environmentOf(sent({ [now]: "outer" }, { [before]: "own" }))).toBe("own");
    expect(environmentOf(sent({ "service.name": "x" }))).toBeUndefined();
    // As SDKs print them.
    const resource = { attributes: { [now]: "staging" } };
    expect(environmentOf([{ ...span({}), resource }])).toBe("staging");
    const told = [
      { role: "assistant", parts: [{ type: "tool_call", id: "c", name: "find", arguments: {} }] },
      { role: "tool", parts: [{ type: "tool_call_response", id: "c", response: "ok" }] },
    ];
    const chat = { "gen_ai.input.messages": JSON.stringify(told) };
    expect(environmentOf([{ traceId: "t", spanId: "s", attributes: chat, resource }])).toBe(
      "staging",
    );
  });

  test("may be those of an SDK: a chat that says what was asked, and tools below it", () => {
    const of = (id: string, parent: string | null, attributes: object, more = {}) => ({
      name: "x",
      context: { trace_id: "0xt", span_id: id },
      parent_id: parent,
      start_time: `2026-11-21T10:00:0${id}Z`,
      attributes,
      ...more,
    });
    const messages = [
      { role: "system", parts: [{ type: "text", content: "be kind" }] },
      { role: "user", parts: [{ type: "text", content: "find ana" }] },
      {
        role: "assistant",
        parts: [{ type: "tool_call", id: "c1", name: "find", arguments: { name: "ana" } }],
      },
      { role: "tool", parts: [{ type: "tool_call_response", id: "c1", response: { id: 4 } }] },
    ];
    const chat = of("1", null, {
      "gen_ai.operation.name": "chat",
      "gen_ai.agent.name": "finder",
      "gen_ai.request.model": "m-1",
      "gen_ai.conversation.id": "talk",
      "gen_ai.input.messages": JSON.stringify(messages),
    });
    const tool = of("2", "1", {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "find",
      "gen_ai.tool.call.id": "c1",
    });
    const failed = of(
      "3",
      "1",
      { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "find" },
      { status: { status_code: "ERROR" } },
    );
    const called = {
      server: "local",
      tool: "find",
      args: { name: "ana" },
      result: { id: 4 },
      agent: { id: "finder", model: "m-1" },
    };
    const read = (...spans: readonly object[]) => runsOfSpans(readSpans(copyJson(spans)), defaults);
    expect(read(chat, tool, failed)).toMatchObject({
      runs: [
        {
          id: "talk",
          prompt: "find ana",
          calls: [{ ...called, place: "span 2", timeMs: Date.UTC(2026, 10, 21, 10, 0, 2) }],
        },
      ],
      leftOut: new Map([["failed", 1]]),
    });
    // Without spans of tools, what messages tell and answer.
    expect(read(chat)).toMatchObject({ runs: [{ id: "talk", calls: [called] }] });
    expect(readSpans(copyJson([1, "x", { spans: [{}] }, null]))).toEqual([]);
  });
});
