import { parseAllDocuments } from "yaml";
import type { ClosingProposal, Review } from "@holdfast/learn";
import { copyJson, parseJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { badArguments } from "../failure.ts";
import { notJson, readBytes, readJsonFile } from "../input-file.ts";

/** What people said of recorded actions, by action id or by the index of the record. */
export class Reviews {
  readonly #byAction = new Map<string, Review>();
  readonly #byRecord = new Map<number, Review>();
  /** what no record was found for */
  readonly #unseen = new Set<string>();

  /** @throws CommandFailure exit 2 when one action is both approved and denied */
  add(review: "approved" | "denied", named: string | number): void {
    const known = typeof named === "string" ? this.#byAction.get(named) : this.#byRecord.get(named);
    if (known !== undefined && known !== review) {
      throw badArguments(`\`${named}\` is both approved and denied; say one of it`);
    }
    if (typeof named === "string") this.#byAction.set(named, review);
    else this.#byRecord.set(named, review);
    this.#unseen.add(String(named));
  }

  /** What was said of an action; `open` when nothing was. */
  of(action: string, sequence: number): Review {
    const [own, record] = [this.#byAction.get(action), this.#byRecord.get(sequence)];
    if (own !== undefined) this.#unseen.delete(action);
    if (record !== undefined) this.#unseen.delete(String(sequence));
    return own ?? record ?? "open";
  }

  /** Actions that people spoke of and that are in no record that was read. */
  get unseen(): readonly string[] {
    return [...this.#unseen];
  }
}

/**
 * Takes what a file says into the reviews: in each line an action id, the index of a record, or
 * `{"action": …}` or `{"sequence": …}` in JSON, whatever else stands there.
 *
 * @throws CommandFailure exit 2 on any other line
 */
export function readReviews(reviews: Reviews, review: "approved" | "denied", path: string): void {
  for (const [at, line] of readBytes(path).toString("utf8").split("\n").entries()) {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) continue;
    if (/^\d+$/u.test(text)) reviews.add(review, Number(text));
    else if (!text.startsWith("{")) reviews.add(review, text);
    else {
      const { action, sequence } = membersOf(parsed(text, path, at + 1));
      if (typeof action === "string") reviews.add(review, action);
      else if (typeof sequence === "number") reviews.add(review, sequence);
      else throw badArguments(`${path}:${at + 1}: names no \`action\` and no \`sequence\``);
    }
  }
}

/**
 * The proposals in what \`holdfast stress -o json\` printed: \`{"proposals": [{"policy": YAML, "kills": [ID]}]}\`.
 *
 * @throws CommandFailure exit 2 when it holds none, or one that does more than narrow: it is told as such
 */
export function readProposals(path: string): readonly ClosingProposal[] {
  const { proposals } = membersOf(
    readJsonFile(path, "give what `holdfast stress -o json` printed"),
  );
  if (!Array.isArray(proposals)) throw badArguments(`\`${path}\` holds no \`proposals\``);
  return (proposals as readonly Json[]).map((each, at): ClosingProposal => {
    const { policy, kills } = membersOf(each);
    if (typeof policy === "string" && Array.isArray(kills)) {
      if (!isNarrowing(policy)) {
        throw badArguments(
          `\`${path}\`: proposal ${at} is more than Events, Meters and rules that deny or ask; \`--close\` takes in only what narrows`,
        );
      }
      const ids = (kills as readonly Json[]).filter((id) => typeof id === "string");
      return { name: nameOf(policy) ?? `proposal ${at}`, policy, kills: ids };
    }
    throw badArguments(`\`${path}\`: proposal ${at} has no \`policy\` text or no list \`kills\``);
  });
}

/** Whether documents grant nothing, and change nothing that grants. */
function isNarrowing(text: string): boolean {
  return parseAllDocuments(text, { version: "1.2", schema: "core" }).every((document) => {
    if (document.errors.length > 0) return false;
    const { kind, spec } = membersOf(copyJson(document.toJSON()));
    if (kind === "Event" || kind === "Meter") return true;
    const { rules } = membersOf(spec ?? null);
    if (kind !== "Policy" || !Array.isArray(rules)) return false;
    return (rules as readonly Json[]).every((rule) => {
      const { effect } = membersOf(rule);
      return effect === "deny" || effect === "step_up";
    });
  });
}

/** The name of the policy among the documents of a text. */
function nameOf(text: string): string | undefined {
  const documents = parseAllDocuments(text, { version: "1.2", schema: "core" });
  const names = documents.flatMap((document) => {
    const json = copyJson(document.toJSON());
    const { kind, metadata } = membersOf(json);
    const { name } = membersOf(metadata ?? null);
    return kind === "Policy" && typeof name === "string" ? [name] : [];
  });
  return names[0];
}

function parsed(text: string, file: string, line: number): Json {
  try {
    return parseJson(text);
  } catch (error) {
    throw notJson(error, { file, line });
  }
}

function membersOf(json: Json): Readonly<Record<string, Json | undefined>> {
  return typeof json === "object" && json !== null && !Array.isArray(json)
    ? (json as Readonly<Record<string, Json>>)
    : {};
}
