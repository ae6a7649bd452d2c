import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createEngine } from "@holdfast/engine";
import { decodeRecord, redactedKey } from "@holdfast/model";
import { readOpened, replayRecorded } from "@holdfast/runtime";
import { expect, test } from "vitest";
import { dataDirectory, guardOn, permitted, refused, request, scratch } from "./support.ts";

/** What is kept is asked of Settings; the tool says only how sensitive its values are. */
const policyOf = (settings: string): string => `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: bank.pay}
spec:
  labels: [money]
  schema:
    type: object
    properties:
      to: {type: string}
      pin: {type: string}
      note: {type: string}
    required: [to, pin]
  log:
    redact: [args.to]
    classes:
      args.pin: restricted
      args.note: internal
      "result.accounts[].iban": confidential
      result.branch: public
---
apiVersion: holdfast.dev/v1
kind: Settings
metadata: {name: settings}
spec:
  classifications: [public, internal, confidential, restricted]
  ${settings}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: pays}
spec:
  match: {tools: [bank.pay]}
  rules:
    - {id: grant, effect: allow}
    - {id: known, effect: deny, when: args.pin == "000000"}
`;

const said = {
  to: "payee-7781",
  pin: "pin-739154",
  note: "note-5512",
  iban: "DE-4411",
  branch: "branch-9",
};
const result = { accounts: [{ iban: said.iban }, {}], branch: said.branch };

/** An action that ran and one that was denied, in a log whose payloads are in clear. */
async function recorded(settings: string) {
  const policy = policyOf(settings);
  const folder = scratch();
  const configuration = join(folder, "holdfast.yaml");
  writeFileSync(configuration, "log: {payloads: plain}\n");
  const data = dataDirectory();
  const guard = await guardOn(data, { policy, configuration, snapshotRecords: 1 });
  const args = { to: said.to, pin: said.pin, note: said.note };
  const permit = permitted(await guard.begin(request("bank.pay", args)));
  expect(permit.args).toEqual(args);
  const ended = await guard.end(permit, { status: "success", result });
  expect(ended).toMatchObject({ released: true, result });
  refused(await guard.begin(request("bank.pay", { ...args, pin: "000000" })));
  await guard.close();
  return { data, policy };
}

/** The bytes of every file of a folder. */
function bytesOf(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.endsWith("bundles"));
  return files.map((file) => readFileSync(join(file.parentPath, file.name), "latin1")).join("");
}

test.for([
  ["labels: [money]", ["pin", "note", "iban", "branch"]],
  ["log: {redact: restricted}", ["note", "iban", "branch"]],
  ["log: {redact: confidential}", ["note", "branch"]],
  ["log: {redact: internal}", ["branch"]],
  ["log: {redact: public}", []],
] as const)("with `%s` no file holds what is as sensitive", async ([settings, kept]) => {
  const { data } = await recorded(settings);
  const files = bytesOf(data);
  const found = Object.entries(said).filter(([, value]) => files.includes(value));
  expect(found.map(([name]) => name)).toEqual(kept);
});

test("both kinds of records are marked, and a replay tells what rested on a value", async () => {
  const { data } = await recorded("log: {redact: confidential}");
  const marked: string[] = [];
  for await (const { body, payload } of readOpened(data)) {
    const record = decodeRecord(body);
    if (record.kind !== "decision" && record.kind !== "outcome") continue;
    const text = typeof payload === "object" ? Buffer.from(payload).toString() : "";
    marked.push(`${record.kind} ${record.redacted} ${text.includes(redactedKey)}`);
  }
  expect(marked).toEqual([
    "decision recomputes true",
    "outcome recomputes true",
    "decision unreadable true",
  ]);
  const told = [];
  for await (const { redacted, isSame, state } of replayRecorded(data, createEngine)) {
    told.push([redacted, isSame, state.recorded === state.recomputed]);
  }
  expect(told).toEqual([
    ["recomputes", true, true],
    ["recomputes", true, true],
    ["unreadable", false, true],
  ]);
});
