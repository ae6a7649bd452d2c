import { printForm } from "@holdfast/engine";
import { lowerAscii } from "@holdfast/model";
import type { JsonObject } from "@holdfast/model";
import type { AgentBaseline, Baseline } from "./baseline.ts";
import { start } from "./feature.ts";
import { isNewOrigin, isNewShape } from "./known-value.ts";

/** How the rules are made. */
export interface NoveltyRuleOptions {
  /** new things that a session may show before a person is asked of the next */
  readonly most: number;
  /** who is asked: `user:ana`, `group:leads` */
  readonly approvers: readonly string[];
}

const apiVersion = "holdfast.dev/v1";

/** How long a session is remembered. */
const window = "24h";

/**
 * Rules that step up what is new beside a baseline, of documents that the language has: for each agent a Meter
 * that counts what is new of a call (the tool, what it follows on, shapes and origins of its arguments),
 * a policy that asks a person about a tool that no run called, about what is new beyond `most` in a
 * session, and about calls beyond twice the most of any run. Versions and models of an agent count as one.
 * Pure; the text of one file.
 */
export function noveltyRules({ agents }: Baseline, options: NoveltyRuleOptions): string {
  const ids = [...new Set(agents.map(({ agent }) => agent))].sort();
  const taken = new Set<string>();
  return ids
    .flatMap((id) => {
      const plain = lowerAscii(id)
        .replaceAll(/[^a-z0-9]+/gu, "-")
        .replaceAll(/^-+|-+$/gu, "");
      let slug = plain || "agent";
      for (let at = 2; taken.has(slug); at += 1) slug = `${plain}-${at}`;
      taken.add(slug);
      const own = agents.filter(({ agent }) => agent === id);
      return agentDocuments(slug, id, own.reduce(joined), options);
    })
    .map((document) => printForm(document))
    .join("---\n");
}

function agentDocuments(
  slug: string,
  agent: string,
  baseline: AgentBaseline,
  { most, approvers }: NoveltyRuleOptions,
): readonly JsonObject[] {
  const names = Object.keys(baseline.tools).sort();
  const match = { agents: [agent] };
  const key = ["session.id"];
  const events: JsonObject[] = [];
  const cases = names.map((name, at) => {
    const terms = termsOf(name, baseline);
    const order = orderOf(`${slug}-${at}`, name, baseline);
    if (order !== undefined) {
      events.push(...order.events.map((each) => event(each, { match, key })));
      terms.push(order.when);
    }
    const sum = terms.map((term) => `(${term} ? 1 : 0)`).join(" + ") || "0";
    return `${calledTool} == ${JSON.stringify(name)} ? ${sum}`;
  });
  const approval = { from: [...approvers], quorum: 1, ttl: "15m" };
  const meter = (name: string, reserve: JsonObject): JsonObject => ({
    apiVersion,
    kind: "Meter",
    metadata: { name },
    spec: { match, ...reserve, key, window },
  });
  const [novelty, calls] = [`novelty-${slug}`, `calls-${slug}`];
  const rule = (id: string, more: JsonObject, reason: string): JsonObject => ({
    id,
    effect: "step_up",
    ...more,
    approval,
    reason,
  });
  const limit = (name: string, max: number): JsonObject => ({ limit: { meter: name, max } });
  return [
    ...events,
    meter(novelty, { reserve: [...cases, "1"].join("\n: ") }),
    meter(calls, {}),
    {
      apiVersion,
      kind: "Policy",
      metadata: {
        name: novelty,
        description: `what is new beside ${baseline.runs} runs of ${baseline.calls} calls`,
      },
      spec: {
        match,
        rules: [
          rule(
            "unknown-tool",
            { when: `!(${calledTool} in ${list(names)})` },
            "no run of the baseline called this tool",
          ),
          rule(
            "much-novelty",
            limit(novelty, most),
            "this session shows more that is new than is let pass",
          ),
          rule(
            "many-calls",
            limit(calls, 2 * baseline.mostCallsPerRun),
            "this session has over twice as many calls as any of the baseline",
          ),
        ],
      },
    },
  ];
}

