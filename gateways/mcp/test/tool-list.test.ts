import { describe, expect, test } from "vitest";
import { allNames, allow, decisionKey, open, policy, toolsOf } from "./policy-session.ts";
import { allowAll, altered, RawSession, testGuard } from "./raw-session.ts";

describe("tools", () => {
  test("only what could be allowed is listed, over all pages, with every field kept", async () => {
    const session = await open(policy(allow));
    expect(await allNames(session)).toEqual(["echo", "write", "fail", "refuse"]);
    const { result } = await session.ask("again", "tools/list");
    expect(toolsOf(result)[0]).toEqual({
      name: "echo",
      description: "The tool echo.",
      inputSchema: { type: "object" },
      annotations: { readOnlyHint: true },
      "x-vendor": { kept: true },
    });
    expect(result?.["x-page"]).toBe(0);
  });

  test("rival: mcp-hidden-but-callable: what is not shown cannot be called", async () => {
    const session = await open(policy(allow));
    await session.ask("l", "tools/list");
    for (const name of ["die", "never", "unlisted", "Echo", "echo ", "ech\u200bo", "constructor"]) {
      expect((await session.call(`c-${name}`, name, {})).result).toMatchObject({ isError: true });
    }
    await session.settle();
    expect(session.receivedOf("tools/call")).toEqual([]);
  });

  test("a tool the server does not list is denied even where everything is allowed", async () => {
    const session = await open(allowAll);
    expect((await session.call(1, "unlisted", {})).result).toMatchObject({
      isError: true,
      _meta: { [decisionKey]: { effect: "deny", code: "registry" } },
    });
    expect(session.receivedOf("tools/call")).toEqual([]);
  });

  test("a tool of a method's name is no way around the rules for the method", async () => {
    const session = await open(allowAll);
    await session.call(1, "list-again", { name: "resources/read" });
    expect((await session.call(2, "resources/read", { uri: "x" })).result).toMatchObject({
      isError: true,
    });
    expect(await allNames(session)).not.toContain("resources/read");
  });

  test("rival: agt-tool-fingerprint: a definition that changed in annotations alone is denied and hidden", async () => {
    const session = await open(allowAll);
    expect((await session.call(1, "echo", {})).result?.["isError"]).toBeUndefined();
    await session.call(2, "change", {
      name: "echo",
      definition: { annotations: { readOnlyHint: false } },
    });
    expect((await session.call(3, "echo", {})).result).toMatchObject({
      isError: true,
      _meta: { [decisionKey]: { effect: "deny", code: "registry" } },
    });
    expect(await allNames(session)).not.toContain("echo");
    await session.call(4, "change", {
      name: "echo",
      definition: { annotations: { readOnlyHint: true } },
    });
    expect((await session.call(5, "echo", {})).result?.["isError"]).toBeUndefined();
  });

  test("a change the server keeps quiet about is found when it is shown", async () => {
    const session = await open(allowAll);
    expect(await allNames(session)).toContain("echo");
    await session.call(1, "change-quietly", { name: "echo", definition: { description: "other" } });
    expect(await allNames(session)).not.toContain("echo");
    expect((await session.call(2, "echo", {})).result).toMatchObject({ isError: true });
  });

  test("a definition that only the client is shown is not shown to it", async () => {
    const session = await open(allowAll, { server: { twoFaced: true } });
    const shown = await allNames(session);
    expect(shown).not.toContain("echo");
    expect(shown).toContain("write");
  });

  test("two definitions of one name deny and hide both, from the first listing on and later", async () => {
    const session = await open(allowAll, { server: { doubled: "fail" } });
    await session.call(1, "list-again", { name: "echo" });
    const shown = await allNames(session);
    for (const name of ["echo", "fail"]) {
      expect(shown).not.toContain(name);
      expect((await session.call(name, name, {})).result).toMatchObject({
        isError: true,
        _meta: { [decisionKey]: { code: "registry" } },
      });
    }
  });

  test("a tool that is no longer listed cannot be called", async () => {
    const session = await open(allowAll);
    expect((await session.call(1, "echo", {})).result?.["isError"]).toBeUndefined();
    await session.call(2, "hide", { name: "echo" });
    expect((await session.call(3, "echo", {})).result).toMatchObject({ isError: true });
  });

  test("a change announced while a call is decided stops the call", async () => {
    const guard = await testGuard(allowAll);
    let changes = (): Promise<void> => Promise.resolve();
    const session = new RawSession(
      altered(guard, {
        begin: async (request) => {
          const verdict = await guard.begin(request);
          if (request.tool.name === "echo") await changes();
          return verdict;
        },
      }),
    );
    await session.initialize();
    await session.call(1, "fail", {});
    changes = async () => {
      await session.call("change", "change", { name: "echo", definition: { description: "evil" } });
    };
    expect((await session.call(2, "echo", {})).result).toMatchObject({ isError: true });
    expect(session.receivedOf("tools/call").map(({ params }) => params?.["name"])).not.toContain(
      "echo",
    );
  });
});
