import { isGiven, valueOf } from "@holdfast/learn";
import type { JsonObject } from "@holdfast/model";
import type { AttackClass } from "../catalogue/mutation.ts";
import type { Focus } from "../run/stress-run.ts";
import type { AgentView } from "../view/agent-view.ts";
import { elsewhere, numberLimit, seenForm, sizeLimit } from "./seen-form.ts";

/** A rule that may stop what survived, with the documents that it needs. */
export interface Candidate {
  /** what it looks at, for people: `origin-field`, `range` */
  readonly id: string;
  readonly documents: readonly JsonObject[];
}

/** Where proposed rules stand. */
export interface ProposalSetting {
  /** the server of tools that runs name without one */
  readonly server: string;
  /** full names of the tools that a set describes */
  readonly described: ReadonlySet<string>;
  /** who is asked by rules that ask */
  readonly approvers: readonly string[];
}

type CandidateId =
  | "named-arguments"
  | "range"
  | "size"
  | "form"
  | "order"
  | "rate"
  | "own-work"
  | "environment"
  | "unused"
  | "origin-field"
  | "origin-own"
  | "origin-prompt"
  | "act"
  | "ask";

/** What may stop the attacks of a class, the most telling first; asking every time comes last. */
const byClass: Readonly<Record<AttackClass, readonly CandidateId[]>> = {
  "context-poisoning": ["origin-field", "origin-own", "act", "ask"],
  "tool-misuse": ["unused", "ask"],
  "argument-range": ["range", "size", "ask"],
  "unit-format": ["range", "form", "ask"],
  "destination-swap": ["origin-field", "origin-own", "form", "ask"],
  "read-exfiltration": ["origin-field", "origin-own", "ask"],
  sequence: ["order", "ask"],
  delegation: ["own-work"],
  environment: ["environment", "ask"],
  "rug-pull": ["named-arguments", "ask"],
  "approval-fatigue": ["origin-field", "origin-own", "rate", "ask"],
  budget: ["rate"],
  encoding: ["form", "origin-field", "origin-own", "ask"],
  "memory-poisoning": ["origin-field", "origin-own", "act", "ask"],
  "goal-hijack": ["act", "ask"],
  "known-destination": ["origin-field", "origin-own", "act", "ask"],
  "prompt-value": ["act", "rate", "ask"],
  "split-write": ["rate", "ask"],
  "quiet-instruction": ["origin-field", "origin-own", "origin-prompt", "act", "ask"],
};

/** The rules that may stop attacks of a class on a tool, in the order in which they are preferred. */
export function candidatesFor(
  attackClass: AttackClass,
  focus: Focus,
  view: AgentView,
  setting: ProposalSetting,
): readonly Candidate[] {
  return byClass[attackClass].flatMap((id) => {
    const documents = documentsOf(id, focus, view, setting);
    return documents === undefined ? [] : [{ id, documents }];
  });
}

/** Those that look at single arguments; others are one document for a tool, whatever the arguments. */
const isOfArguments: ReadonlySet<CandidateId> = new Set<CandidateId>([
  "range",
  "size",
  "form",
  "origin-field",
  "origin-own",
  "origin-prompt",
]);

interface Part {
  readonly effect: "deny" | "step_up";
  readonly when?: string;
  readonly limit?: JsonObject;
  readonly reason: string;
  readonly beside?: readonly JsonObject[];
}

function documentsOf(
  id: CandidateId,
  focus: Focus,
  view: AgentView,
  setting: ProposalSetting,
): readonly JsonObject[] | undefined {
  const part = partOf(id, focus, view, setting);
  if (part === undefined) return undefined;
  const { beside = [], effect, reason, ...condition } = part;
  const approval = { from: [...setting.approvers], quorum: 1, ttl: "15m" };
  const rule = { id, effect, ...condition, reason, ...(effect === "step_up" ? { approval } : {}) };
  return [
    ...beside,
    {
      apiVersion,
      kind: "Policy",
      metadata: {
        name: nameOf(
          "stress",
          focus.tool,
          id,
          ...(isOfArguments.has(id) ? [...focus.arguments].sort() : []),
        ),
      },
      spec: { match: { tools: [fullName(focus.tool, setting)] }, rules: [rule] },
    },
  ];
}

