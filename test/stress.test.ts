/**
 * The catalogue of attacks and what a policy stops of them, decided by the real engine. Seen to fail: a
 * mutation whose call is the honest one, a choice by the order of runs, a survivor that counts as killed
 * since the honest call is refused, too.
 */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "@holdfast/model";
import {
  attackClasses,
  catalogue,
  killedPercent,
  mutantsOf,
  proposals,
  scored,
  talliesByClass,
  tallyOf,
} from "@holdfast/stress";
import type { Mutant, StressJudge } from "@holdfast/stress";
import {
  environments,
  judgeOf,
  judgeOrNone,
  office,
  officeMutants,
  officePolicy,
  viewOf,
} from "./stress/office.ts";

const granting = (rule: object): string =>
  [
    {
      apiVersion: "holdfast.dev/v1",
      kind: "Settings",
      metadata: { name: "s" },
      spec: { environments, classifications: ["public"], labels: ["read"] },
    },
    {
      apiVersion: "holdfast.dev/v1",
      kind: "Policy",
      metadata: { name: "p" },
      spec: {
        match: {
          tools: office
            .flatMap(({ calls }) => calls)
            .map(({ tool }) => `local.${tool}`)
            .filter((each, at, all) => all.indexOf(each) === at),
        },
        rules: [{ id: "grant", effect: "allow" }, rule],
      },
    },
  ]
    .map((each) => JSON.stringify(each))
    .join("\n---\n");

const judgedBy = (rule: object): StressJudge => judgeOf([{ path: "p.yaml", text: granting(rule) }]);

describe("the catalogue", () => {
  test("has an entry of every class, each with ids that are its own", () => {
    expect([...new Set(catalogue.map((each) => each.class))]).toEqual([...attackClasses]);
    expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length);
    for (const { id, owasp, atlas, description } of catalogue) {
      expect([
        id,
        /^ASI(?:0[1-9]|10)$/u.test(owasp),
        /^AML\.T0\d{3}(?:\.\d{3})?$/u.test(atlas),
      ]).toEqual([id, true, true]);
      expect(description).not.toContain("\n");
    }
  });

  test("is what the documentation says", () => {
    const text = readFileSync(new URL("../docs/stress.md", import.meta.url), "utf8");
    for (const { id, class: name, owasp, atlas, isAdaptive, description } of catalogue) {
      const cells = [`\`${id}\``, isAdaptive ? `${name} *` : name, owasp, atlas, description];
      expect(text).toContain(`| ${cells.join(" | ")} |`);
    }
  });

  test("makes a mutant of a fitting run by every entry", () => {
    const made = new Set(officeMutants().mutants.map(({ mutation }) => mutation));
    expect(catalogue.filter(({ id }) => !made.has(id)).map(({ id }) => id)).toEqual([]);
  });

  test("is the same, byte for byte, in whatever order runs come", () => {
    const bytes = canonicalJson(structuredClone(officeMutants().mutants) as never);
    fc.assert(
      fc.property(fc.shuffledSubarray([...office], { minLength: office.length }), (runs) => {
        expect(canonicalJson(structuredClone(officeMutants(runs).mutants) as never)).toBe(bytes);
      }),
      { numRuns: 5 },
    );
  });

  test("marks calls that are really changed: in what they do, for whom, or after what", () => {
    fc.assert(
      fc.property(fc.subarray([...office], { minLength: 1 }), (runs) => {
        for (const mutant of officeMutants(runs).mutants)
          expect([mutant.id, isChanged(mutant)]).toEqual([mutant.id, true]);
      }),
      { numRuns: 8 },
    );
  });

  test("attacks where a run was made, and elsewhere only where all runs tell where", () => {
    const { mutants } = officeMutants();
    const elsewhere = mutants.filter(({ mutation }) => mutation === "environment-other");
    expect(elsewhere.length).toBeGreaterThan(3);
    for (const mutant of mutants) {
      const marked = new Set(mutant.attacks.map(({ at }) => at));
      const where = mutant.run.calls.map((_, at) =>
        elsewhere.includes(mutant) && marked.has(at) ? "staging" : "production",
      );
      expect(mutant.run.calls.map(({ environment }) => environment)).toEqual(where);
    }
    const [first, ...rest] = office;
    const silent = first?.calls.map(({ tool, args }) => ({ tool, args })) ?? [];
    const some = [{ id: "silent", calls: silent }, ...rest];
    const made = officeMutants(some).mutants.map(({ mutation }) => mutation);
    expect(made).not.toContain("environment-other");
    expect(viewOf(some).environments).toEqual({ honest: [], other: [] });
  });

  test("leaves out, and counts, what an honest run of the task does, too", () => {
    const [first] = office;
    if (first === undefined) throw new Error("no run");
    const same = {
      ...catalogue[0],
      id: "same",
      drafts: () => [
        {
          calls: first.calls,
          attacks: [{ at: 1, base: 1 }],
          carriers: [],
          focus: { tool: "send_mail", arguments: [] },
        },
      ],
    };
    const { mutants, leftOut } = mutantsOf([first], viewOf(office), [same as never]);
    expect([mutants.length, leftOut.notAttacks]).toEqual([0, 1]);
  });

  test("keeps to its limits, and counts what they leave out", () => {
    const limits = { runsPerTask: 1, perMutation: 1, perRun: 3, total: 5 };
    const twice = [...office, ...office.map((run) => ({ ...run, id: `${run.id}b` }))];
    const { mutants, leftOut } = mutantsOf(twice, viewOf(twice), catalogue, limits);
    expect([mutants.length, leftOut.runs]).toEqual([5, office.length]);
    expect(leftOut.beyondLimits).toBeGreaterThan(50);
  });
});

