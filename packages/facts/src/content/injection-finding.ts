import { foldText } from "@holdfast/model";
import { injectionPhrases } from "./injection-phrase.ts";
import { hiddenTextsIn } from "./hidden-text.ts";

/** Marks of turns and roles in what models are given. */
const roleMarks =
  /<\|(?:im_start|im_end|im_sep|system|user|assistant|endoftext|eot_id|start_header_id|end_header_id|begin_of_text|end_of_turn|channel|message)\|>|(?<![a-z0-9_])\[\/?inst\]|<<\/?sys>>|<\/?(?:start_of_turn|end_of_turn|system|system-reminder|system_prompt|tool_result|tool_response|function_results?|function_calls?|antml:[a-z_]+)>|(?:^|\n)#{2,4} ?(?:instruction|system|human|assistant|user|response)s?: ?|\n\n(?:human|assistant): /;

const hiddenStarts =
  /<!--|<[a-z][a-z0-9]{0,15} [^>]{0,200}?(?:display: ?none|visibility: ?hidden|font-size: ?0|opacity: ?0(?![.0-9])|color: ?(?:#fff|white|transparent))/g;

/** A gap of up to four words; words are parted by anything but a dot that ends a sentence. */
const gap = "(?: [^ .]{1,24}){0,4}?";

interface PhraseForm {
  readonly marker: string;
  readonly form: RegExp;
}

/** Each phrase by every first word that a text can be found by, its own or a longer one. */
const firstWordList = [
  ...new Set(injectionPhrases.flatMap(({ first }) => first.split("|"))),
].toSorted((a, b) => b.length - a.length);

const firstWords = new RegExp(`(?:(?<![a-z])|(?<=\\\\[nrt]))(?:${firstWordList.join("|")})`, "g");

const formsByWord: ReadonlyMap<string, readonly PhraseForm[]> = new Map(
  firstWordList.map((word) => [
    word,
    injectionPhrases.flatMap(({ marker, first, rest }) => {
      const own = first.split("|").filter((each) => word.startsWith(each));
      if (own.length === 0) return [];
      const after = rest.replaceAll("~?", gap).replaceAll("~", gap);
      return [{ marker, form: new RegExp(`^(?:${own.join("|")})${after}(?![a-z])`) }];
    }),
  ]),
);

/** How far a phrase reaches. */
const phraseMax = 160;

/** Names of what a text holds that means to steer an assistant, sorted; `lower` is the text as it reads. */
export function injectionMarkersIn(given: string, lower: string): readonly string[] {
  const found = new Set<string>();
  if (roleMarks.test(lower)) found.add("role");
  for (const marker of phrasesIn(lower)) found.add(marker);
  if (found.size > 0 && isHiddenPart(lower)) found.add("hidden");
  for (const text of hiddenTextsIn(given)) {
    if (/[a-z]{3}/u.test(text)) found.add("encoded");
    for (const marker of phrasesIn(foldText(text))) found.add(marker);
  }
  return [...found].sort();
}

function phrasesIn(lower: string): ReadonlySet<string> {
  const found = new Set<string>();
  firstWords.lastIndex = 0;
  for (let hit = firstWords.exec(lower); hit !== null; hit = firstWords.exec(lower)) {
    const forms = formsByWord.get(hit[0]) ?? [];
    if (forms.every(({ marker }) => found.has(marker))) continue;
    const words = wordsAt(lower, hit.index);
    for (const { marker, form } of forms) if (form.test(words)) found.add(marker);
  }
  return found;
}

/** The words from a place on, parted by one space each, to the end of the sentence. */
function wordsAt(lower: string, at: number): string {
  return lower
    .slice(at, at + phraseMax)
    .replaceAll(/[^0-9a-z\u00a1-\uffff.!?]+/gu, " ")
    .replaceAll(/[.!?]+(?= |$)/gu, ".");
}

/** Whether an instruction may stand in a comment, or in what a page does not show. */
function isHiddenPart(lower: string): boolean {
  hiddenStarts.lastIndex = 0;
  for (let hit = hiddenStarts.exec(lower); hit !== null; hit = hiddenStarts.exec(lower)) {
    const stop = lower.slice(hit.index, hit.index + 2_000);
    if (phrasesIn(stop).size > 0) return true;
    hiddenStarts.lastIndex = hit.index + 2_000;
  }
  return false;
}