/** Those that are the same whatever honest runs did. */
const fixedParts: Readonly<Record<"act" | "own-work" | "unused" | "ask", Part>> = {
  act: {
    when: "!names_act(tool)",
    effect: "step_up",
    reason: "the user asks for nothing of the kind",
  },
  "own-work": {
    when: "delegation != []",
    effect: "deny",
    reason: "nobody else works through this agent",
  },
  unused: { effect: "deny", reason: "no honest run needed it" },
  ask: { effect: "step_up", reason: "a person looks at each of these" },
};

function partOf(
  id: CandidateId,
  { tool, arguments: names }: Focus,
  view: AgentView,
  setting: ProposalSetting,
): Part | undefined {
  const any = (of: (name: string) => string | undefined): string | undefined => {
    const parts = names.flatMap((name) => {
      const text = of(name);
      return text === undefined ? [] : [`${isGiven({ name })} && (${text})`];
    });
    return parts.length === 0 ? undefined : parts.map((part) => `(${part})`).join(" || ");
  };
  const when = (
    text: string | undefined,
    effect: Part["effect"],
    reason: string,
  ): Part | undefined => (text === undefined ? undefined : { when: text, effect, reason });
  const worse = (tier: string): string | undefined =>
    any((name) => `!no_worse(origin(${valueOf({ name })}), "${tier}")`);
  const known = (view.tools.get(tool)?.arguments ?? []).map(({ name }) => name);
  switch (id) {
    case "named-arguments":
      return when(
        `args.exists(name, !(name in ${JSON.stringify(known)}))`,
        "deny",
        "the tool took no such argument when this was written",
      );
    case "range":
      return when(
        any((name) => numberLimit(view, tool, name, valueOf({ name }))),
        "deny",
        "no honest number comes near",
      );
    case "size":
      return when(
        any((name) => sizeLimit(view, tool, name, valueOf({ name }))),
        "deny",
        "no honest list is as long",
      );
    case "form":
      return when(
        any((name) => seenForm(view, tool, name, valueOf({ name }))),
        "deny",
        "no honest value has such a form",
      );
    case "origin-field":
      return when(worse("field"), "step_up", "where it goes was found in a text, or nowhere");
    case "origin-own":
      return when(
        worse("prompt_host"),
        "step_up",
        "neither the prompt nor own records tell where it goes",
      );
    case "origin-prompt":
      return when(worse("prompt"), "step_up", "the prompt does not tell where it goes");
    case "environment":
      return when(elsewhere(view), "deny", "no honest run was made there");
    case "order":
      return orderPart(tool, view, setting);
    case "rate":
      return ratePart(tool, view, setting);
    case "act":
    case "own-work":
    case "unused":
    case "ask":
      return fixedParts[id];
  }
}

function orderPart(tool: string, view: AgentView, setting: ProposalSetting): Part | undefined {
  const steps = view.predecessors.get(tool) ?? [];
  if (steps.length === 0) return undefined;
  const events = steps.map((step) => ({ step, name: nameOf("stress-done", step, "before", tool) }));
  return {
    effect: "deny",
    when: events.map(({ name }) => `!happened("${name}")`).join(" || "),
    reason: "a step is missing that came first in every honest run",
    beside: events.map(({ step, name }) => ({
      apiVersion,
      kind: "Event",
      metadata: { name },
      spec: { match: { tools: [fullName(step, setting)] }, at: "success", key: ["session.id"] },
    })),
  };
}

function ratePart(tool: string, view: AgentView, setting: ProposalSetting): Part {
  const meter = nameOf("stress-calls", tool);
  return {
    effect: "deny",
    // One more than honest runs needed, since the next may need it.
    limit: { meter, max: (view.repeats.get(tool) ?? 1) + 1 },
    reason: "no honest run called it as often",
    beside: [
      {
        apiVersion,
        kind: "Meter",
        metadata: { name: meter },
        spec: { match: { tools: [fullName(tool, setting)] }, key: ["session.id"], window: "1h" },
      },
    ],
  };
}

const apiVersion = "holdfast.dev/v1";

function fullName(tool: string, { server, described }: ProposalSetting): string {
  return described.has(tool) ? tool : `${server}.${tool}`;
}

/** A name of a document: small letters, digits and hyphens. */
function nameOf(...parts: readonly string[]): string {
  return parts
    .join("-")
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/gu, "-")
    .replaceAll(/[A-Z]/gu, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32))
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .replaceAll(/^-+|-+$/gu, "");
}
