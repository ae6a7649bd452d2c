import { parseJson, readRequest, requestDigest } from "@holdfast/model";
import type { Request } from "@holdfast/model";
import { describe, expect, test } from "vitest";

const smallest = { agent: { id: "support-1" }, tool: { name: "refund" } };

function read(value: unknown): Request {
  const reading = readRequest(value);
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.request;
}

function problems(value: unknown): readonly string[] {
  const reading = readRequest(value);
  if (reading.ok) throw new Error("the request was read");
  return reading.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe("reading a request", () => {
  test("fills in every default", () => {
    expect(read(smallest)).toEqual({
      tenant: "default",
      agent: { id: "support-1", roles: [], attributes: {} },
      user: null,
      delegation: [],
      tool: { server: "local", name: "refund" },
      action: { kind: "tool", operation: "call", phase: "call" },
      args: {},
      resources: [],
      context: {},
      claims: {},
    });
  });

  test("takes the session as its own root unless another is given", () => {
    expect(read({ ...smallest, session: { id: "s" } }).session?.root).toBe("s");
    expect(read({ ...smallest, session: { id: "s", root: "r" } }).session?.root).toBe("r");
  });

  test("tells everything that is wrong, where, with the nearest right name", () => {
    expect(
      problems({
        agent: { id: "", rols: [] },
        tool: { server: "Local", nme: "refund" },
        action: { kind: "mpc" },
        args: [1],
        delegation: [{ agent: { id: "a" }, scope: [], scopes: "x" }],
        "arg\u0007s": 1,
      }),
    ).toMatchInlineSnapshot(`
      [
        "agent.id: too small: expected string to have >=1 characters",
        "agent: unknown field \`rols\`; did you mean \`roles\`?",
        "delegation[0].scopes: expected array, received string",
        "delegation[0]: unknown field \`scope\`; did you mean \`scopes\`?",
        "tool.server: invalid string: must match pattern /^[a-z0-9-]+$/u",
        "tool.name: is missing",
        "tool: unknown field \`nme\`; did you mean \`name\`?",
        "action.kind: expected one of "tool"|"mcp"|"http"|"sql"|"shell"|"file"|"k8s"|"secret"|"ssh"|"delegate"|"llm"|"step"",
        "args: expected an object",
        ": unknown field \`arg�s\`; did you mean \`args\`?",
      ]
    `);
  });

  test("refuses a value that names its own labels or classification", () => {
    expect(problems({ ...smallest, tool: { name: "refund", labels: ["read"] } })).toEqual([
      "tool: unknown field `labels`",
    ]);
    expect(problems({ ...smallest, action: { labels: [] } })).toEqual([
      "action: unknown field `labels`",
    ]);
  });

  test.each([null, 1, "x", [], undefined])("refuses %s", (value) => {
    expect(readRequest(value).ok).toBe(false);
  });

  test("refuses, and never throws on, values that are not JSON", () => {
    const cyclic: Record<string, unknown> = {};
    cyclic["args"] = cyclic;
    const trap = {
      get args(): unknown {
        throw new Error("read");
      },
    };
    for (const value of [cyclic, trap, { ...smallest, args: { when: new Date(0) } }]) {
      expect(readRequest(value).ok).toBe(false);
    }
    expect(problems({ ...smallest, args: { amount: Number.NaN } })).toEqual([
      ": number that is not finite at `args.amount`",
    ]);
    expect(problems({ ...smallest, args: { a: ["\uD800"] } })).toEqual([
      ": string with a lone surrogate at `args.a[0]`",
    ]);
  });

  test("gives a copy that the maker of the value cannot change", () => {
    const args = { list: [1] };
    const request = read({ ...smallest, args });
    args.list.push(2);
    expect(request.args).toEqual({ list: [1] });
  });

  test("gives objects nothing is inherited from, __proto__ being a plain key", () => {
    const request = read(
      parseJson('{"agent":{"id":"a"},"tool":{"name":"t"},"args":{"__proto__":{"x":1}}}'),
    );
    expect(Object.keys(request.args)).toEqual(["__proto__"]);
    for (const value of [request.args, request.context, request.agent.attributes]) {
      expect("toString" in value).toBe(false);
    }
    expect(
      readRequest(parseJson('{"__proto__":{"agent":{"id":"a"}},"tool":{"name":"t"}}')).ok,
    ).toBe(false);
  });
});

describe("the digest of a request", () => {
  const digest = (value: unknown): string => requestDigest(read(value));

  test("is the same for what is asked again, however it was written or delivered", () => {
    const delivered = { ...smallest, id: "call-1", trace: { traceparent: "00-ab-cd-01" } };
    expect(digest(delivered)).toBe(digest({ ...smallest, args: {}, tenant: "default" }));
  });

  test.each([
    ["agent", { agent: { id: "support-2" } }],
    ["tool", { tool: { server: "other", name: "refund" } }],
    ["arguments", { args: { amount: 1 } }],
    ["user", { user: { id: "ana" } }],
    ["session", { session: { id: "s" } }],
    ["environment", { environment: "production" }],
    ["context", { context: { ticket: "T1" } }],
    ["claims", { claims: { reason: "x" } }],
    ["phase", { action: { phase: "result" } }],
    ["result", { result: null }],
  ])("changes with the %s", (_what, change) => {
    expect(digest({ ...smallest, ...change })).not.toBe(digest(smallest));
  });
});
