import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readRequest } from "@holdfast/model";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { schemaFiles } from "./publish-schemas.ts";

const folder = fileURLToPath(new URL("../schemas/", import.meta.url));

describe("the published schemas", () => {
  test("are what the code says now; run `npm run schemas` when they are not", () => {
    const files = schemaFiles();
    expect(readdirSync(folder).sort()).toEqual([...files.keys()].sort());
    for (const [name, text] of files) expect(readFileSync(join(folder, name), "utf8")).toBe(text);
  });

  test("are JSON Schemas that another implementation can compile", () => {
    for (const [name, text] of schemaFiles()) {
      const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, validateFormats: false });
      const schema = JSON.parse(text) as { $id: string };
      expect(ajv.compile(schema)).toBeTypeOf("function");
      expect(schema.$id).toBe(`https://holdfast.dev/schemas/v1/${name}`);
    }
  });

  test("take and refuse the requests that the reader takes and refuses", () => {
    const ajv = new Ajv2020({ validateFormats: false });
    const text = readFileSync(join(folder, "request.json"), "utf8");
    const validate = ajv.compile(JSON.parse(text) as object);
    const smallest = { agent: { id: "a" }, tool: { name: "t" } };
    const requests: readonly (readonly [object, boolean])[] = [
      [smallest, true],
      [{ ...smallest, user: null, action: {}, result: null, args: { x: [1] } }, true],
      [{ ...smallest, session: { id: "s" }, resources: [{ type: "host", id: "" }] }, true],
      [{ tool: { name: "t" } }, false],
      [{ ...smallest, args: [1] }, false],
      [{ ...smallest, arguments: {} }, false],
      [{ ...smallest, tool: { name: "t", labels: [] } }, false],
      [{ ...smallest, tool: { name: "t", server: "a.b" } }, false],
      [{ ...smallest, action: { phase: "end" } }, false],
      [{ ...smallest, agent: { id: "a", created: "yesterday" } }, false],
      [
        {
          ...smallest,
          delegation: Array.from({ length: 9 }, () => ({ agent: { id: "a" }, scopes: [] })),
        },
        false,
      ],
      [{ ...smallest, outcome: { status: "success", durationMs: -1 } }, false],
    ];
    for (const [request, taken] of requests) {
      expect([request, readRequest(request).ok]).toEqual([request, taken]);
      expect([request, validate(request)]).toEqual([request, taken]);
    }
  });
});
