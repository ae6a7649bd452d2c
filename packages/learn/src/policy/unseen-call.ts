import type { UnderstoodArgument, UnderstoodTool } from "../tool/understood-tool.ts";
import { anyOf, eachLong, isFamiliar, isGiven, isOf, never, valueOf } from "./condition-text.ts";
import type { KnownPlaces } from "./known-place.ts";
import type { LearnedRule } from "./learned-rule.ts";

/** Words in the names of tools that read what people are sent, as one-time codes are. */
const messages = "([mM]ail|[mM]essage|[sS][mM][sS]|[iI]nbox|[nN]otification)";

/** The rules on calls that nothing before them led to. */
export function unseenCalls(tool: UnderstoodTool, places: KnownPlaces): readonly LearnedRule[] {
  if (tool.isRead) return [];
  if (tool.isConfirmation) return [misplacedCode(tool)];
  // Of URLs that are fetched `unseen-url` asks.
  return tool.isFetch ? [] : [unseenCall(tool, places)];
}

/** A call of which neither the user nor any result has told: its values are another task's, or made up. */
function unseenCall(tool: UnderstoodTool, places: KnownPlaces): LearnedRule {
  // What an agent writes itself comes from nowhere, always.
  const told = tool.arguments.filter(({ role }) => role !== "content");
  const given = told.map((each) => isGiven(each)).join(" || ");
  const nowhere = told.map(
    (each) =>
      `(${isGiven(each)} ? ${isOf(each, ["nowhere"])}${butUsual(tool, each, places)} : true)`,
  );
  // A shorter word says nothing of where it is from (POLICY.md section 3).
  const things = tool.things.filter(({ length }) => length >= 4);
  const unspoken = things.map((each) => `!no_worse(origin("${each}"), "prompt")`);
  const when = ["!names_act(tool)", ...unspoken, `(${given})`, ...nowhere].join(" && ");
  return {
    id: "unseen-call",
    effect: "step_up",
    when: told.length === 0 ? never : when,
    reason:
      "nobody has told of anything in this call, and the user speaks neither of the act nor of the thing",
  };
}

/** Where pages usually are nobody has to tell of; of the path of a file that is made its last name is enough. */
function butUsual(
  { makesFiles }: UnderstoodTool,
  argument: UnderstoodArgument,
  places: KnownPlaces,
): string {
  if (argument.role === "url") return ` && !${isFamiliar(argument, places)}`;
  if (!makesFiles || argument.role !== "object" || argument.isList) return "";
  const value = valueOf(argument);
  const last = `string(${value}).substring(string(${value}).lastIndexOf("/") + 1)`;
  return ` && (type(${value}) == string ? origin(${last}).tier == "nowhere" : true)`;
}

/** A code that confirms something, and that was told by what is no message to the user. */
function misplacedCode(tool: UnderstoodTool): LearnedRule {
  return {
    id: "misplaced-code",
    effect: "step_up",
    when: anyOf(tool, ["secret"], (argument) =>
      eachLong(
        argument,
        // What a tool told is from `server.tool path`: of a server, its name says nothing of what its tools read.
        (text) => `!origin(dyn(${text})).source.matches("^$|^prompt$|^[^ .]*[.][^ ]*${messages}")`,
      ),
    ),
    reason: "the code was told by what is no message to the user",
  };
}
