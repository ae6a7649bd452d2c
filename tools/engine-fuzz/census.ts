import { effects, reasonCodes } from "@holdfast/model";
import type { Decision } from "@holdfast/model";
import { functionDeclarations, references } from "@holdfast/engine";
import type { Bundle, DecisionInput } from "@holdfast/engine";

type Rule = Bundle["policies"][number]["rules"][number];
type Expression = NonNullable<Rule["when"]>;
type Input = Omit<DecisionInput, "state">;

/** Members of a decision that are there only in some. */
const optionalParts = [
  "args",
  "result",
  "sandbox",
  "retryAfterMs",
  "approvals",
  "restrict",
  "fallback",
  "shadow",
] as const;

/** Marks of a request that few have, and that the engines must read alike all the same. */
const requestMarks: Readonly<Record<string, (input: Input) => boolean>> = {
  "phase result": ({ request }) => request.action.phase === "result",
  "a chain of agents": ({ request }) => request.delegation.length > 1,
  "a user": ({ request }) => request.user !== null,
  "no session": ({ request }) => request.session === undefined,
  "resources attested": ({ request }) => request.resources.length > 0,
  "facts of an annotated tool": (input) => isAnnotated(input) && input.facts !== undefined,
  "an annotated tool without facts": (input) => isAnnotated(input) && input.facts === undefined,
  "an opaque fact": (input) => isAnnotated(input) && said(input, '"opaque":true'),
  "a fact in error": (input) => isAnnotated(input) && said(input, '"error"'),
  "facts of what would run": ({ facts }) => facts?.decided !== undefined,
  "facts of what is observed": ({ facts }) => facts?.observed !== undefined,
  "spans in a result": (input) => said(input, '"arg":"result'),
  "mode observe": ({ mode }) => mode === "observe",
  "an approval met": ({ approved }) => approved !== undefined,
  "few capabilities": ({ capabilities }) => capabilities?.effects.includes("deny") === false,
  "a prototype's name": ({ request }) => holds(request, "__proto__"),
  "a line separator": ({ request }) => holds(request, "\u2028"),
  "a number near infinity": ({ request }) => holds(request, "1e+308"),
};

function isAnnotated({ request: { tool } }: Input): boolean {
  return tool.server === "e" && tool.name !== "note";
}

function said({ facts }: Input, mark: string): boolean {
  return JSON.stringify(facts ?? {}).includes(mark);
}

function holds(request: Input["request"], mark: string): boolean {
  return JSON.stringify(request).includes(mark);
}

/** Keys of a match, with the forms that are found in ways of their own. */
const matchMarks = {
  tools: ["tools: exact", "tools: prefix", "tools: dozens"],
  labels: ["labels: exact", "labels: dozens"],
  kinds: ["kinds: exact", "kinds: dozens"],
  agents: ["agents: exact", "agents: prefix", "agents: dozens"],
  agentRoles: ["agentRoles: exact", "agentRoles: dozens"],
  userRoles: ["userRoles: exact", "userRoles: dozens"],
  environments: ["environments: exact"],
} as const;

/** From so many on, a key of a match counts as one that names dozens. */
const dozens = 24;

/**
 * Counts what a campaign has made and what was decided, so that what the generator cannot make is
 * seen: a kind of decision, function or rule that is listed and was never met is `absent`.
 */
export class Census {
  readonly #counts = new Map<string, Map<string, number>>();
  #decisions = 0;

