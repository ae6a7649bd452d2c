import { describe, expect, test } from "vitest";
import { canonicalJson } from "@holdfast/model";
import { allowAll, RawSession, testGuard } from "./raw-session.ts";
import type { StdioGatewayOptions } from "@holdfast/gateway-mcp";

type Options = Partial<StdioGatewayOptions> & { readonly server?: object };

async function open(options: Options = {}): Promise<RawSession> {
  const session = new RawSession(await testGuard(allowAll), options);
  await session.initialize();
  return session;
}

const call = '"method":"tools/call","params":{"name":"echo","arguments":{"a":1}}';

describe("lines that are no message", () => {
  const cases: readonly {
    readonly title: string;
    readonly line: string | Uint8Array;
    readonly code: number;
    readonly id: unknown;
  }[] = [
    { title: "text", line: "hello", code: -32700, id: null },
    {
      title: "a truncated message",
      line: `{"jsonrpc":"2.0","id":1,${call}`,
      code: -32700,
      id: 1,
    },
    {
      title: "a duplicate method",
      line: `{"jsonrpc":"2.0","id":1,"method":"ping",${call}}`,
      code: -32700,
      id: 1,
    },
    {
      title: "a duplicate key that is escaped once",
      line: `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","n\\u0061me":"write","arguments":{}}}`,
      code: -32700,
      id: 1,
    },
    {
      title: "a duplicate id",
      line: `{"jsonrpc":"2.0","id":1,"id":2,${call}}`,
      code: -32700,
      id: null,
    },
    {
      title: "an argument that no double holds",
      line: `{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"name":"echo","arguments":{"n":9007199254740993}}}`,
      code: -32700,
      id: "x",
    },
    {
      title: "a lone surrogate",
      line: `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"s":"\\ud800"}}}`,
      code: -32700,
      id: 1,
    },
    {
      title: "invalid UTF-8",
      line: Buffer.concat([
        Buffer.from(
          `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"s":"`,
        ),
        Buffer.from([0xc3, 0x28]),
        Buffer.from(`"}}}`),
      ]),
      code: -32700,
      id: 1,
    },
    {
      title: "a byte order mark",
      line: `\ufeff{"jsonrpc":"2.0","id":1,${call}}`,
      code: -32700,
      id: 1,
    },
    {
      title: "nesting beyond the limit",
      line: `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"a":${"[".repeat(70)}${"]".repeat(70)}}}}`,
      code: -32700,
      id: 1,
    },
    { title: "a batch", line: `[{"jsonrpc":"2.0","id":1,${call}}]`, code: -32600, id: null },
    { title: "an empty batch", line: "[]", code: -32600, id: null },
    { title: "a null id", line: `{"jsonrpc":"2.0","id":null,${call}}`, code: -32600, id: null },
    {
      title: "a fractional id",
      line: `{"jsonrpc":"2.0","id":1.5,${call}}`,
      code: -32600,
      id: null,
    },
    { title: "an id object", line: `{"jsonrpc":"2.0","id":{},${call}}`, code: -32600, id: null },
    {
      title: "an id beyond 2^53",
      line: `{"jsonrpc":"2.0","id":9007199254740993,${call}}`,
      code: -32700,
      id: null,
    },
    {
      title: "an id of 2^53, which other readers confuse with its neighbour",
      line: `{"jsonrpc":"2.0","id":9007199254740992,${call}}`,
      code: -32600,
      id: null,
    },
    {
      title: "another JSON-RPC version",
      line: `{"jsonrpc":"1.0","id":1,${call}}`,
      code: -32600,
      id: 1,
    },
    { title: "no JSON-RPC version", line: `{"id":1,${call}}`, code: -32600, id: 1 },
    { title: "neither method nor result", line: `{"jsonrpc":"2.0","id":1}`, code: -32600, id: 1 },
    {
      title: "a request that is also a response",
      line: `{"jsonrpc":"2.0","id":1,"result":{},${call}}`,
      code: -32600,
      id: 1,
    },
    {
      title: "a method that is no text",
      line: `{"jsonrpc":"2.0","id":1,"method":7}`,
      code: -32600,
      id: 1,
    },
    {
      title: "params by position",
      line: `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["echo",{}]}`,
      code: -32602,
      id: 1,
    },
    {
      title: "arguments as text",
      line: `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":"{}"}}`,
      code: -32602,
      id: 1,
    },
    {
      title: "arguments as null",
      line: `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":null}}`,
      code: -32602,
      id: 1,
    },
    {
      title: "a call without a name",
      line: `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"arguments":{}}}`,
      code: -32602,
      id: 1,
    },
  ];

  test("each is answered with a clear error and never forwarded, and the session goes on", async () => {
    const session = await open();
    for (const { title, line, code, id } of cases) {
      session.raw(line);
      const answer = await session.next((message) => "error" in message);
      expect({ title, code: answer.error?.code, id: answer.id }).toEqual({ title, code, id });
    }
    await session.settle();
    expect(session.receivedOf("tools/call")).toEqual([]);
    expect((await session.call(2, "echo", { a: 1 })).result).toBeDefined();
  });

  test("blank lines and carriage returns are no messages", async () => {
    const session = await open();
    session.raw("");
    session.raw("\r");
    session.raw(`{"jsonrpc":"2.0","id":1,"method":"ping"}\r`);
    expect(await session.next(({ id }) => id === 1)).toEqual({ jsonrpc: "2.0", id: 1, result: {} });
    expect(session.messages).toEqual([]);
  });

  test("a line at the limit passes, one byte more is refused by its id, and the next line is read", async () => {
    const lineBytesMax = 4000;
    const session = await open({ limits: { lineBytesMax } });
    const request = (bytes: number): string => {
      const head = '{"method":"tools/call","params":{"name":"fail","arguments":{"a":"';
      const tail = '","id":99}},"jsonrpc":"2.0","id":7}';
      return head + "x".repeat(bytes - head.length - tail.length) + tail;
    };
    session.raw(request(lineBytesMax));
    expect((await session.next(({ id }) => id === 7)).result).toBeDefined();
    session.raw(request(lineBytesMax + 1));
    expect((await session.next(({ id }) => id === 7)).error?.code).toBe(-32600);
    session.raw(request(lineBytesMax * 20));
    expect((await session.next(({ id }) => id === 7)).error?.code).toBe(-32600);
    await session.settle();
    expect(session.receivedOf("tools/call")).toHaveLength(1);
  });
});

