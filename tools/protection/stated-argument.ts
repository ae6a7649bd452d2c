import { lowerAscii } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";

/** A parameter as a tool's definition tells of it. */
export interface StatedParameter {
  readonly name: string;
  /** of JSON Schema */
  readonly type: string;
}

/** A value that a text states, and the words that lead to it. */
interface Literal {
  readonly text: string;
  readonly before: readonly string[];
}

/** How far before a value the word stands that says what it is. */
const wordsBefore = 5;

/** What is quoted, a number, an address, a channel, an identifier: anything with a digit, `@` or `#`. */
const literal =
  /(?<![\p{L}\p{N}])(["'`])(?<quoted>[^\n]+?)\1(?![\p{L}\p{N}])|(?<plain>\$?[0-9]+(?:,[0-9]{3})+(?![0-9])|[^\s"'`(),;:]*[@#0-9][^\s"'`(),;]*)/gu;

const address = /^[^\s@]+@[^\s@]+$/u;
const addressWords: ReadonlySet<string> = new Set(["to", "email", "recipient"]);
const amountWords: ReadonlySet<string> = new Set(["amount", "price", "total"]);

/**
 * The arguments that an instruction states for a call: each value goes to the parameter whose name's words lead
 * to it, an address to whom is written to, a sum to an amount. Nothing else is put in: a parameter to which no
 * word leads is missing, and objects are never filled.
 */
export function statedArguments(
  instruction: string,
  parameters: readonly StatedParameter[],
): JsonObject {
  const ranked = literalsOf(instruction)
    .flatMap((each) =>
      parameters.map((parameter) => ({ each, parameter, score: scoreOf(parameter, each) })),
    )
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const given = new Map<StatedParameter, Set<Literal>>();
  const used = new Set<Literal>();
  for (const { each, parameter } of ranked) {
    const isFree = parameter.type === "array" || !given.has(parameter);
    if (!isFree || used.has(each)) continue;
    used.add(each);
    given.set(parameter, (given.get(parameter) ?? new Set()).add(each));
  }
  const inOrder = parameters.flatMap((parameter) => {
    const found = given.get(parameter);
    return found === undefined ? [] : [[parameter.name, valueOf(parameter, [...found])] as const];
  });
  return Object.fromEntries(inOrder);
}

function literalsOf(text: string): readonly Literal[] {
  return [...text.matchAll(literal)].map(({ groups, index }) => {
    const found = groups?.["quoted"] ?? groups?.["plain"] ?? "";
    const words = lowerAscii(text.slice(0, index)).match(/[a-z]+/gu) ?? [];
    return {
      text: found.replace(/[.,?!]+$/u, ""),
      before: words.slice(-wordsBefore).map((word) => singular(word)),
    };
  });
}

/** How much the words before a value, and its form, speak for a parameter; 0: it does not go there. */
function scoreOf({ name, type }: StatedParameter, { text, before }: Literal): number {
  if (type === "object" || type === "boolean") return 0;
  if ((type === "number" || type === "integer") && numberOf(text) === undefined) return 0;
  const words = lowerAscii(name)
    .split("_")
    .map((word) => singular(word));
  if (address.test(text)) return words.some((word) => addressWords.has(word)) ? 2 : 0;
  if (text.startsWith("$")) return words.some((word) => amountWords.has(word)) ? 2 : 0;
  return words.filter((word) => before.includes(word)).length / words.length;
}

function singular(word: string): string {
  return word.replace(/s$/u, "");
}

function valueOf({ type }: StatedParameter, literals: readonly Literal[]): Json {
  const texts = literals.map(({ text }) => text);
  if (type === "array") return texts;
  const [text = ""] = texts;
  return (type === "number" || type === "integer" ? numberOf(text) : undefined) ?? text;
}

function numberOf(text: string): number | undefined {
  const plain = text.replaceAll(/[$,]/gu, "");
  return /^[0-9]+(?:[.][0-9]+)?$/u.test(plain) ? Number(plain) : undefined;
}