  constructor() {
    this.#expect("effect", effects);
    // `audit_unavailable` is the runtime's: no bundle decides it.
    const decided = reasonCodes.filter((code) => code !== "audit_unavailable");
    this.#expect("code", decided);
    this.#expect("shadow effect", effects);
    this.#expect(
      "shadow code",
      decided.filter((code) => code !== "invalid_request"),
    );
    this.#expect("part", optionalParts);
    this.#expect("obligation", ["notify", "run", "label", "log"]);
    this.#expect("request", Object.keys(requestMarks));
    this.#expect("rule", [...effects, "limit", "fallback", "reason", "ownAuthority", "no when"]);
    this.#expect("modification", ["set", "remove", "mask whole", "mask found"]);
    this.#expect("match", Object.values(matchMarks).flat());
    this.#expect("rules under one key", ["1 to 3", "4 to 99", "100 and more"]);
    const functions = [...functionDeclarations.keys()].filter((name) => /^[a-z]/iu.test(name));
    this.#expect("function", functions);
  }

  noteSet({ policies }: Bundle): void {
    const crowds = new Map<string, number>();
    for (const { match, rules, variables } of policies) {
      for (const { expression } of variables) this.#noteExpression(expression);
      for (const rule of rules) this.#noteRule(rule);
      for (const [key, names] of Object.entries(match)) {
        if (typeof names !== "string") this.#noteKey(key, names);
      }
      const key = JSON.stringify([match.phase, match.tools, match.agents, match.agentRoles]);
      crowds.set(key, (crowds.get(key) ?? 0) + rules.length);
    }
    for (const count of crowds.values()) {
      this.#add(
        "rules under one key",
        count < 4 ? "1 to 3" : count < 100 ? "4 to 99" : "100 and more",
      );
    }
  }

  noteDecision(decision: Decision, input: Input): void {
    this.#decisions += 1;
    this.#add("effect", decision.effect);
    this.#add("code", decision.code);
    if (decision.shadow !== undefined) {
      this.#add("shadow effect", decision.shadow.effect);
      this.#add("shadow code", decision.shadow.code);
    }
    for (const part of optionalParts) if (decision[part] !== undefined) this.#add("part", part);
    const names = decision.obligations.flatMap((one) => Object.keys(one));
    for (const name of names) this.#add("obligation", name);
    for (const [mark, isSo] of Object.entries(requestMarks)) {
      if (isSo(input)) this.#add("request", mark);
    }
  }

  /** What is listed and was never met, each with what it is one of; empty when nothing is absent. */
  absent(): readonly string[] {
    return [...this.#counts].flatMap(([what, counts]) =>
      [...counts].filter(([, count]) => count === 0).map(([name]) => `${what} ${name}`),
    );
  }

  /** How many decisions have this code, from 0 to 1. */
  shareOf(code: Decision["code"]): number {
    return (this.#counts.get("code")?.get(code) ?? 0) / Math.max(1, this.#decisions);
  }

  /** A table to read: effects and codes as shares of all decisions, the rest as numbers. */
  text(): string {
    const width = Math.max(...[...this.#counts.keys()].map((name) => name.length));
    const lines = [...this.#counts].map(([what, counts]) => {
      const parts = [...counts]
        .toSorted((a, b) => b[1] - a[1])
        .map(([name, count]) => {
          if (what !== "effect" && what !== "code") return `${name} ${count}`;
          return `${name} ${((100 * count) / Math.max(1, this.#decisions)).toFixed(1)} %`;
        });
      return `${what.padEnd(width)}  ${parts.join(", ")}`;
    });
    const absent = this.absent();
    const last = absent.length === 0 ? "nothing listed is absent" : `absent: ${absent.join(", ")}`;
    return [`${this.#decisions} decisions`, ...lines, last].join("\n");
  }

  #noteRule(rule: Rule): void {
    this.#add("rule", rule.effect);
    if ("limit" in rule && rule.limit !== undefined) this.#add("rule", "limit");
    if (rule.fallback !== undefined) this.#add("rule", "fallback");
    if (rule.reason !== undefined) this.#add("rule", "reason");
    if (rule.ownAuthority) this.#add("rule", "ownAuthority");
    if (rule.when === undefined) this.#add("rule", "no when");
    else this.#noteExpression(rule.when);
    for (const part of rule.reason?.parts ?? []) {
      if (typeof part !== "string") this.#noteExpression(part);
    }
    if (rule.effect !== "modify") return;
    for (const { operation, mask } of rule.modifications) {
      const how = mask === "whole" ? "mask whole" : "mask found";
      this.#add("modification", operation === "mask" ? how : operation);
    }
  }

  #noteKey(key: string, names: readonly string[]): void {
    if (names.length >= dozens || (key === "kinds" && names.length > 6)) {
      this.#add("match", `${key}: dozens`);
    }
    const ends = new Set(names.map((name) => (name.endsWith("*") ? "prefix" : "exact")));
    for (const form of ends) this.#add("match", `${key}: ${form}`);
  }

  #noteExpression({ ast }: Expression): void {
    for (const { function: name } of references(ast).calls) {
      if (functionDeclarations.has(name)) this.#add("function", name);
    }
  }

  #expect(what: string, names: readonly string[]): void {
    this.#counts.set(what, new Map(names.map((name) => [name, 0])));
  }

  #add(what: string, name: string): void {
    const counts = this.#counts.get(what);
    counts?.set(name, (counts.get(name) ?? 0) + 1);
  }
}
