import { lowerAscii } from "@holdfast/model";
import type { IndexFilter } from "./audit-index.ts";

/** What was decided, of an action or of showing its result. */
export interface Verdict {
  readonly effect: string;
  readonly code: string;
  readonly rules: readonly string[];
  /** of an outcome */
  readonly status?: string;
}

/**
 * All that is said of a decision without naming one moment, session or action: many decisions
 * share one, so that whatever is asked of them is asked of few subjects.
 */
export interface Subject extends Verdict {
  readonly agent: string;
  /** `server.name` */
  readonly tool: string;
  /** whatever else a text is looked for in */
  readonly about: readonly string[];
}

/** The subject of an outcome: that of its action, with what was decided of its result. */
export function endedSubject({ agent, tool, about }: Subject, verdict: Verdict): Subject {
  return { ...verdict, agent, tool, about };
}

type SubjectFilter = Pick<IndexFilter, "agent" | "tool" | "effect" | "code" | "rule" | "text">;

/** Whether a filter says anything about subjects beyond their agent. */
export function asksSubjects(filter: SubjectFilter): boolean {
  const { tool, effect, code, rule, text } = filter;
  return [tool, effect, code, rule, text].some((part) => part !== undefined);
}

/** A test for subjects; every given key of the filter must hold. */
export function subjectTest(filter: SubjectFilter): (subject: Subject) => boolean {
  const { agent, tool, effect, code, rule } = filter;
  const words = wordsOf(filter.text ?? "");
  return (subject) =>
    (agent === undefined || subject.agent === agent) &&
    (tool === undefined || fitsTool(tool, subject.tool)) &&
    (effect === undefined || subject.effect === effect) &&
    (code === undefined || subject.code === code) &&
    (rule === undefined || subject.rules.includes(rule)) &&
    (words.length === 0 || hasWords(subject, words));
}

/** The words of a text that is looked for: what white space parts, in lower ASCII letters. */
export function wordsOf(text: string): string[] {
  return lowerAscii(text)
    .split(/\s+/u)
    .filter((word) => word !== "");
}

function fitsTool(pattern: string, tool: string): boolean {
  return pattern.endsWith(".*") ? tool.startsWith(pattern.slice(0, -1)) : pattern === tool;
}

function hasWords(subject: Subject, words: readonly string[]): boolean {
  const { agent, tool, effect, code, rules, status = "", about } = subject;
  const all = lowerAscii([agent, tool, effect, code, status, ...rules, ...about].join("\n"));
  return words.every((word) => all.includes(word));
}
