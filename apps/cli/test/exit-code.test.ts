import { join } from "node:path";
import { expect, test } from "vitest";
import { folderOf, holdfast } from "./command.ts";

function policies(rules: string): string {
  return `apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: x.y}
spec: {labels: [read]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: p}
spec: {match: {tools: [x.y]}, rules: [${rules}]}
`;
}

const allow = "{id: a, effect: allow}";
const ask = "{id: s, effect: step_up, approval: {from: [user:bo], quorum: 1, ttl: 5m}}";
const call = '{"agent":{"id":"b"},"tool":{"server":"x","name":"y"},"args":{}}';

/** What a run prints: data as one JSON value, or words alone. */
type Prints = "json" | "words";

const cases: readonly (readonly [command: string, code: number, prints: Prints])[] = [
  ["check --policy good --request call.json", 0, "json"],
  ["check --policy refusing --request call.json", 5, "json"],
  ["check --policy refusing --request call.json --explain", 5, "json"],
  ["check --policy asking --request call.json", 6, "json"],
  ["check --policy bad --request call.json", 3, "words"],
  ["check --policy good --request none.json", 2, "words"],
  ["test --policy good", 4, "words"],
  ["test --policy bad", 3, "words"],
  ["test --policy none", 2, "words"],
  ["lint good", 0, "json"],
  ["lint flawed", 10, "json"],
  ["lint bad", 3, "json"],
  ["lint bad --fix", 3, "json"],
  ["lint none", 2, "words"],
  ["diff good good --fail-on-widening", 0, "json"],
  ["diff refusing good --fail-on-widening", 10, "json"],
  ["diff good refusing --fail-on-widening", 0, "json"],
  ["diff good bad", 3, "words"],
  ["diff bad good", 3, "words"],
  ["diff good none", 2, "words"],
  ["diff good good --data none", 2, "words"],
  ["fmt --check good", 0, "json"],
  ["fmt --check loose", 10, "json"],
  ["fmt --check none", 2, "words"],
  ["explain wildcard_allow", 0, "json"],
  ["explain none", 2, "words"],
  ["audit verify --data none", 2, "words"],
];

test.each(cases)(
  "`holdfast %s -o json` exits with %i and prints %s",
  async (command, code, prints) => {
    const folder = folderOf({
      "good/a.yaml": policies(allow),
      "loose/a.yaml": policies(allow).replace("spec: ", "spec:   "),
      "refusing/a.yaml": policies("{id: a, effect: deny}"),
      "asking/a.yaml": policies(`${allow}, ${ask}`),
      "flawed/a.yaml": policies(`${allow}, {id: n, effect: deny, when: "false"}`),
      "bad/a.yaml": "apiVersion: holdfast.dev/v1\nkind: Nope\n",
      "call.json": call,
    });
    const placed = command
      .split(" ")
      .map((word, index) =>
        /^(?:good|loose|refusing|asking|flawed|bad|none)$|\.json$/u.test(word) && index > 0
          ? join(folder, word)
          : word,
      );
    const ran = await holdfast([...placed, "-o", "json"]);
    expect(ran.code).toBe(code);
    if (prints === "json") expect(() => void JSON.parse(ran.stdout)).not.toThrow();
    else {
      expect(ran.stdout).toBe("");
      expect(ran.stderr).not.toBe("");
    }
  },
);
