import { roleOf } from "./argument-role.ts";
import { snakeName } from "./snake-name.ts";
import type { ArgumentRole } from "./argument-role.ts";
import type { ToolDefinition } from "./tool-definition.ts";
import { moneyActs, moneyNames, thingActs, verbTable } from "./verb-table.ts";

/** An argument with what it is for. */
export interface UnderstoodArgument {
  readonly name: string;
  readonly role: ArgumentRole;
  readonly isList: boolean;
  /** takes one text, number or truth value, as the definition says */
  readonly isPlain: boolean;
}

/** What a tool seems to do, for a person to confirm. */
export interface UnderstoodTool {
  readonly name: string;
  /** of the language's vocabulary, sorted */
  readonly labels: readonly string[];
  /** words that a person uses for what it does, sorted */
  readonly acts: readonly string[];
  /** words of its name that say on what it acts: `event` of `create_event`; sorted */
  readonly things: readonly string[];
  readonly arguments: readonly UnderstoodArgument[];
  /** looks, and changes nothing */
  readonly isRead: boolean;
  /** takes what stands at a URL: a way out, if the URL is somebody else's */
  readonly isFetch: boolean;
  /** confirms what was begun before, by a code that was sent for it */
  readonly isConfirmation: boolean;
  /** makes something new, so that its names are the agent's own */
  readonly isCreation: boolean;
  /** makes files or folders, or copies them */
  readonly makesFiles: boolean;
  /** lets somebody in, or keeps them out */
  readonly isCredential: boolean;
  /** why, in words */
  readonly evidence: readonly string[];
}

const creating: ReadonlySet<string> = new Set(
  "add append clone copy create download edit input move post pull put write".split(" "),
);
const places = /(?:^|_)(?:path|file|filename|file_name|dir|directory|folder)$/u;
const fetching: ReadonlySet<string> = new Set(
  "browse click download fetch get open read visit".split(" "),
);

/** What a Tool document has room for; whoever names tools can make up a longer word. */
const actUnitsMax = 64;

/** Tells what a tool does from its name and its arguments. Never by a model, always the same. */
export function understandTool(definition: ToolDefinition): UnderstoodTool {
  const words = wordsOf(definition.name);
  const verb = verbOf(words);
  const known = verbTable.get(verb);
  const labels = new Set(known?.labels ?? ["write"]);
  const isAct = verb !== "" && verb.length <= actUnitsMax;
  const acts = new Set([...(isAct ? [verb] : []), ...(known?.acts ?? [])]);
  const evidence = [
    known === undefined
      ? `no verb of \`${definition.name}\` is known, so it counts as one that writes`
      : `\`${verb}\` in its name`,
  ];
  const isRead = labels.has("read");
  const money = words.find((word) => moneyNames.has(word));
  if (!isRead && money !== undefined) {
    for (const label of ["money", "egress"]) labels.add(label);
    for (const act of moneyActs) acts.add(act);
    evidence.push(`\`${money}\` in its name`);
  }
  if (!isRead) {
    for (const word of words) for (const act of thingActs.get(word) ?? []) acts.add(act);
  }
  const all = definition.arguments.map(({ name, isList, isPlain = false }) => ({
    name,
    isList,
    isPlain: isPlain && !isList,
    role: roleOf(name),
  }));
  const roles = new Set(all.map(({ role }) => role));
  if (roles.has("url") || (roles.has("party") && !isRead)) {
    labels.add("egress");
    const reaching = all.filter(({ role }) => role === "url" || role === "party");
    evidence.push(`argument ${reaching.map(({ name }) => `\`${name}\``).join(", ")}`);
  }
  return {
    name: definition.name,
    labels: [...labels].sort(),
    acts: [...acts].sort(),
    things: [...new Set(words.filter((word) => word !== verb))].sort(),
    arguments: all,
    isRead,
    isFetch: roles.has("url") && fetching.has(verb),
    isConfirmation: verb === "verify" || verb === "confirm",
    isCreation: creating.has(verb),
    makesFiles: creating.has(verb) && all.some(({ name }) => places.test(snakeName(name))),
    isCredential: !isRead && roles.has("secret"),
    evidence,
  };
}

/** Whether an argument names a thing by its id. */
export function isId({ name, role }: UnderstoodArgument): boolean {
  return role === "object" && /(?:^|_)ids?$/u.test(snakeName(name));
}

/** The first word that is a verb we know; else the first word. */
function verbOf(words: readonly string[]): string {
  return words.find((word) => verbTable.has(word)) ?? words[0] ?? "";
}

function wordsOf(name: string): readonly string[] {
  const snake = snakeName(name);
  return snake.split(/[^a-z0-9]+/u).filter((word) => word !== "");
}
