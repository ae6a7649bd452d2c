import { lintPolicySet } from "@holdfast/engine";
import { expect, test } from "vitest";

const tool = `apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: x.y}
spec: {labels: [read], schema: {type: object, properties: {n: {type: integer}}}}
`;
const allow = "# holdfast: allow claims_in_allow because the lab trusts it";

/** A policy whose rule `a` rests on claims, with lines of YAML before and behind that rule. */
function policy(name: string, before = "", behind = ""): string {
  return `apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: ${name}}
spec:
  match: {tools: [x.y]}
  rules:
${before}    - {id: a, effect: allow, when: claims.${name}}
${behind}`;
}

const cases: readonly (readonly [what: string, text: string, left: readonly string[]])[] = [
  ["above its rule", policy("one", `    ${allow}\n`), []],
  ["above all of a document", `${allow}\n${policy("one")}`, []],
  ["above the mark of the first document", `${allow}\n---\n${policy("one")}`, []],
  ["with lines of Windows", policy("one", `    ${allow}\n`).replaceAll("\n", "\r\n"), []],
  [
    "below the last rule of another document",
    `${policy("one", "", `    ${allow}\n`)}---\n${policy("two")}`,
    ["one/a", "two/a"],
  ],
  [
    "at the left margin below another document",
    `${policy("one")}${allow}\n---\n${policy("two")}`,
    ["one/a", "two/a"],
  ],
  ["above a document that dots end", `${allow}\n${policy("one")}...\n${policy("two")}`, ["two/a"]],
  [
    "above a key of the document that comes before it",
    policy("one")
      .replace("spec:", `${allow}\nmetadata: {name: one}\nspec:`)
      .replace("metadata: {name: one}\n", ""),
    ["one/a"],
  ],
  [
    "above the neighbour in brackets, which stands less far to the right",
    policy("one").replace(
      /rules:\n.*\n/u,
      `rules: [\n      ${allow}\n    {id: b, effect: deny, when: args.n > 5},\n      {id: a, effect: allow, when: claims.one}]\n`,
    ),
    ["one/a"],
  ],
  [
    "in a text",
    policy("one").replace(
      "{name: one}",
      `\n  name: one\n  description: |\n    ${allow}\n    or not`,
    ),
    ["one/a"],
  ],
];

test.each(cases)("a comment %s", (_, text, left) => {
  const files = [
    { path: "p/tools.yaml", text: tool },
    { path: "p/rules.yaml", text },
  ];
  const result = lintPolicySet(files, { root: "p" });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  const found = result.findings.filter(({ code }) => code === "claims_in_allow");
  expect(found.map(({ rules }) => rules.join(" "))).toEqual(left);
});
