import { expect, test } from "vitest";
import { keptWords, unfoldedWords } from "../src/session-document.ts";
import { testGuard } from "./raw-session.ts";

const policy = `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: bank.pay}
spec: {labels: [write], log: {redact: [args.pin, result.iban]}}
`;

test("words that are observed besides a result lack what the tool's document redacts", async () => {
  const guard = await testGuard(policy);
  const identity = { agent: { id: "tester" }, session: "s", server: "bank" };
  const params = { name: "pay", arguments: { pin: "739154" } };
  const call = { id: 1, method: "tools/call", params, from: "client", sequence: 1 } as const;
  const result = {
    iban: "GB29-NWBK",
    odd: { copy: "it is GB29-NWBK", pin: "739154", other: "kept" },
    content: [{ type: "resource_link", uri: "x:GB29-NWBK", name: "kept too" }],
  };
  const words = JSON.stringify(unfoldedWords({ guard, identity }, call, result));
  expect(words).toContain("kept");
  expect(words).toContain("kept too");
  expect(words).not.toContain("739154");
  expect(words).not.toContain("GB29");
  const args = { pin: "739154", note: "pin 739154", to: "ana" };
  expect(keptWords({ guard, identity }, call, { root: "args", value: args })).toEqual({
    pin: null,
    note: null,
    to: "ana",
  });
});
