import type { Facts, Json, JsonObject } from "@holdfast/model";
import { mutated } from "./mutation.ts";
import { madeLine } from "./shell-line.ts";
import { shellPieces, shellSeeds } from "./shell-seed.ts";
import type { FuzzTarget, Law, StatedTool } from "./target.ts";
import { codeOf, isObject, valueOf } from "./target.ts";

const tool: StatedTool = { arguments: { command: "shell" }, root: "/w" };

function shellOf(facts: Facts): JsonObject | undefined {
  const value = valueOf(facts.shell);
  return isObject(value) ? value : undefined;
}

function commandsOf(fact: JsonObject): readonly JsonObject[] {
  const { commands } = fact as { commands?: readonly Json[] };
  return (commands ?? []).filter(isObject);
}

/** Compares two facts after something was taken out of each. What neither grants is alike. */
function alike(one: Facts, other: Facts, taken: (fact: JsonObject) => Json): string | undefined {
  if ([one, other].every((facts) => shellOf(facts)?.["opaque"] !== false)) return undefined;
  if (codeOf(one.shell) !== codeOf(other.shell)) {
    return `${JSON.stringify(one.shell)} but ${JSON.stringify(other.shell)}`;
  }
  const [a, b] = [shellOf(one), shellOf(other)];
  if (a === undefined || b === undefined) return undefined;
  const [left, right] = [JSON.stringify(taken(a)), JSON.stringify(taken(b))];
  return left === right ? undefined : `${left} but ${right}`;
}

const same: Law = (facts, varied) => alike(facts, varied, (fact) => fact);

/** Quoting says no more than that a name is not written as it is. */
const requoted: Law = (facts, varied) =>
  alike(facts, varied, (fact) => ({
    ...fact,
    commands: commandsOf(fact).map((command) => Object.assign({}, command, { bare: false })),
  }));

/** `true; ` first is one command more, and a list where there was none. */
const prefixed: Law = (facts, varied) => {
  const [first] = commandsOf(shellOf(varied) ?? {});
  if (first !== undefined && first["name"] !== "true") return "the first command is not `true`";
  const isFirst = (fact: JsonObject): boolean => fact === shellOf(varied);
  return alike(facts, varied, (fact) => ({
    ...fact,
    commands: commandsOf(fact).slice(isFirst(fact) ? 1 : 0),
    constructs: without(fact["constructs"], "list"),
  }));
};

function without(list: Json | undefined, entry: string): Json {
  return Array.isArray(list) ? list.filter((each) => each !== entry) : [];
}

/** Joining texts shows the commands of each, in order. */
const joined: Law = (facts, varied) => {
  const [one, two] = [shellOf(facts), shellOf(varied)];
  if (one === undefined || two === undefined) return undefined;
  const names = JSON.stringify([...commandsOf(one), ...commandsOf(one)]);
  return names === JSON.stringify(commandsOf(two)) ? undefined : `not twice: ${names}`;
};

/** Whether a backslash or a comment at its end changes what is put behind a text. */
function endsOpen(text: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*\\$/u.test(text);
}

/** Texts that are nearly commands. */
export const shellText: FuzzTarget = {
  name: "shell-text",
  names: ["shell"],
  laws: { same, prefixed },
  make: (chance) => {
    const command = mutated(shellSeeds, shellPieces, chance);
    const variants = [
      { law: "same", args: { command: `${chance.of([" ", "\t", "\n", " \n\t"])}${command}` } },
      { law: "prefixed", args: { command: `true; ${command}` } },
    ];
    if (!endsOpen(command)) variants.push({ law: "same", args: { command: `${command}\n` } });
    return { tool, args: { command }, variants };
  },
};

/** Commands of a grammar, plain and adorned. */
export const shellMade: FuzzTarget = {
  name: "shell-made",
  names: ["shell"],
  laws: { requoted, prefixed, joined },
  make: (chance) => {
    const { plain, adorned, programs } = madeLine(chance);
    return {
      tool,
      args: { command: plain },
      variants: [
        { law: "requoted", args: { command: adorned } },
        { law: "prefixed", args: { command: `true; ${plain}` } },
        { law: "joined", args: { command: `${plain}; ${plain}` } },
      ],
      known: [...programs],
    };
  },
  check: ({ known }, facts) => {
    if (codeOf(facts.shell) === "limit") return undefined;
    const fact = shellOf(facts);
    if (fact === undefined) return `no fact: ${JSON.stringify(facts.shell)}`;
    if (fact["opaque"] === true) return `opaque: ${JSON.stringify(fact["unresolved"])}`;
    const found = commandsOf(fact).map(({ name }) => name);
    const expected = Array.isArray(known) ? known : [];
    // A loop over known values shows its commands once for each.
    const [left, right] = [found, expected].map((names) =>
      JSON.stringify([...new Set(names.map(String))].sort()),
    );
    return left === right ? undefined : `runs ${right}, shown ${left}`;
  },
};
