import { readLog } from "@holdfast/log";
import { readOpened } from "@holdfast/runtime";
import { commitmentTo, decodeRecord, digestOfBytes, parseJson } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import { describe, expect, test } from "vitest";
import { dataDirectory, guardOn, permitted, refused, request } from "./support.ts";

const personal = ["ana@example.org", "cus_1234", "42 Elm Street", "dear diary"];

/** A log in which every place a person can appear holds something personal. */
async function personalLog() {
  const guard = await guardOn(dataDirectory());
  const session = { id: (await guard.openSession({ agent: "agent-1", task: "dear diary" })).id };
  await guard.observe(session.id, {
    kind: "prompt",
    text: "cus_1234",
    source: "42 Elm Street",
    labels: [],
  });
  const about = {
    session,
    user: { id: "ana@example.org" },
    resources: [{ type: "customer", id: "cus_1234" }],
    context: { note: "dear diary" },
    claims: { why: "dear diary" },
  };
  const permit = permitted(
    await guard.begin(request("fs.write", { path: "report", content: "42 Elm Street" }, about)),
  );
  await guard.end(permit, { status: "success", result: { text: "cus_1234" } });
  const odd = { agent: { id: "agent-1" }, tool: { name: "" }, args: { mail: "ana@example.org" } };
  refused(await guard.begin(odd));
  const stored = [];
  for await (const { payload } of readLog(guard.directory)) stored.push(payload);
  const entries = [];
  for await (const entry of readOpened(guard.directory)) {
    entries.push({ ...entry, stored: stored[entry.index] });
  }
  return entries;
}

function object(value: Json | undefined): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error("no object");
  return value as JsonObject;
}

describe("evidence", () => {
  test("holds nothing personal in what can never be erased", async () => {
    for (const { body } of await personalLog()) {
      const text = new TextDecoder().decode(body);
      for (const one of personal) expect(text).not.toContain(one);
    }
  });

  test("can be shown field by field, and no field can be guessed without its salt", async () => {
    let fields = 0;
    for (const { body, payload, stored } of await personalLog()) {
      const record = decodeRecord(body);
      if (!("payload" in record) || record.payload === undefined) continue;
      if (!(payload instanceof Uint8Array)) throw new Error("no payload");
      if (!(stored instanceof Uint8Array)) throw new Error("nothing stored");
      expect(digestOfBytes(stored)).toBe(record.payload.digest);
      const content = object(parseJson(payload, { depthMax: 96 }));
      const salts = object(content["salts"]);
      expect(Object.keys(salts).sort()).toEqual(Object.keys(record.commit ?? {}).sort());
      expect(new Set(Object.values(salts)).size).toBe(Object.values(salts).length);
      if (record.kind !== "decision") continue;
      const asked = object(object(content["input"])["request"]);
      const args = asked["args"];
      const text = salts["args"];
      const salt = new Uint8Array(Buffer.from(typeof text === "string" ? text : "", "base64"));
      expect(commitmentTo("args", args ?? null, salt)).toBe(record.commit["args"]);
      expect(commitmentTo("args", args ?? null, new Uint8Array(32))).not.toBe(
        record.commit["args"],
      );
      fields += 1;
    }
    expect(fields).toBe(2);
  });

  test("keeps what an invalid attempt sent", async () => {
    const texts = (await personalLog()).map(({ payload }) =>
      payload instanceof Uint8Array ? new TextDecoder().decode(payload) : "",
    );
    expect(
      texts.some((text) => text.includes('"received"') && text.includes("ana@example.org")),
    ).toBe(true);
  });
});
