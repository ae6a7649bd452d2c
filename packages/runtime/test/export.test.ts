import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { readLog } from "@holdfast/log";
import { exportLog, fileSink, httpSink, otelMapping } from "@holdfast/runtime/export";
import type { ExportFormat, ExportOptions } from "@holdfast/runtime/export";
import { describe, expect, onTestFinished, test } from "vitest";
import { everyDecision, play } from "./scenario.ts";
import { dataDirectory, guardOn, permitted, request, scratch } from "./support.ts";

/** A receiver that answers as told, in turns, and then takes everything. */
async function receiver(
  answers: readonly { status: number; body?: string; headers?: Record<string, string> }[] = [],
) {
  const bodies: string[] = [];
  const types: (string | undefined)[] = [];
  const left = [...answers];
  const server = createServer((asked, answer) => {
    let body = "";
    asked.on("data", (chunk: Buffer) => (body += chunk.toString()));
    asked.on("end", () => {
      bodies.push(body);
      types.push(asked.headers["content-type"]);
      const next = left.shift() ?? { status: 200 };
      answer.writeHead(next.status, next.headers).end(next.body ?? "");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, bodies, types };
}

const quick = { headers: {}, retry: { retries: 3, firstWaitMs: 1 } };

async function exported(data: string, format: ExportFormat, more: Partial<ExportOptions> = {}) {
  const path = join(scratch(), "out");
  const options = { format, version: "1", payloads: false, ...more };
  await exportLog(data, ({ opening }) => fileSink(path, opening), options);
  return readFileSync(path, "utf8");
}

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly status?: { readonly code: number };
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

function spansOf(text: string): Span[] {
  return text
    .trimEnd()
    .split("\n")
    .flatMap((line) => {
      const { resourceSpans } = JSON.parse(line) as {
        resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
      };
      return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
    });
}

const attribute = (span: Span | undefined, key: string): unknown =>
  Object.values(span?.attributes.find((each) => each.key === key)?.value ?? {})[0];

describe("an export", () => {
  test("as JSON lines holds the bytes of every record, and payloads only when asked", async () => {
    const guard = await guardOn(dataDirectory());
    await play(guard, everyDecision);
    const bodies: string[] = [];
    for await (const { body } of readLog(guard.directory))
      bodies.push(Buffer.from(body).toString());
    const lines = (await exported(guard.directory, "jsonl")).trimEnd().split("\n");
    expect(lines).toEqual(
      bodies.map((body, sequence) => `{"sequence":${sequence},"record":${body}}`),
    );
    expect(lines.join("")).not.toContain("honeypot");
    expect(await exported(guard.directory, "jsonl", { payloads: true })).toContain("honeypot");
  });

  test("as CSV has a row for each decision and each end, and no cell is a formula", async () => {
    const guard = await guardOn(dataDirectory());
    await guard.begin(request("fs.write", { path: "x" }, { agent: { id: "=cmd()" } }));
    const write = permitted(await guard.begin(request("fs.write", { path: "x" })));
    await guard.end(write, { status: "success", durationMs: 7 });
    const [head, formula, decision, outcome] = (await exported(guard.directory, "csv")).split("\n");
    expect(head).toMatch(/^sequence,time,kind,agent/u);
    expect(formula).toContain(",'=cmd(),");
    expect(decision).toMatch(
      /,decision,agent-1,.*,fs\.write,allow,rule,base\/grant,.*,true,{7}00-[0-9a-f-]{52},{5}$/u,
    );
    expect(outcome).toMatch(new RegExp(`,outcome,.*,${write.sequence},success,7,{9}$`, "u"));
  });

  test("as CSV names whose each end is, also when the decision was exported before", async () => {
    const guard = await guardOn(dataDirectory());
    const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
    const prompt = { kind: "prompt", text: "hello", source: "chat", labels: ["user"] } as const;
    await guard.observe(session.id, prompt);
    const write = permitted(await guard.begin(request("fs.write", { path: "x" }, { session })));
    const cursor = join(scratch(), "cursor");
    const first = await exported(guard.directory, "csv", { cursor });
    expect(first).toMatch(/,2,,user,(?:[^,]*)\n$/u);
    await guard.end(write, { status: "success", durationMs: 7.123_456_7, result: "done" });
    const [, outcome, end] = (await exported(guard.directory, "csv", { cursor })).split("\n");
    expect(end).toBe("");
    expect(outcome).toContain(`,outcome,agent-1,${session.id},`);
    expect(outcome).toContain(",fs.write,");
    expect(outcome).toMatch(/,success,7\.123,{8}write,$/u);
  });

  test("as spans tells each action once, with what became of it, in the caller's trace", async () => {
    const guard = await guardOn(dataDirectory());
    const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const write = permitted(
      await guard.begin(request("fs.write", { path: "x" }, { session, trace: { traceparent } })),
    );
    const read = permitted(await guard.begin(request("fs.read", { path: "y" }, { session })));
    await guard.begin(request("fs.write", { path: "secret-place" }, { session }));
    await guard.end(read, { status: "failure", result: {} });
    await guard.end(write, { status: "success", result: "done" });
    const lost = permitted(await guard.begin(request("fs.write", { path: "z" }, { session })));
    await guard.close();
    const text = await exported(guard.directory, "otel");
    const spans = spansOf(text);
    const told = spans.map((span) => [
      attribute(span, otelMapping.sequence),
      attribute(span, otelMapping.outcome),
      span.status?.code,
    ]);
    expect(told).toEqual([
      [String(read.sequence + 1), "refused", undefined],
      [String(read.sequence), "failure", 2],
      [String(write.sequence), "success", undefined],
      [String(lost.sequence), "ambiguous", undefined],
    ]);
    expect(spans[2]).toMatchObject({
      traceId: "0af7651916cd43dd8448eb211c80319c",
      parentSpanId: "b7ad6b7169203331",
      name: "execute_tool fs.write",
    });
    expect(spans[0]?.traceId).toBe(spans[1]?.traceId);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(4);
    expect(text).not.toContain("secret-place");
    expect(await exported(guard.directory, "otel")).toBe(text);
    const full = spansOf(await exported(guard.directory, "otel", { payloads: true }));
    expect(attribute(full[2], otelMapping.result)).toBe('"done"');
  });

  test.each(["jsonl", "csv", "otel"] as const)(
    "of %s that goes on where it ended is one that was never interrupted",
    async (format) => {
      const guard = await guardOn(dataDirectory());
      const folder = scratch();
      const [path, cursor] = [join(folder, "out"), join(folder, "cursor")];
      const step = () =>
        exportLog(guard.directory, ({ opening }) => fileSink(path, opening), {
          format,
          version: "1",
          payloads: false,
          cursor,
        });
      const open = permitted(await guard.begin(request("fs.write", { path: "a" })));
      await step();
      await play(guard, everyDecision.slice(0, 7));
      await step();
      await guard.end(open, { status: "success", result: "r" });
      await step();
      expect(await step()).toMatchObject({ records: 0 });
      const whole = await exported(guard.directory, format);
      const parts = readFileSync(path, "utf8");
      if (format === "otel") expect(spansOf(parts)).toEqual(spansOf(whole));
      else expect(parts).toBe(whole);
    },
  );

  test("of another log's cursor, or a file that is none, is refused", async () => {
    const [guard, other] = [await guardOn(dataDirectory()), await guardOn(dataDirectory())];
    const cursor = join(scratch(), "cursor");
    await exported(guard.directory, "jsonl", { cursor });
    for (const [data, format] of [
      [other.directory, "jsonl"],
      [guard.directory, "csv"],
    ] as const) {
      await expect(exported(data, format, { cursor })).rejects.toMatchObject({
        code: "export_cursor",
      });
    }
    writeFileSync(cursor, "{");
    await expect(exported(guard.directory, "jsonl", { cursor })).rejects.toMatchObject({
      code: "export_cursor",
    });
  });
});

describe("a receiver", () => {
  const send = async (url: string, data: string, cursor: string) =>
    exportLog(data, async ({ contentType }) => httpSink(url, contentType, quick), {
      format: "otel",
      version: "1",
      payloads: false,
      cursor,
    });

  test("that is away for a while gets everything", async () => {
    const guard = await guardOn(dataDirectory());
    await guard.begin(request("fs.write", { path: "secret-place" }));
    const headers = { "retry-after": "0" };
    const { url, bodies, types } = await receiver([{ status: 503, headers }, { status: 429 }]);
    const cursor = join(scratch(), "cursor");
    await send(url, guard.directory, cursor);
    expect(bodies).toHaveLength(3);
    expect(new Set(bodies).size).toBe(1);
    expect(spansOf(bodies[2] ?? "")).toHaveLength(1);
    expect(types[0]).toBe("application/json");
    expect(await send(url, guard.directory, cursor)).toMatchObject({ records: 0 });
    expect(bodies).toHaveLength(3);
  });

  test.each([
    ["refuses", [{ status: 400 }], 1],
    ["is always away", [503, 503, 503, 503, 503].map((status) => ({ status })), 4],
    ["drops spans", [{ status: 200, body: '{"partialSuccess":{"rejectedSpans":"1"}}' }], 1],
  ] as const)(
    "that %s ends the export, and the next one sends the same",
    async (_, answers, asked) => {
      const guard = await guardOn(dataDirectory());
      await guard.begin(request("fs.write", { path: "secret-place" }));
      const { url, bodies } = await receiver(answers.slice(0, asked));
      const cursor = join(scratch(), "cursor");
      await expect(send(url, guard.directory, cursor)).rejects.toMatchObject({
        code: "export_refused",
      });
      expect(bodies).toHaveLength(asked);
      await send(url, guard.directory, cursor);
      expect(bodies.at(-1)).toBe(bodies[0]);
    },
  );
});
