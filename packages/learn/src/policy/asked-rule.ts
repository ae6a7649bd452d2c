import type { ArgumentRole } from "../tool/argument-role.ts";
import type { UnderstoodTool } from "../tool/understood-tool.ts";
import {
  anyOf,
  isFamiliar,
  isGiven,
  isOf,
  isWorse,
  never,
  reaches,
  valueOf,
} from "./condition-text.ts";
import type { KnownPlaces } from "./known-place.ts";
import type { LearnedRule } from "./learned-rule.ts";

/** Arguments that say whom, what or where: what an instruction would put there. */
export const targets: readonly ArgumentRole[] = ["party", "object", "title", "url", "secret"];

/**
 * Arguments that whoever asks for a call would name. Not the names of form fields, nor times; nor what an
 * agent writes itself, whose words would hide what a sentence is about.
 */
const telling: readonly ArgumentRole[] = ["party", "object", "url", "secret", "amount"];

/** Arguments whose origin tells whether a call was dictated. */
const dictated: readonly ArgumentRole[] = [...targets, "content", "amount"];

/** A text of a few words, apart by whatever parts words; one or two may be a name. */
const prose = String.raw`\\S[\\s\\p{Z}]+\\S+[\\s\\p{Z}]+\\S`;

/** Contents of one call; what takes more is a form, whose fields are no texts for a reader. */
const contentsMost = 8;

/** The rules on what results ask for. */
export function askedRules(tool: UnderstoodTool, places: KnownPlaces): readonly LearnedRule[] {
  // WHY not as variables: what only narrows is recognised where it stands, not behind a name.
  const asked = requested(tool, telling);
  const spoken = requested(tool, dictated);
  const aside = formAside(tool, places);
  const reached = anyOf(tool, ["party", "url", "secret"], (argument) => isWorse(argument, "field"));
  const isMoney = tool.labels.includes("money");
  const only = isMoney || !reaches(tool) ? "" : ` && (${reached})`;
  const found = anyOf(tool, targets, (argument) => isWorse(argument, "field"));
  const told = anyOf(tool, dictated, (argument) => isWorse(argument, "named_text"));
  return [
    {
      id: "asked-off-topic",
      effect: "deny",
      when: `${asked}.mood == "request" && !${asked}.on_topic${only}${aside}`,
      reason: "a result asks for this, and about something else than the user does",
    },
    {
      id: "asked-unnamed",
      effect: "deny",
      when:
        tool.isFetch || found === never
          ? never
          : `${spoken}.mood != "none" && !names_act(tool) && (${found})${aside}`,
      reason: "a result speaks of this act and its target, and the user of neither",
    },
    {
      id: "dictated",
      effect: "step_up",
      when: told === never ? never : `${spoken}.literals >= 2 && (${told})${aside}`,
      reason: "a result says in one sentence what to do and with what",
    },
    copiedRequest(tool),
  ];
}

/** A text that a result asks to write, as it stands: a standing order for whoever reads it later. */
function copiedRequest(tool: UnderstoodTool): LearnedRule {
  const isForm = tool.arguments.filter(({ role }) => role === "content").length > contentsMost;
  const copied = isForm
    ? never
    : anyOf(tool, ["content"], (each) => {
        const text = valueOf(each);
        const isProse = `type(${text}) == string && string(${text}).matches("${prose}")`;
        return `${isOf(each, ["named_text", "text"])} && ${isProse}`;
      });
  return {
    id: "copied-request",
    effect: "step_up",
    when:
      copied === never ? never : `${requested(tool, ["content"])}.mood == "request" && (${copied})`,
    reason: "what is written is word for word what a result asks for",
  };
}

/** What a result says of the arguments of these roles. */
function requested({ arguments: all }: UnderstoodTool, roles: readonly ArgumentRole[]): string {
  const values = all
    .filter(({ role }) => roles.includes(role))
    .map((argument) => `${isGiven(argument)} ? dyn(${valueOf(argument)}) : dyn(null)`);
  return `requested_by([${values.join(", ")}])`;
}

/** On a site that the user names, what its form asks for is what it is there for. */
function formAside(tool: UnderstoodTool, places: KnownPlaces): string {
  const urls = tool.arguments.filter(({ role }) => role === "url");
  if (tool.isFetch || urls.length === 0) return "";
  const familiar = urls.map((each) => `${isGiven(each)} && ${isFamiliar(each, places)}`);
  return ` && !(${familiar.join(" && ")})`;
}
