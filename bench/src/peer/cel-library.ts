import type { Action } from "../action-stream.ts";
import { isHistory } from "../condition.ts";
import type { Rule } from "../condition.ts";
import type { Candidate, Contender } from "../contender.ts";
import { celText } from "../policy-text.ts";
import type { RuleSource } from "../rule-source.ts";
import { peerModule } from "./peer-module.ts";

/** What an expression sees; whole numbers as CEL has them. */
type Bindings = Readonly<Record<string, unknown>>;
type Program = (bindings: Bindings) => unknown;
type Compile = (text: string) => Program;

interface MarcBachmannCel {
  readonly Environment: new (options: object) => { parse(text: string): Program };
}

interface BufbuildCel {
  readonly celEnv: () => unknown;
  readonly parse: (text: string) => unknown;
  readonly plan: (env: unknown, expression: unknown) => Program;
}

const libraries: Readonly<Record<string, () => Promise<Compile>>> = {
  "@marcbachmann/cel-js": async () => {
    const { Environment } = await peerModule<MarcBachmannCel>("@marcbachmann/cel-js");
    const environment = new Environment({ unlistedVariablesAreDyn: true });
    return (text) => environment.parse(text);
  },
  "@bufbuild/cel": async () => {
    const { celEnv, parse, plan } = await peerModule<BufbuildCel>("@bufbuild/cel");
    const environment = celEnv();
    return (text) => plan(environment, parse(text));
  },
};

/** CEL libraries know expressions, not rules: once looking at every rule, once behind an index. */
export const celLibraries: readonly Candidate[] = Object.entries(libraries).flatMap(
  ([name, library]): Candidate[] => [
    {
      name,
      indexed: false,
      partial: false,
      method: "an expression for each rule, denies first, until one holds",
      holds: ["numeric", "mixed"],
      load: async (source) => scanning(source, await library()),
    },
    {
      name: `${name} indexed`,
      indexed: true,
      partial: false,
      method: "expressions behind a Map by role and tool",
      holds: ["numeric", "mixed"],
      load: async (source) => indexed(source, await library()),
    },
  ],
);

function scanning(source: RuleSource, compile: Compile): Contender<Bindings> {
  const started = performance.now();
  const denies: Program[] = [];
  const allows: Program[] = [];
  for (const rule of source.all()) {
    const keys = [
      ...(rule.role === undefined ? [] : [`role == "${rule.role}"`]),
      ...(rule.tool === undefined ? [] : [`tool == "${rule.tool}"`]),
    ];
    const program = compile([...keys, conditionText(rule)].join(" && "));
    (rule.effect === "deny" ? denies : allows).push(program);
  }
  return {
    loadMs: performance.now() - started,
    prepare: bindingsOf,
    decide: (bindings) => (!someHolds(denies, bindings) && someHolds(allows, bindings) ? 1 : 0),
  };
}

interface Pair {
  readonly denies: Program[];
  readonly allows: Program[];
}

function indexed(source: RuleSource, compile: Compile): Contender<Prepared> {
  const started = performance.now();
  const roles = new Map<string, Map<string, Pair>>();
  const everywhere: Program[] = [];
  for (const rule of source.all()) {
    const program = compile(conditionText(rule));
    if (rule.role === undefined || rule.tool === undefined) {
      everywhere.push(program);
      continue;
    }
    const tools = roles.get(rule.role) ?? new Map<string, Pair>();
    const pair = tools.get(rule.tool) ?? { denies: [], allows: [] };
    (rule.effect === "deny" ? pair.denies : pair.allows).push(program);
    roles.set(rule.role, tools.set(rule.tool, pair));
  }
  return {
    loadMs: performance.now() - started,
    prepare: (action) => ({ role: action.request.agent.roles[0] ?? "", ...preparedOf(action) }),
    decide: ({ role, tool, bindings }) => {
      const pair = roles.get(role)?.get(tool);
      if (pair === undefined || someHolds(everywhere, bindings)) return 0;
      return !someHolds(pair.denies, bindings) && someHolds(pair.allows, bindings) ? 1 : 0;
    },
  };
}

interface Prepared {
  readonly role: string;
  readonly tool: string;
  readonly bindings: Bindings;
}

function preparedOf(action: Action): Omit<Prepared, "role"> {
  const { server, name } = action.request.tool;
  return { tool: `${server}.${name}`, bindings: bindingsOf(action) };
}

function someHolds(programs: readonly Program[], bindings: Bindings): boolean {
  for (const program of programs) if (program(bindings) === true) return true;
  return false;
}

function conditionText({ condition }: Rule): string {
  const text = isHistory(condition) ? undefined : celText(condition);
  if (text === undefined) throw new RangeError(`no condition \`${condition.kind}\``);
  return text;
}

function bindingsOf({ agent, request, args }: Action): Bindings {
  return {
    role: request.agent.roles[0],
    tool: `${request.tool.server}.${request.tool.name}`,
    agent: { id: agent },
    args: { ...args, amount: BigInt(args.amount), quantity: BigInt(args.quantity) },
  };
}
