import { describe, expect, test } from "vitest";
import { readToolDefinition, understandTool } from "@holdfast/learn";
import type { UnderstoodTool } from "@holdfast/learn";

function understood(name: string, ...names: string[]): UnderstoodTool {
  const properties = Object.fromEntries(names.map((each) => [each, { type: "string" }]));
  return understandTool(readToolDefinition({ name, inputSchema: { type: "object", properties } }));
}

describe("understandTool", () => {
  test.each([
    ["list_orders", [], "read"],
    ["getWeather", ["city"], "read"],
    ["fetch_page", ["url"], "egress read"],
    ["send_mail", ["to", "body"], "egress write"],
    ["pay_invoice", ["iban", "amount"], "egress money write"],
    ["deleteFile", ["path"], "destructive write"],
    ["repo_transfer_ownership", ["repo_name", "new_owner"], "egress write"],
    ["frobnicate", ["x"], "write"],
    ["get_transactions", ["n"], "read"],
  ])("%s is labelled by its name and its arguments", (name, names, labels) => {
    expect(understood(name, ...names).labels.join(" ")).toBe(labels);
  });

  test("says why, and how a person would call it", () => {
    const { acts, evidence } = understood("send_payment", "recipient", "amount");
    expect(acts).toEqual(expect.arrayContaining(["pay", "send", "transfer"]));
    expect(evidence).toEqual([
      "`send` in its name",
      "`payment` in its name",
      "argument `recipient`",
    ]);
  });

  test.each([
    ["recipient", "party"],
    ["collaborator_email", "party"],
    ["url", "url"],
    ["newPassword", "secret"],
    ["discount_code", "other"],
    ["subject", "title"],
    ["body", "content"],
    ["file_path", "object"],
    ["order_id", "object"],
    ["amount", "amount"],
    ["start_time", "time"],
    ["input_ids", "other"],
  ])("takes the argument `%s` for %s", (name, role) => {
    expect(understood("set_thing", name).arguments).toEqual([
      { name, role, isList: false, isPlain: true },
    ]);
  });

  test("knows lists in any alternative of a schema", () => {
    const list = { anyOf: [{ type: "array", items: {} }, { type: "null" }] };
    const json = { name: "send", parameters: { properties: { cc: list, to: { type: "array" } } } };
    expect(readToolDefinition(json).arguments.map(({ isList }) => isList)).toEqual([true, true]);
    expect(() => readToolDefinition({ description: "x" })).toThrow("has no `name`");
  });
});
