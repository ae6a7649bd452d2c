import { loadPolicySet } from "@holdfast/engine";
import { definitionAt, edited, findingsOf, hoverAt, outlineOf } from "@holdfast/engine/editor";
import { referencesAt, renameAt, repairsOf, surveyPolicySet } from "@holdfast/engine/editor";
import type { Occurrence } from "@holdfast/engine/editor";
import { describe, expect, test } from "vitest";
import { cursorIn, policyTexts } from "./policy-texts.ts";

const refunds = "p/refunds.yaml";
const history = "p/history.yaml";
const tools = "p/tools.yaml";

/** Places as `file:line name`, for people to read. */
function shown(found: readonly Occurrence[]): readonly string[] {
  return found.map(({ file, start, end }) => {
    const text = policyTexts[file] ?? "";
    const line = text.slice(0, start).split("\n").length;
    return `${file.slice(2)}:${line} ${text.slice(start, end)}`;
  });
}

interface Case {
  readonly what: string;
  readonly file?: string;
  /** text with the cursor in it */
  readonly at: string;
  readonly definitions: readonly string[];
  readonly references?: readonly string[];
}

const cases: readonly Case[] = [
  {
    what: "a tool of a match",
    at: "[pay.re‸fund]",
    definitions: ["tools.yaml:3 pay.refund"],
    references: [
      "tools.yaml:3 pay.refund",
      "history.yaml:9 pay.refund",
      "refunds.yaml:5 pay.refund",
      "refunds.yaml:36 pay.refund",
    ],
  },
  {
    what: "an Event in a condition, bare and in quotes",
    at: "happened(se‸en)",
    definitions: ["history.yaml:3 seen"],
    references: [
      "history.yaml:3 seen",
      "refunds.yaml:35 seen",
      "refunds.yaml:23 seen",
      "refunds.yaml:23 seen",
    ],
  },
  { what: "a Meter of a limit", at: "meter: sp‸ent", definitions: ["history.yaml:8 spent"] },
  { what: "a List", at: "lists.part‸ners", definitions: ["history.yaml:18 partners"] },
  { what: "a Group of approvers", at: "group:le‸ads", definitions: ["history.yaml:13 leads"] },
  { what: "a Sandbox", at: "in: d‸ry", definitions: ["history.yaml:23 dry"] },
  {
    what: "a variable",
    at: "when: variables.bi‸g",
    definitions: ["refunds.yaml:8 big"],
    references: ["refunds.yaml:8 big", "refunds.yaml:15 big"],
  },
  {
    what: "a param, also in a reason",
    at: "double(params.li‸mit)",
    definitions: ["refunds.yaml:6 limit"],
    references: ["refunds.yaml:6 limit", "refunds.yaml:8 limit", "refunds.yaml:17 limit"],
  },
  {
    what: "a role, at every Agent",
    at: "agent_roles: [sup‸port]",
    definitions: ["tools.yaml:30 support"],
  },
  {
    what: "a rule that a test expects",
    at: "refunds/tai‸nted",
    definitions: ["refunds.yaml:21 tainted"],
  },
  {
    what: "an environment that is compared with",
    at: '"produ‸ction"',
    definitions: ["tools.yaml:24 production"],
  },
  { what: "nothing, where no name is", at: "max: 10‸00", definitions: [] },
];

describe("definitions and references of", () => {
  test.each(cases)("$what", ({ file = refunds, at, definitions, references }) => {
    const { survey, cursor } = cursorIn(file, at.replace("‸", ""), at);
    expect(shown(definitionAt(survey, cursor))).toEqual(definitions);
    if (references !== undefined) {
      expect(shown(referencesAt(survey, cursor)).toSorted()).toEqual(references.toSorted());
    }
  });

  test("a file that does not parse still answers for the others", () => {
    const { survey, cursor } = cursorIn(history, "kind: Group", "kind: Group‸\n  {[");
    const meters = referencesAt(survey, {
      file: refunds,
      offset: (policyTexts[refunds] ?? "").indexOf("spent"),
    });
    expect(meters.map(({ file }) => file)).toContain(refunds);
    expect(definitionAt(survey, cursor)).toEqual([]);
  });
});

describe("hovering shows", () => {
  const hovers: readonly (readonly [
    what: string,
    file: string,
    at: string,
    lines: readonly string[],
  ])[] = [
    ["the type of a field", refunds, "args.am‸ount <= 500.0", ["`args.amount`: double"]],
    ["the type of a variable bound by a macro", refunds, "‸t.startsWith", ["`t`: string"]],
    [
      "what a function is for",
      refunds,
      "happ‸ened(seen)",
      [
        "`happened(seen)`: bool",
        "Whether an Event has occurred for this key, ever or within a duration",
        "`happened(string<event>) -> bool`",
        "`happened(string<event>, duration) -> bool`",
      ],
    ],
    [
      "an Event where it is read",
      refunds,
      "happened(se‸en)",
      ["event `seen`, p/history.yaml:3", "occurs at begin", "`happened(seen)`: bool"],
    ],
    [
      "a tool where it is named",
      refunds,
      "[pay.re‸fund]",
      [
        "tool `pay.refund`, p/tools.yaml:3",
        "Gives money back",
        "labels: `money`",
        "arguments: `amount`, `customer`, `tags`, `address`",
      ],
    ],
    [
      "what a key is for",
      refunds,
      "app‸roval:",
      ["who must approve, and how long that is good for"],
    ],
    [
      "the meter of a limit",
      refunds,
      "meter: sp‸ent",
      ["meter `spent`, p/history.yaml:8", "charges `args.amount`"],
    ],
  ];
  test.each(hovers)("%s", (_, file, at, lines) => {
    const { survey, cursor } = cursorIn(file, at.replace("‸", ""), at);
    expect(hoverAt(survey, cursor)?.lines).toEqual(lines);
  });
});

