import type { FindingLevel } from "./finding.ts";

interface CodeOf {
  readonly level: FindingLevel;
  readonly title: string;
}

/**
 * Every code of lint with its level and what it stands for (POLICY.md section 10). Codes are
 * stable: tools, allow-comments and tests compare them, and a code never gets a second meaning.
 */
export const lintCodes = {
  never_matches: { level: "error", title: "no request can fulfil the condition" },
  always_true: { level: "warning", title: "the condition holds for every request it is asked for" },
  shadowed: { level: "warning", title: "a narrower rule always decides before this one" },
  redundant: { level: "note", title: "another rule of the same effect covers all of this one" },
  modify_conflict: {
    level: "error",
    title: "two modify rules can change one path in two ways, which denies",
  },
  modified_input: {
    level: "note",
    title: "a rule that narrows reads what a modify rule has changed before",
  },
  sandbox_overlap: { level: "note", title: "two sandboxes can be asked for at once" },
  sandbox_kind: {
    level: "warning",
    title: "the sandbox does not cover a kind of action that it is asked for, which denies",
  },
  approval_out_of_reach: { level: "error", title: "fewer people may approve than must" },
  limit_out_of_reach: { level: "warning", title: "the limit can never be passed" },
  limit_always_passed: { level: "warning", title: "every single action passes the limit" },
  defer_never_ready: {
    level: "warning",
    title: "nothing that can change decides the defer, so it always times out",
  },
  claims_in_allow: { level: "error", title: "an allow rests on what the agent says of itself" },
  wildcard_allow: { level: "warning", title: "an allow covers every tool, or all of a server" },
  unanchored_matches: {
    level: "warning",
    title: "a pattern of an allow accepts more text around what it names",
  },
  empty_pattern: { level: "error", title: "no text fits the pattern" },
  pattern_outside_schema: {
    level: "error",
    title: "no value that the schema admits fits the pattern",
  },
  raw_text_of_fact: {
    level: "warning",
    title: "text functions on an argument that is a command, a query, a path or a URL",
  },
  optional_escape: {
    level: "warning",
    title: "leaving an undeclared argument out escapes a rule that narrows",
  },
  unguarded_read: {
    level: "warning",
    title: "a rule that narrows denies every request without what it reads",
  },
  match_without_agent: { level: "warning", title: "no Agent document fits what is matched" },
  covered_entry: { level: "note", title: "an entry of a match list is covered by another" },
  uncovered_tool: { level: "warning", title: "no rule can ever allow the tool" },
  unused_tool: { level: "warning", title: "no policy covers the tool" },
  unread_argument: { level: "warning", title: "no rule looks at an annotated argument" },
  unused_event: { level: "warning", title: "no rule reads the Event" },
  unused_meter: { level: "warning", title: "no rule reads or limits the Meter" },
  unused_list: { level: "warning", title: "no condition reads the List" },
  unused_sandbox: { level: "warning", title: "no rule asks for the Sandbox" },
  unused_external: { level: "warning", title: "no condition reads the External" },
  unused_group: { level: "warning", title: "no approval is asked of the Group" },
  unused_param: { level: "warning", title: "nothing reads the param" },
  unused_variable: { level: "warning", title: "no rule reads the variable" },
  comment_without_reason: { level: "error", title: "an allow-comment gives no reason" },
  comment_unknown: { level: "error", title: "an allow-comment is not one, or names no code" },
  comment_unused: { level: "warning", title: "an allow-comment allows nothing" },
} as const satisfies Readonly<Record<string, CodeOf>>;

export type LintCode = keyof typeof lintCodes;