describe("what passes", () => {
  test("a call is sent as canonical JSON of what was decided, with every other field kept", async () => {
    const session = await open();
    session.raw(
      `{ "x-more": [1.0, 1e2], "params":{"task":null,"name":"echo","_meta":{"progressToken":"p","v":{}},"x":"\\u00e9","arguments":{"z":1,"a":{"__proto__":{"q":1}}}},"method":"tools\\/call","id":5,"jsonrpc":"2.0"}`,
    );
    const answer = await session.next(({ id }) => id === 5);
    const sent = session.received().find((line) => line.includes("tools/call"));
    expect(sent?.replace(/00-[0-9a-f]{32}-[0-9a-f]{16}-01/u, "SPAN")).toBe(
      '{"id":5,"jsonrpc":"2.0","method":"tools/call","params":{"_meta":{"progressToken":"p","traceparent":"SPAN","v":{}},"arguments":{"a":{"__proto__":{"q":1}},"z":1},"name":"echo","task":null,"x":"é"},"x-more":[1,100]}',
    );
    expect(answer["x-top"]).toBe(2);
    expect(answer.result?.["x_kept"]).toBe(1);
  });

  test("a call without arguments is sent without arguments", async () => {
    const session = await open();
    await session.call(1, "echo");
    expect(session.receivedOf("tools/call")[0]?.params).toEqual({
      name: "echo",
      _meta: { traceparent: expect.any(String) },
    });
  });

  test("requests, notifications and their unknown fields reach the server unchanged, in order", async () => {
    const session = await open();
    const messages = [
      { id: "a", method: "ping", "x-extra": { kept: [null, true] } },
      { method: "notifications/progress", params: { progressToken: 1, progress: 0.5, more: {} } },
      { method: "notifications/roots/list_changed" },
      { id: -1, method: "resources/list", params: { cursor: "c", _meta: { k: 1 } } },
      { method: "notifications/cancelled", params: { requestId: "unknown", reason: "r" } },
      { id: "", method: "logging/setLevel", params: { level: "debug" } },
    ];
    for (const message of messages) session.send(message);
    await session.next(({ id }) => id === "");
    expect(session.received().slice(-messages.length)).toEqual(
      messages.map((message) => canonicalJson({ jsonrpc: "2.0", ...message })),
    );
  });

  test("an unknown method is decided by its name, and passes whole when that is allowed", async () => {
    const session = await open();
    const params = { _meta: { k: 1 }, a: [1], task: { ttl: 5 } };
    const answer = await session.ask(1, "vendor/anything", params);
    const meta = { k: 1, traceparent: expect.any(String) };
    const sent = { ...params, _meta: meta };
    expect(answer.result).toEqual({ method: "vendor/anything", params: sent });
    expect((await session.ask(2, "vendor/bare")).result).toEqual({
      method: "vendor/bare",
      params: null,
    });
    expect(session.operator).toContain("allow rec.rpc:vendor/anything code=rule");
  });

  test("rival: capfence-mcp-notification-hang: nothing waits for an answer to a notification", async () => {
    const session = await open();
    session.send({ method: "notifications/initialized" });
    const { result } = await session.ask(1, "tools/list");
    expect(Object.keys(result ?? {}).sort()).toEqual(["nextCursor", "tools", "x-page"]);
  });
});

