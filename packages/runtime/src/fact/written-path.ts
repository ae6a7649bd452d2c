import type { ActionFacts, Json, JsonObject } from "@holdfast/model";

/**
 * The paths that the shell commands of an action would write, at whatever stage: what they write
 * by themselves, what they are redirected to, and, where there is any of these, the folders that
 * they change to before. Besides, what links are made to, as whoever writes through one later names only the
 * link; and, of commands that are opaque, every word, as nobody knows what such a command does with it. What is
 * only known when a command runs is not among them.
 */
export function writtenPaths(facts: ActionFacts | undefined): readonly string[] {
  const found = new Set<string>();
  for (const stage of [facts?.original, facts?.decided, facts?.observed]) {
    const answer = stage?.shell;
    if (answer === undefined || !("value" in answer)) continue;
    for (const path of writtenBy(objectOf(answer.value))) found.add(path);
  }
  return [...found];
}

/**
 * Why it cannot be told what the commands of an action would write: the fact is an error, or nobody gathered
 * it for what would run. Undefined where it is known, or the action runs no command.
 */
export function untoldWriting(
  facts: ActionFacts | undefined,
  isRewritten: boolean,
): string | undefined {
  const stages = [facts?.original, facts?.decided, facts?.observed].filter(
    (stage) => stage !== undefined,
  );
  const answers = stages.map((stage) => stage.shell);
  if (facts?.original === undefined || (isRewritten && facts.decided === undefined)) {
    return "the fact `shell` is not known";
  }
  for (const answer of answers) {
    if (answer === undefined) return "the fact `shell` is not known";
    if (!("error" in answer) || answer.error.code === "unannotated") continue;
    // WHY not its reason: that may quote a part of a command, which no search for the whole redacts.
    return `the fact \`shell\` is an error, \`${answer.error.code}\``;
  }
  return undefined;
}

function writtenBy(shell: JsonObject): readonly string[] {
  const commands = objectsIn(shell["commands"]);
  const redirects = [shell, ...commands].flatMap((each) => objectsIn(each["redirects"]));
  const isOpaque = shell["opaque"] !== false;
  const doubtful = commands.filter((each) => !isMove(each) && (isOpaque || each["name"] === "ln"));
  const written = [
    ...textsIn(shell["writes"]),
    ...redirects.flatMap(({ op, path }) => (isWriting(op) ? textsIn([path ?? null]) : [])),
    ...doubtful.flatMap((each) => textsIn(each["argv"]).slice(1).flatMap(pathsIn)),
  ];
  if (written.length === 0) return [];
  return [...written, ...commands.filter(isMove).flatMap((each) => textsIn(each["operands"]))];
}

function isMove({ name }: JsonObject): boolean {
  return name === "cd" || name === "pushd";
}

/** What a word can name: itself, and, as options are given, what stands behind its `=`. */
function pathsIn(word: string): readonly string[] {
  const value = word.slice(word.indexOf("=") + 1);
  return value === word || value === "" ? [word] : [word, value];
}

function isWriting(op: Json | undefined): boolean {
  return typeof op === "string" && op.includes(">");
}

function objectOf(json: Json | undefined): JsonObject {
  return typeof json === "object" && json !== null && !isList(json) ? json : {};
}

function objectsIn(json: Json | undefined): readonly JsonObject[] {
  return json !== undefined && isList(json) ? json.map((each) => objectOf(each)) : [];
}

function textsIn(json: Json | undefined): readonly string[] {
  const items = json !== undefined && isList(json) ? json : [];
  return items.filter((each) => typeof each === "string");
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
