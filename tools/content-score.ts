import { contentFact } from "@holdfast/facts";
import { readFileSync } from "node:fs";
import { score, scoredKinds } from "./content-score/labelled-set.ts";
import type { LabelledItem, Score, ScoredFact } from "./content-score/labelled-set.ts";

/*
 * Scores the fact `content` on the labelled set: `npm run score:content`, with `--mistakes` also what
 * was missed and wrong in the part that may be looked at.
 */

const file = new URL("../../conformance/content/labelled.json", import.meta.url);

function factOf(text: string): ScoredFact {
  const answer = contentFact([{ arg: "body", use: "content", value: text }]);
  if ("error" in answer) throw new Error(answer.error.reason);
  return answer.value as unknown as ScoredFact;
}

function share(part: number, whole: number): string {
  return whole === 0 ? "-" : (part / whole).toFixed(3);
}

function row(part: string, kind: string, { found, missed, wrong, named }: Score): string {
  const precision = share(found, found + wrong);
  const recall = share(found, found + missed);
  return `${part}\t${kind}\t${found}\t${missed}\t${wrong}\t${precision}\t${recall}\t${named}`;
}

const { items } = JSON.parse(readFileSync(file, "utf8")) as { items: readonly LabelledItem[] };
console.log("part\tkind\tfound\tmissed\twrong\tprecision\trecall\tnamed right");
for (const part of ["shown", "held"] as const) {
  const own = items.filter((item) => item.part === part);
  const { scores, mistakes } = score(own, factOf);
  for (const kind of scoredKinds) console.log(row(part, kind, scores[kind]));
  if (part !== "shown" || !process.argv.includes("--mistakes")) continue;
  for (const { id, kind, what, about } of mistakes)
    console.log(`${id}\t${kind}\t${what}\t${about}`);
}
