import type { RecordPlace, TailEntry } from "@holdfast/log";
import { HoldfastError } from "@holdfast/model";
import type { LogRecord, RecordOf } from "@holdfast/model";
import type { Subject, Verdict } from "./subject.ts";

/** What the index keeps of one record. */
export type IndexRow =
  | (RecordPlace & {
      readonly kind: "decision";
      readonly timeMs: number;
      readonly session: SessionName | undefined;
      readonly subject: Subject;
    })
  | (RecordPlace & {
      readonly kind: "outcome";
      /** index of the decision record */
      readonly decision: number;
      readonly verdict: Verdict;
    })
  | (RecordPlace & { readonly kind: "ambiguous"; readonly decision: number })
  | (RecordPlace & { readonly kind: "session"; readonly session: SessionName })
  /** no record before `minimum` is there any more */
  | (RecordPlace & { readonly kind: "pruned"; readonly minimum: number });

export interface SessionName {
  readonly id: string;
  readonly root: string;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * What the index keeps of a record; undefined when it keeps nothing.
 *
 * The platform's JSON reader is enough here: a follower has checked the bytes against the root
 * committed over them, they were written in canonical form, and whoever is shown a record reads it
 * anew, strictly. What is read is checked all the same.
 *
 * @throws HoldfastError `record_invalid` when the record is not one of the format
 */
export function indexRow(entry: TailEntry): IndexRow | undefined {
  const { index, segment, offset, body } = entry;
  const place = { index, segment, offset };
  try {
    const record = JSON.parse(decoder.decode(body)) as LogRecord;
    switch (record.kind) {
      case "decision":
        return {
          ...place,
          kind: "decision",
          timeMs: count(record.time),
          session: record.session === undefined ? undefined : sessionName(record.session),
          subject: subjectOf(record),
        };
      case "outcome":
        return {
          ...place,
          kind: "outcome",
          decision: count(record.decision),
          verdict: verdictOf(record),
        };
      case "ambiguous":
        return { ...place, kind: "ambiguous", decision: count(record.decision) };
      case "observation":
        return { ...place, kind: "session", session: sessionName(record.session) };
      case "session":
        return { ...place, kind: "session", session: sessionName(record) };
      case "pruned":
        return { ...place, kind: "pruned", minimum: count(record.minimum) };
      case "erasure":
      case "hold":
      case "key":
      case "policy":
      case "recovery":
      case "registry":
      case "release":
      case "restriction":
        return undefined;
    }
  } catch (cause) {
    const message = `record ${index} is not one of the format`;
    throw new HoldfastError("record_invalid", message, { cause });
  }
}

function subjectOf(record: RecordOf<"decision">): Subject {
  const { agent, tool, pep, action, shadow } = record;
  return {
    ...verdictOf(record),
    agent: text(agent.id),
    tool: `${text(tool.server)}.${text(tool.name)}`,
    about: [
      text(record.tenant),
      text(pep.type),
      text(pep.id),
      ...(agent.version === undefined ? [] : [text(agent.version)]),
      text(action.kind),
      text(action.operation),
      text(record.mode),
      text(record.bundle),
      ...(shadow === undefined
        ? []
        : [text(shadow.effect), text(shadow.code), ...shadow.rules.map(text)]),
      ...(record.restrict === undefined ? [] : record.restrict.kinds.map(text)),
    ],
  };
}

function verdictOf({
  effect,
  code,
  rules,
  ...rest
}: RecordOf<"decision"> | RecordOf<"outcome">): Verdict {
  const verdict: Verdict = { effect: text(effect), code: text(code), rules: rules.map(text) };
  return rest.kind === "outcome" ? { ...verdict, status: text(rest.status) } : verdict;
}

function sessionName({ id, root }: SessionName): SessionName {
  return { id: text(id), root: text(root) };
}

function text<T extends string>(value: T): T {
  if (typeof value !== "string") throw new TypeError("not a text");
  return value;
}

function count(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError("not a count");
  return value;
}