const renames: readonly (readonly [what: string, at: string, to: string])[] = [
  ["a tool", "[pay.re‸fund]", "pay.give_back"],
  ["an Event, to a name that needs quotes", "happened(se‸en)", "seen-it"],
  ["a Meter", "meter: sp‸ent", "total"],
  ["a List, to a name that is no field", "lists.part‸ners", "our-partners"],
  ["a Group", "group:le‸ads", "bosses"],
  ["a Sandbox", "in: d‸ry", "wet"],
  ["a variable", "when: variables.bi‸g", "large"],
  ["a param", "double(params.li‸mit)", "most"],
  ["a role", "agent_roles: [sup‸port]", "helper"],
  ["a rule", "refunds/tai‸nted", "dirty"],
];

describe("renaming", () => {
  test.each(renames)("%s leaves a set that compiles and names it everywhere", (_, at, to) => {
    const { survey, cursor } = cursorIn(refunds, at.replace("‸", ""), at);
    const result = renameAt(survey, cursor, to);
    if (!result.ok) throw new Error(result.reason);
    const files = edited(survey.files, result.edits);
    expect(loadPolicySet(files, { root: "p" }).ok).toBe(true);
    const after = surveyPolicySet(files, { root: "p" });
    const offset = files.find(({ path }) => path === refunds)?.text.indexOf(to) ?? 0;
    const names = referencesAt(after, { file: refunds, offset }).map(({ name }) => name);
    expect(new Set(names)).toEqual(new Set([to]));
    expect(names).toHaveLength(result.edits.length);
  });

  const refusals: readonly (readonly [
    why: string,
    find: string,
    put: string,
    to: string,
    reason: string,
  ])[] = [
    [
      "the name brings a key of its own",
      "id: grant",
      "id: gr‸ant",
      "given\n      delegated: own_authority",
      "would not be read as one name",
    ],
    [
      "the name is taken",
      "meter: spent",
      "meter: sp‸ent",
      "spent2",
      "there is a meter `spent2` already",
    ],
    [
      "the result would not compile",
      "[pay.refund]",
      "[pay.re‸fund]",
      "pay refund",
      "would not compile",
    ],
    [
      "the set does not compile as it is",
      "when: variables.big",
      "when: variables.b‸ug",
      "x",
      "nothing here can be renamed|do not compile",
    ],
    [
      "a condition compares the name of the tool",
      "[pay.refund], agent_roles: [support]}\n  params: {limit: 100}\n  variables:\n    big: args.amount > double(params.limit)",
      '[pay.re‸fund], agent_roles: [support]}\n  params: {limit: 100}\n  variables:\n    big: args.amount > double(params.limit) && tool.name == "refund"',
      "pay.give",
      "compares `tool` with `refund`",
    ],
    ["nothing is named here", "max: 1000", "max: 10‸00", "x", "nothing here can be renamed"],
  ];
  test.each(refusals)("is refused where %s", (why, find, put, to, reason) => {
    const { survey, cursor } = cursorIn(refunds, find, put);
    const extra = {
      path: "p/more.yaml",
      text: "apiVersion: holdfast.dev/v1\nkind: Meter\nmetadata: {name: spent2}\nspec: {key: [agent.id], window: 1h}\n",
    };
    const whole =
      why === "the name is taken"
        ? surveyPolicySet([...survey.files, extra], { root: "p" })
        : survey;
    expect(renameAt(whole, cursor, to)).toEqual({
      ok: false,
      reason: expect.stringMatching(reason),
    });
  });
});

test("the outline has documents, rules with their effects, and cases", () => {
  const { survey } = cursorIn(refunds, "apiVersion", "‸apiVersion");
  expect(
    outlineOf(survey, refunds).map(({ name, detail, children }) => ({
      name,
      detail,
      children: children.map((child) => `${child.name} ${child.detail}`),
    })),
  ).toEqual([
    {
      name: "refunds",
      detail: "Policy",
      children: ["grant allow", "ask step_up", "daily deny", "tainted deny", "tags sandbox"],
    },
    { name: "refunds", detail: "PolicyTest", children: ["big ones wait deny"] },
  ]);
  expect(outlineOf(survey, tools)).toHaveLength(4);
});

describe("findings and repairs", () => {
  test("a set that compiles has the findings of lint", () => {
    const files = Object.entries(policyTexts).map(([path, text]) => ({ path, text }));
    expect(findingsOf(files, { root: "p" }).filter(({ level }) => level === "error")).toEqual([]);
  });

  test.each([
    ["a misspelt variable", "variables.big &&", "variables.bag &&", "write `big`"],
    ["a misspelt key", "reason: over", "reson: over", "write `reason`"],
    ["a misspelt tool", "[pay.refund]", "[pay.refnd]", "write `pay.refund`"],
    ["a misspelt Event in quotes", 'count("seen"', 'count("sen"', "write `seen`"],
    ["a misspelt effect", "effect: sandbox", "effect: sandbux", "write `sandbox`"],
  ])("%s is repaired by the nearest name, and the error is gone", (_, find, put, title) => {
    const { survey } = cursorIn(refunds, find, `${put}‸`);
    const errors = findingsOf(survey.files, { root: "p" });
    const repairs = errors.flatMap((finding) => repairsOf(finding, survey.files, { root: "p" }));
    expect(repairs.map((repair) => repair.title)).toContain(title);
    const first = repairs.find((repair) => repair.title === title);
    const mended = edited(survey.files, first?.edits ?? []);
    expect(mended).toEqual(Object.entries(policyTexts).map(([path, text]) => ({ path, text })));
  });
});
