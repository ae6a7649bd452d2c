import type { Chance } from "./chance.ts";

/** Conditions of the forms that become generated code, on every kind of value they can meet. */
const plainTests: readonly string[] = [
  "args.text == 'x'",
  "args.text != context.x",
  "args.n > 2",
  "args.n <= context.y",
  "args.amount < 5",
  "args.rate == 3",
  "args.rate >= 2.5",
  "3 == args.rate",
  "args.deep.er == 'k'",
  "args.deep.x > 0",
  "args.deep == context.x",
  "has(args.deep.x)",
  "has(args.to)",
  "has(context.x)",
  "has(agent.version)",
  "has(user.attributes)",
  "args.flag",
  "args.to.startsWith('x')",
  "args.text.contains(args.to)",
  "context.x.endsWith('x')",
  "args.text.contains('.e')",
  "context.x.contains('ex')",
  "args.to in ['x', 'k', 1]",
  "args.n in [1, 2.5, 3, 4, 5, 6, 7, 8, 9, 10]",
  "'support' in agent.roles",
  "args.text in args.tags",
  "'money' in action.labels",
  "agent.id == 'bot'",
  "agent.owner == 'user:ana'",
  "user != null",
  "user.id == 'u'",
  "session.id != 's2'",
  "session.task == 't'",
  "environment == 'staging'",
  "tenant == 'default'",
  "action.kind == 'mcp'",
  "tool.server != 'a'",
  "claims.who == params.word",
  "args.n > params.limit",
  "original.n == args.n",
  "variables.big",
  "happened('seen')",
  "happened('tried', duration('90s'))",
  "happened('done', duration('15m'))",
  "count('paid', duration('1h')) > 1",
  "count('tried', duration('10m')) <= 4",
  "meter('spent') > 6.0",
  "meter('typed') >= meter('often')",
  "meter('often') < 3",
  "from_only(args.to, ['user', 'own'])",
  "from_only(args.text, ['read', 'directory'])",
  "from_only(args.deep, ['user'])",
  "no_worse(origin(args.to), 'named')",
  "no_worse(origin(args.rate), 'field')",
  "origin(args.text).tier == 'text'",
  "origin(args.deep).tier in ['nowhere', 'text']",
  "touches(args.text, 'untrusted')",
  "requested_by(args).mood == 'request'",
  "requested_by(args).literals > 1",
  "names_act(tool)",
];

/** The text of a condition of plain tests joined by logic. */
export function plainCondition(chance: Chance, depth: number): string {
  if (depth <= 0 || chance.once(3)) {
    const test = chance.of(plainTests);
    return chance.once(4) ? test : guarded(test);
  }
  const part = (): string => `(${plainCondition(chance, depth - 1)})`;
  switch (chance.below(6)) {
    case 0:
      return `!${part()}`;
    case 1:
      return `${part()} ? ${part()} : ${part()}`;
    case 2:
    case 3:
      return `${part()} || ${part()}`;
    default:
      return `${part()} && ${part()}`;
  }
}

/** A test that asks first whether there is what it reads, as most that people write. */
function guarded(test: string): string {
  const fields = [...new Set(test.match(/\b(?:args|context|claims)\.[a-z]+/gu) ?? [])];
  const guards = fields.map((field) => `has(${field})`);
  const [user] = /\buser\./u.exec(test) ?? [];
  return [...(user === undefined ? [] : ["user != null"]), ...guards, `(${test})`].join(" && ");
}
