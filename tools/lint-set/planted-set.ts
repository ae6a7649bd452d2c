import type { LintCode, PolicyFileText } from "@holdfast/engine";
import { Chance } from "../engine-fuzz/chance.ts";
import { agentDocument, header, policyDocument, toolDocument } from "./plain-set.ts";
import type { PlainPolicy } from "./plain-set.ts";

/** A defect that was put into a set: what lint must say, and of what. */
export interface PlantedDefect {
  readonly code: LintCode;
  /** a rule `policy/rule`, or the name of a document, param or variable */
  readonly of: string;
}

/** A policy set with defects, and the defects. */
export interface PlantedSet {
  readonly files: readonly PolicyFileText[];
  readonly defects: readonly PlantedDefect[];
  readonly rules: number;
}

interface Planting {
  readonly policy: PlainPolicy;
  readonly chance: Chance;
  /** documents beside the policies */
  readonly documents: string[];
  readonly number: number;
}

type Plant = (planting: Planting) => PlantedDefect;

/** How each kind of defect is made of a policy that has none; each changes its own policy alone. */
const kinds: readonly (readonly [count: number, plant: Plant])[] = [
  [5, plantNever],
  [4, plantAlways],
  [5, plantShadowed],
  [5, plantRedundant],
  [3, plantConflict],
  [4, plantClaims],
  [4, plantUnanchored],
  [4, plantEmpty],
  [4, plantList],
  [4, plantVariable],
  [4, plantLimit],
  [4, plantTool],
];

/** How many kinds of defects there are, and how many defects. */
export const kindCount: number = kinds.length;
export const defectCount: number = kinds.reduce((sum, [count]) => sum + count, 0);

/**
 * A set of `roles` times `tools` policies of two rules, without a defect but for those planted in
 * policies that the seed chooses. The same seed makes the same set.
 */
export function plantedSet(
  seed: number,
  { roles, tools }: { roles: number; tools: number },
): PlantedSet {
  const chance = new Chance(seed);
  const policies: PlainPolicy[] = Array.from({ length: roles * tools }, (_, index) => ({
    name: `p-${Math.floor(index / tools)}-${index % tools}`,
    role: Math.floor(index / tools),
    tool: index % tools,
    variables: [],
    rules: [
      `{id: grant, effect: allow, when: 'args.amount <= ${100 + chance.below(800)} && args.region in ["eu-${chance.below(9)}", "us"]'}`,
      `{id: refuse, effect: deny, when: '${refusal(chance)}'}`,
    ],
  }));
  const documents: string[] = [];
  const defects: PlantedDefect[] = [];
  const free = [...policies];
  let number = 0;
  for (const [count, plant] of kinds) {
    for (let planted = 0; planted < count; planted += 1) {
      const [policy] = free.splice(chance.below(free.length), 1);
      if (policy === undefined) throw new RangeError("the set is too small for its defects");
      number += 1;
      defects.push(plant({ policy, chance, documents, number }));
    }
  }
  return {
    files: filesOf(policies, documents, { roles, tools }),
    defects,
    rules: policies.reduce((sum, policy) => sum + policy.rules.length, 0),
  };
}

function refusal(chance: Chance): string {
  const kinds = [
    `args.quantity > ${10 + chance.below(500)}`,
    `args.path.startsWith("/secret-${chance.below(20)}/")`,
    `args.urgent && args.quantity > ${10 + chance.below(500)}`,
    `args.owner == "user-${chance.below(50)}"`,
  ];
  return chance.of(kinds);
}

function filesOf(
  policies: readonly PlainPolicy[],
  documents: readonly string[],
  { roles, tools }: { roles: number; tools: number },
): readonly PolicyFileText[] {
  const ranges = (length: number) => Array.from({ length }, (_, index) => index);
  const file = (name: string, texts: readonly string[]): PolicyFileText => ({
    path: `policies/${name}.yaml`,
    text: texts.join("---\n"),
  });
  return [
    file("agents", ranges(roles).map(agentDocument)),
    file("tools", ranges(tools).map(toolDocument)),
    file("beside", [meterDocument, ...documents]),
    ...ranges(roles).map((role) =>
      file(`role-${role}`, policies.filter((policy) => policy.role === role).map(policyDocument)),
    ),
  ];
}

