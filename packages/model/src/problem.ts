import { lowerAscii } from "./ascii.ts";
import type { z } from "zod";
import { nearestName } from "./nearest-name.ts";
import { printable } from "./printable.ts";

/** One thing that is wrong with a value, and where: `agent.id`, `delegation[0].scopes`. */
export interface Problem {
  /** empty for the value itself */
  readonly path: string;
  readonly message: string;
}

/** Everything a schema found wrong, in our words; unknown fields with the nearest known one. */
export function problemsOf(schema: z.ZodType, issues: readonly z.core.$ZodIssue[]): Problem[] {
  return issues.flatMap((issue) => problemsOfIssue(schema, issue));
}

function problemsOfIssue(schema: z.ZodType, issue: z.core.$ZodIssue): Problem[] {
  if (issue.code !== "unrecognized_keys") {
    return [{ path: pathText(issue.path), message: messageOf(issue) }];
  }
  const known = keysAt(schema, issue.path);
  return issue.keys.map((key) => {
    const near = nearestName(key, known);
    const help = near === undefined ? "" : `; did you mean \`${near}\`?`;
    return { path: pathText(issue.path), message: `unknown field \`${printable(key)}\`${help}` };
  });
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.message.endsWith("received undefined")) return "is missing";
  const text = issue.message.replace(/^Invalid (?:input|option): /u, "").replace(/\.$/u, "");
  return lowerAscii(text.charAt(0)) + text.slice(1);
}

function pathText(path: readonly PropertyKey[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? String(step) : `.${String(step)}`;
  }
  return printable(text);
}

/** The field names the schema knows at a path, for suggestions. */
function keysAt(root: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let schema: unknown = root;
  for (const step of [...path, undefined]) {
    schema = unwrapped(schema);
    if (step === undefined) break;
    schema =
      typeof step === "number"
        ? property(schema, "element")
        : property(property(schema, "shape"), String(step));
  }
  const shape = property(schema, "shape");
  return typeof shape === "object" && shape !== null ? Object.keys(shape) : [];
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** Without `default`, `optional`, `nullable` and their like around it. */
function unwrapped(schema: unknown): unknown {
  let inner = schema;
  for (;;) {
    const next = property(property(inner, "def"), "innerType");
    if (next === undefined) return inner;
    inner = next;
  }
}
