import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeRecord } from "@holdfast/model";
import type { RecordOf } from "@holdfast/model";
import { readOpened } from "@holdfast/runtime";
import { beforeAll, expect, test } from "vitest";
import { behindGateway, build, referenceServer } from "./gateway-command.ts";
import type { Message } from "./line-client.ts";
import { allow, open, policy } from "./policy-session.ts";
import { allowAll, scratch } from "./raw-session.ts";
import { connect } from "./real-client.ts";

const overheard = fileURLToPath(new URL("fixture/overheard-server.mjs", import.meta.url));

const caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
const own = /^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/u;
const ofNobody = /^00-(?!0af7651916cd43dd)[0-9a-f]{32}-[0-9a-f]{16}-01$/u;

beforeAll(() => build("gateways/mcp"));

test("the official client's trace goes on to a real server, as the span that is on record", async () => {
  const folder = scratch();
  const heard = join(folder, "heard.jsonl");
  const real = referenceServer("everything");
  const server = { command: real.command, args: [overheard, heard, real.command, ...real.args] };
  const gateway = behindGateway(server, { folder, policy: allowAll, alias: "every" });
  const { client } = await connect(gateway, { roots: false });
  const meta = { traceparent: caller, tracestate: "vendor=1", baggage: "k=v" };
  const traced = await client.callTool({ name: "echo", arguments: { message: "a" }, _meta: meta });
  const untraced = await client.callTool({ name: "echo", arguments: { message: "b" } });
  expect([traced, untraced]).toMatchObject([
    { content: [{ text: "Echo: a" }] },
    { content: [{ text: "Echo: b" }] },
  ]);
  await client.close();

  const metas = readFileSync(heard, "utf8")
    .split("\n")
    .filter((line) => line.includes("tools/call"))
    .map((line): Message => JSON.parse(line))
    .map(({ params }) => params?.["_meta"] as Readonly<Record<string, unknown>>);
  expect(metas).toMatchObject([
    { tracestate: "vendor=1", baggage: "k=v", traceparent: expect.stringMatching(own) },
    { traceparent: expect.stringMatching(ofNobody) },
  ]);
  const decisions: RecordOf<"decision">[] = [];
  for await (const { body } of readOpened(join(folder, "data"))) {
    const record = decodeRecord(body);
    if (record.kind === "decision" && record.tool.name === "echo") decisions.push(record);
  }
  expect(decisions.map(({ trace }) => trace)).toEqual([
    { in: caller, out: metas[0]?.["traceparent"] },
    { out: metas[1]?.["traceparent"] },
  ]);
});

test.each([
  ["not a trace", "not-a-trace"],
  ["of zeros", `00-${"0".repeat(32)}-b7ad6b7169203331-01`],
  ["of another version", caller.replace("00-", "ff-")],
  ["a number", 7],
])("a `traceparent` that is %s begins anew, without the vendors' part", async (_how, bad) => {
  const session = await open(policy(allow));
  const meta = { traceparent: bad, tracestate: "vendor=1", k: 1 };
  await session.ask(1, "tools/call", { name: "echo", arguments: {}, _meta: meta });
  expect(session.receivedOf("tools/call")[0]?.params?.["_meta"]).toEqual({
    k: 1,
    traceparent: expect.stringMatching(ofNobody),
  });
});

test("a `_meta` that is no object is sent as it came", async () => {
  const session = await open(policy(allow));
  await session.ask(1, "tools/call", { name: "echo", arguments: {}, _meta: [1] });
  expect(session.receivedOf("tools/call")[0]?.params?.["_meta"]).toEqual([1]);
});