const meterDocument = `${header}kind: Meter
metadata: {name: spend}
spec: {reserve: args.amount, key: [agent.id], window: 1h}
`;

function plantNever({ policy, chance }: Planting): PlantedDefect {
  const low = 1 + chance.below(50);
  policy.rules[0] = `{id: grant, effect: allow, when: args.amount < ${low} && args.amount > ${low + 5}}`;
  return { code: "never_matches", of: `${policy.name}/grant` };
}

function plantAlways({ policy, chance }: Planting): PlantedDefect {
  policy.rules[0] = `{id: grant, effect: allow, when: args.amount < ${1_000_001 + chance.below(9)}}`;
  return { code: "always_true", of: `${policy.name}/grant` };
}

function plantShadowed({ policy, chance }: Planting): PlantedDefect {
  const most = 10 + chance.below(50);
  policy.rules[0] = `{id: grant, effect: allow, when: args.amount <= ${most}}`;
  policy.rules[1] = `{id: refuse, effect: deny, when: args.amount <= ${most + 10}}`;
  return { code: "shadowed", of: `${policy.name}/grant` };
}

function plantRedundant({ policy, chance }: Planting): PlantedDefect {
  policy.rules[0] = "{id: grant, effect: allow, when: args.amount <= 500}";
  policy.rules.push(
    `{id: more, effect: allow, when: 'args.amount <= ${100 + chance.below(300)} && args.region == "eu"'}`,
  );
  return { code: "redundant", of: `${policy.name}/more` };
}

function plantConflict({ policy, chance }: Planting): PlantedDefect {
  const at = 100 + chance.below(100);
  policy.rules.push(
    `{id: sign, effect: modify, when: args.amount > ${at}, set: {args.note: "'a'"}}`,
  );
  policy.rules.push(
    `{id: mark, effect: modify, when: args.amount > ${at + 50}, set: {args.note: "'b'"}}`,
  );
  return { code: "modify_conflict", of: `${policy.name}/sign` };
}

function plantClaims({ policy, chance }: Planting): PlantedDefect {
  policy.rules[0] = `{id: grant, effect: allow, when: claims.sure && args.amount < ${50 + chance.below(50)}}`;
  return { code: "claims_in_allow", of: `${policy.name}/grant` };
}

function plantUnanchored({ policy, chance }: Planting): PlantedDefect {
  policy.rules[0] = `{id: grant, effect: allow, when: 'args.owner.matches("^team-${chance.below(9)}")'}`;
  return { code: "unanchored_matches", of: `${policy.name}/grant` };
}

function plantEmpty({ policy, chance }: Planting): PlantedDefect {
  const when = `args.quantity > ${chance.below(99) + 1} || args.owner.matches("a^b")`;
  policy.rules[1] = `{id: refuse, effect: deny, when: '${when}'}`;
  return { code: "empty_pattern", of: `${policy.name}/refuse` };
}

function plantList({ documents, number }: Planting): PlantedDefect {
  const name = `unused-${number}`;
  documents.push(
    `${header}kind: List\nmetadata: {name: ${name}}\nspec: {type: string, items: [x]}\n`,
  );
  return { code: "unused_list", of: name };
}

function plantVariable({ policy, number }: Planting): PlantedDefect {
  const name = `idle_${number}`;
  policy.variables.push(`${name}: args.amount > ${number}`);
  return { code: "unused_variable", of: name };
}

function plantLimit({ policy, chance }: Planting): PlantedDefect {
  const max = 1_000 + chance.below(1_000);
  policy.rules.push(`{id: tight, effect: deny, limit: {meter: spend, max: ${max}}}`);
  policy.rules.push(`{id: wide, effect: deny, limit: {meter: spend, max: ${max * 2}}}`);
  return { code: "limit_out_of_reach", of: `${policy.name}/wide` };
}

function plantTool({ documents, number }: Planting): PlantedDefect {
  const name = `idle.tool-${number}`;
  documents.push(`${header}kind: Tool\nmetadata: {name: ${name}}\nspec: {labels: [read]}\n`);
  return { code: "unused_tool", of: name };
}
