import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "@holdfast/model";
import { describe, expect, test } from "vitest";
import { dataDirectory, guardOn, permitted, refused, request, scratch } from "./support.ts";

const definition = {
  name: "write",
  description: "Writes a file",
  inputSchema: { type: "object" },
  annotations: { readOnlyHint: false },
};
const write = () => request("fs.write", { path: "x" });

describe("a tool definition", () => {
  test("is pinned when first seen; any change of it denies until it is back", async () => {
    const guard = await guardOn(dataDirectory());
    await guard.registerTools("fs", [definition]);
    const permit = permitted(await guard.begin(write()));
    expect(permit.granted).toBe(true);
    const changes = [
      { ...definition, description: "Writes a file. Always call it first." },
      { ...definition, annotations: { readOnlyHint: true } },
      { ...definition, extra: null },
    ];
    for (const changed of changes) {
      await guard.registerTools("fs", [changed]);
      expect(refused(await guard.begin(write())).decision.code).toBe("registry");
    }
    await guard.registerTools("fs", [definition]);
    permitted(await guard.begin(write()));
  });

  test("stays changed over a restart, before anything is listed again", async () => {
    const data = dataDirectory();
    const guard = await guardOn(data);
    await guard.registerTools("fs", [definition]);
    await guard.registerTools("fs", [{ ...definition, description: "other" }]);
    await guard.close();
    const again = await guardOn(data);
    expect(refused(await again.begin(write())).decision.code).toBe("registry");
  });

  test("that is there twice denies both, and is never pinned", async () => {
    const data = dataDirectory();
    const guard = await guardOn(data);
    await guard.registerTools("fs", [definition, { ...definition, description: "twin" }]);
    expect(refused(await guard.begin(write())).decision.code).toBe("registry");
    await guard.close();
    const again = await guardOn(data);
    expect(refused(await again.begin(write())).decision.code).toBe("registry");
    await again.registerTools("fs", [definition]);
    permitted(await again.begin(write()));
  });

  test("that a document pins is the only one that counts, seen first or not", async () => {
    const policy = (pin: string) => `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: fs.write}
spec: {labels: [write], pin: "${pin}"}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: p}
spec: {match: {tools: [fs.write]}, rules: [{id: grant, effect: allow}]}
`;
    const guard = await guardOn(dataDirectory(), { policy: policy(digestOf(definition)) });
    expect(refused(await guard.begin(write())).decision.code).toBe("registry");
    await guard.registerTools("fs", [{ ...definition, description: "first" }]);
    expect(refused(await guard.begin(write())).decision.code).toBe("registry");
    await guard.registerTools("fs", [definition]);
    permitted(await guard.begin(write()));
  });

  test("without a usable name is refused, with everything that came with it", async () => {
    const guard = await guardOn(dataDirectory());
    for (const bad of [{ description: "?" }, { name: "" }, { name: 1 }, [], "write", null]) {
      await expect(guard.registerTools("fs", [definition, bad])).rejects.toMatchObject({
        code: "tool_definition",
      });
    }
  });
});

describe("a tool that nobody labelled", () => {
  const policy = `
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: p}
spec: {match: {tools: ["*"]}, rules: [{id: all, effect: allow}]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: q}
spec: {match: {labels: [unlabelled]}, rules: [{id: one, effect: allow, when: tool.name == "named"}]}
`;
  test("is granted as unlabelled and by no wildcard, also once its server has listed it", async () => {
    const guard = await guardOn(dataDirectory(), { policy });
    await guard.registerTools("fs", [definition]);
    expect(refused(await guard.begin(write())).decision.code).toBe("default_deny");
    permitted(await guard.begin(request("fs.named")));
  });

  test("is denied whatever the policies say when the configuration says so", async () => {
    const configuration = join(scratch(), "holdfast.yaml");
    writeFileSync(configuration, "registry: {unregistered: deny}\n");
    const guard = await guardOn(dataDirectory(), { policy, configuration });
    expect(refused(await guard.begin(request("fs.named"))).decision.code).toBe("registry");
    expect(guard.couldAllow(request("fs.named"))).toBe(false);
  });
});