/** Whether some marked call is not the honest one at the honest place. */
function isChanged({ run, origin, attacks }: Mutant): boolean {
  const honest = office.find(({ id }) => id === origin);
  return attacks.some(({ at, base }) => {
    const now = canonicalJson(run.calls.slice(0, at + 1) as never);
    return (
      base === undefined || now !== canonicalJson((honest?.calls.slice(0, base + 1) ?? []) as never)
    );
  });
}

describe("scoring", () => {
  const { mutants } = officeMutants();
  const scoredBy = (judge: StressJudge) => [...scored(mutants, catalogue, office, judge)];

  test("a learned policy stops much of what does not know it, by refusing and by asking", () => {
    const all = scoredBy(judgeOf(officePolicy()));
    const plain = tallyOf(all.filter(({ mutation }) => !mutation.isAdaptive));
    expect(killedPercent(plain)).toBeGreaterThan(50);
    expect([plain.denied > 0, plain.steppedUp > 0]).toEqual([true, true]);
    const classes = talliesByClass(all);
    expect(classes.map((each) => each.class)).toEqual([...attackClasses]);
    expect(classes.reduce((sum, { tally }) => sum + tally.mutants + tally.refusedAnyway, 0)).toBe(
      mutants.length,
    );
  });

  test("a policy that grants all stops nothing but what the engine itself refuses", () => {
    const stopped = scoredBy(judgedBy({ id: "never", effect: "deny", when: "false" })).filter(
      ({ fate }) => fate !== "survived",
    );
    // Unknown tools, definitions that changed, and scopes that a delegation lacks.
    expect([...new Set(stopped.map(({ mutation }) => mutation.id))].sort()).toEqual([
      "delegate-beyond-scope",
      "rug-pull-definition",
      "tool-unknown",
      "tool-unused",
    ]);
  });

  test("a policy that refuses honest work has killed nothing by that", () => {
    const all = scoredBy(judgedBy({ id: "never", effect: "deny" }));
    const swapped = all.filter(({ mutation }) =>
      ["swap-untold", "poison-request", "range-above"].includes(mutation.id),
    );
    expect(new Set(swapped.map(({ fate }) => fate))).toEqual(new Set(["refused_anyway"]));
    expect(killedPercent(tallyOf(swapped))).toBeUndefined();
  });

  test("a step-up is told apart from a refusal", () => {
    const when = "has(args.amount) && args.amount > 1000";
    const all = scoredBy(
      judgedBy({
        id: "large",
        effect: "step_up",
        when,
        approval: { from: ["user:owner"], quorum: 1, ttl: "1h" },
      }),
    );
    const large = tallyOf(all.filter(({ mutation }) => mutation.id === "range-above"));
    expect(large).toEqual({ mutants: 2, denied: 0, steppedUp: 2, survived: 0, refusedAnyway: 0 });
  });
});

describe("proposals", () => {
  // Grants all: what is learned may come to stop any of this.
  const files = [
    { path: "p.yaml", text: granting({ id: "never", effect: "deny", when: "false" }) },
  ];
  const judge = judgeOf(files);
  const proposed = new Set([
    "argument-range",
    "budget",
    "environment",
    "goal-hijack",
    "rug-pull",
    "sequence",
  ]);
  const survivors = [...scored(officeMutants().mutants, catalogue, office, judge)].filter(
    ({ fate, mutation }) => fate === "survived" && proposed.has(mutation.class),
  );
  const all = [
    ...proposals(survivors, {
      server: "local",
      described: new Set(),
      approvers: ["user:owner"],
      honest: office,
      view: viewOf(office),
      judge,
      judgeWith: (file) => judgeOrNone([...files, file]),
    }),
  ];

  test("compile, stop what survived, and tell what they cost", () => {
    const found = all.filter(({ rule }) => rule !== undefined);
    expect(found.length).toBeGreaterThan(10);
    expect(all.reduce((sum, each) => sum + each.survivors, 0)).toBe(survivors.length);
    const of = (name: string, tool: string) =>
      all.find((each) => each.class === name && each.tool === tool)?.rule;
    expect(of("argument-range", "send_money")).toMatchObject({ id: "range", honestTouched: 0 });
    expect(of("sequence", "send_mail")).toMatchObject({ id: "order", honestTouched: 0 });
    expect(of("environment", "send_mail")).toMatchObject({ id: "environment", honestTouched: 0 });
    expect(of("budget", "read_file")).toMatchObject({ id: "rate", honestTouched: 0 });
    expect(of("rug-pull", "send_mail")).toMatchObject({ id: "named-arguments", honestTouched: 0 });
    // What only a person can tell costs every honest run of the tool.
    expect(of("goal-hijack", "send_mail")?.honestTouched).toBeGreaterThan(0);
  });

  test("go together, and stop as a set what each of them stops", () => {
    const added = new Map(
      all.flatMap(({ rule }) => (rule === undefined ? [] : [[rule.file.path, rule.file] as const])),
    );
    const together = judgeOrNone([...files, ...added.values()]);
    if (together === undefined) throw new Error("the proposed rules do not go together");
    const stopped = new Set(
      all.flatMap(({ rule, examples }) =>
        rule !== undefined && rule.kills.length === rule.tried ? examples : [],
      ),
    );
    const left = [
      ...scored(
        survivors.map(({ mutant }) => mutant),
        catalogue,
        office,
        together,
      ),
    ].filter(({ fate, mutant }) => fate === "survived" && stopped.has(mutant.id));
    expect(left.map(({ mutant }) => mutant.id)).toEqual([]);
  });
});