const calledTool = 'tool.server + "." + tool.name';

/** CEL, each true when something of the call's arguments is new. */
function termsOf(name: string, { tools }: AgentBaseline): string[] {
  const args = tools[name]?.arguments ?? {};
  const terms: string[] = [];
  for (const argument of Object.keys(args).sort()) {
    const known = args[argument];
    if (known === undefined) continue;
    const origin = isNewOrigin(argument, known);
    terms.push(isNewShape(argument, known));
    if (origin !== undefined) terms.push(origin);
  }
  return terms;
}

interface NamedEvent {
  readonly name: string;
  readonly when: string;
}

/** What says that a tool follows on one that it never followed on; undefined when it followed on all. */
function orderOf(
  slug: string,
  name: string,
  { tools, transitions }: AgentBaseline,
): { readonly events: readonly NamedEvent[]; readonly when: string } | undefined {
  const before = Object.keys(transitions).filter((each) => name in (transitions[each] ?? {}));
  const usual = before.filter((each) => each !== start).sort();
  const isFirst = before.includes(start);
  if (isFirst && usual.length === Object.keys(tools).length) return undefined;
  const [after, aside] = [`before-${slug}`, `aside-${slug}`];
  // It is called first, and after nothing: whatever was called before is unusual.
  if (usual.length === 0 && isFirst) {
    return { events: [{ name: aside, when: "true" }], when: `happened("${aside}")` };
  }
  const isUsual = `${calledTool} in ${list(usual)}`;
  const unusual = `happened("${aside}") && !since("${after}", "${aside}")`;
  return {
    events: [
      { name: after, when: isUsual },
      { name: aside, when: `!(${isUsual})` },
    ],
    when: isFirst ? unusual : `${unusual} || !happened("${aside}") && !happened("${after}")`,
  };
}

/** An Event counts for and against: whatever is called last decides, so that both ways are meant. */
function event(
  { name, when }: NamedEvent,
  { match, key }: { readonly match: JsonObject; readonly key: string[] },
): JsonObject {
  const spec = { match, at: "begin", when, key, polarity: "accepted" };
  return { apiVersion, kind: "Event", metadata: { name }, spec };
}

function list(names: readonly string[]): string {
  return `[${names.map((name) => JSON.stringify(name)).join(", ")}]`;
}

/** Two baselines of one agent as one, that has seen what either has. */
function joined(one: AgentBaseline, other: AgentBaseline): AgentBaseline {
  const tools: Record<string, AgentBaseline["tools"][string]> = { ...one.tools };
  for (const [name, { tasks, mostPerRun, arguments: args }] of Object.entries(other.tools)) {
    const own = tools[name];
    const known = { ...own?.arguments };
    for (const [argument, { shapes, sizes, origins }] of Object.entries(args)) {
      const before = known[argument];
      known[argument] = {
        shapes: { ...before?.shapes, ...shapes },
        sizes: { ...before?.sizes, ...sizes },
        origins: { ...before?.origins, ...origins },
      };
    }
    tools[name] = {
      tasks: tasks + (own?.tasks ?? 0),
      mostPerRun: Math.max(mostPerRun, own?.mostPerRun ?? 0),
      arguments: known,
    };
  }
  const transitions = { ...one.transitions };
  for (const [name, after] of Object.entries(other.transitions)) {
    transitions[name] = { ...transitions[name], ...after };
  }
  return {
    agent: one.agent,
    tasks: one.tasks + other.tasks,
    runs: one.runs + other.runs,
    calls: one.calls + other.calls,
    mostCallsPerRun: Math.max(one.mostCallsPerRun, other.mostCallsPerRun),
    tools,
    transitions,
  };
}