describe("ids", () => {
  test("an id in flight cannot be used again, and its answer stays the first one's", async () => {
    const session = await open();
    session.send({ id: 1, method: "tools/call", params: { name: "slow", arguments: { ms: 300 } } });
    session.send({ id: 1, method: "tools/call", params: { name: "echo", arguments: {} } });
    const refused = await session.next((message) => message.error !== undefined);
    expect(refused).toMatchObject({ id: null, error: { code: -32600 } });
    session.send({ id: "1", method: "tools/call", params: { name: "echo", arguments: {} } });
    expect((await session.next(({ id }) => id === "1")).result).toBeDefined();
    expect((await session.next(({ id }) => id === 1)).result).toMatchObject({
      content: [{ text: "slow" }],
    });
    expect(session.receivedOf("tools/call")).toHaveLength(2);
  });

  test("no more requests are taken than may be in flight, and cancelled ones make room", async () => {
    const session = await open({ limits: { inFlightMax: 3 } });
    await session.call("list", "echo", {});
    for (const id of [1, 2, 3]) {
      session.send({ id, method: "tools/call", params: { name: "never", arguments: {} } });
    }
    await session.told(/(allow rec\.never [^]*){3}/u);
    expect((await session.call(4, "echo", {})).error?.code).toBe(-32600);
    session.send({ method: "notifications/cancelled", params: { requestId: 2 } });
    expect((await session.call(5, "echo", {})).result).toBeDefined();
  });
});

describe("protocol revisions", () => {
  test("the requests of a stateless client are refused whole, with what is spoken here", async () => {
    const session = await open();
    const meta = { "io.modelcontextprotocol/protocolVersion": "2026-07-28" };
    const answers = [
      await session.ask(1, "server/discover", { _meta: meta }),
      await session.ask(2, "server/discover"),
      await session.ask(3, "subscriptions/listen", {}),
      await session.ask(4, "tools/list", { _meta: meta }),
      await session.ask(5, "tools/call", { name: "echo", arguments: {}, _meta: meta }),
    ];
    for (const { error } of answers) {
      expect(error?.code).toBe(-32022);
      expect(error?.data).toMatchObject({ requested: "2026-07-28" });
      expect(error?.data?.["supported"]).toContain("2025-11-25");
    }
    expect(session.received().filter((line) => line.includes("2026"))).toEqual([]);
    expect(session.receivedOf("tools/call")).toEqual([]);
  });

  test("a server that chooses a later revision is refused", async () => {
    const session = new RawSession(await testGuard(allowAll), {
      server: { revision: "2026-07-28" },
    });
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: {} };
    const answer = await session.ask(1, "initialize", params);
    expect(answer.error?.code).toBe(-32022);
  });
});
