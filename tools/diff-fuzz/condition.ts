import type { Chance } from "../engine-fuzz/chance.ts";

export type ToolName = "mail.send" | "db.read" | "raw.do" | "fs.put";

const everywhere: readonly string[] = [
  "has(context.x)",
  "context.x > 2",
  "context.x == 'k'",
  "context.x in [3, 'k']",
  "agent.id == 'bot'",
  "agent.id.startsWith('le')",
  "agent.id in lists.people",
  "'lead' in agent.roles",
  "size(agent.roles) > 1",
  "user != null",
  "user.id == 'u'",
  "'admin' in user.roles",
  "session.id == 's1'",
  "environment == 'staging'",
  "happened('seen')",
  "happened('seen', duration('5m'))",
  "count('seen', duration('20m')) > 1",
  "happened('done')",
  "since('done', 'seen')",
  "meter('spent') > 3.0",
  "meter('often') <= 1.0",
  "tool.name == 'send'",
  "tool.server.startsWith('d')",
  "'egress' in action.labels",
  "action.kind == 'mcp'",
  "size(delegation) == 0",
  "size(delegation) > 1",
  "delegation.all(d, d.agent.id != agent.id)",
  "'write' in action.labels",
  "'unlabelled' in tool.labels",
  "action.operation == 'read'",
  "tenant == 'default'",
  "session.task == 't'",
  "has(session.task)",
  "session.root == 's0'",
  "agent.attributes.team == 'a'",
  "has(agent.owner)",
  "agent.version == '2'",
  "claims.x == 1",
  "has(context.deep.er)",
  "size(user.roles) == 0",
  "delegation.exists(d, d.agent.id == 'lead')",
  "now < timestamp('2026-01-01T00:00:00.001Z')",
  "1 / 0 == 1",
  "true",
  "false",
];

const ofTexts: readonly string[] = [
  "args.to == 'a@x'",
  "args.to != 'b@y'",
  "has(args.to)",
  "has(args.to) && args.to.startsWith('a')",
  "args.to.startsWith('a')",
  "args.to.endsWith('x')",
  "args.to.contains('@')",
  "args.to.matches('^[ab]@[xy]$')",
  "args.to in ['a@x', 'b@y']",
  "args.to in lists.people",
  "size(args.to) > 3",
  "size(args.to) == 3",
  "glob('*@x', args.to)",
  "domain(args.to, 'x.example')",
  "args.to == agent.id",
  "['a', 'b'].exists(p, args.to.startsWith(p))",
  "original.to == 'a@x'",
];

const ofNumbers: readonly string[] = [
  "args.n > 2",
  "args.n >= params.limit",
  "args.n == 3",
  "args.n < 2.5",
  "args.n + 1 > 3",
  "args.n * 2 == 6",
  "has(args.n)",
  "variables.big",
  "has(original.n)",
  "args.n in [1, 5]",
];

const byTool: Readonly<Record<ToolName, readonly string[]>> = {
  "mail.send": [...ofTexts, ...ofNumbers, "args.flag", "args.flag == false", "has(args.flag)"],
  "db.read": [
    ...ofTexts,
    ...ofNumbers,
    "'a' in args.tags",
    "size(args.tags) > 1",
    "has(args.tags)",
  ],
  "fs.put": [...ofTexts, ...ofNumbers, "has(args.extra)", "args.extra == 1", "args.n + 1.0 > 3.0"],
  "raw.do": [
    ...ofNumbers,
    "args.missing == 1",
    "args.deep.er > 1",
    "has(args.deep.er)",
    "args.n == 'k'",
  ],
};

const ofResults: readonly string[] = [
  "has(result.secret)",
  "result.secret == 'k'",
  "outcome.status == 'failure'",
];

/** Conditions that are not looked into. */
const opaque: readonly string[] = [
  "args.n % 2 == 0",
  "args.to.upperAscii() == 'A@X'",
  "args.n * args.n > 8",
  "size(resources) > 0",
  "action.labels.exists(l, l == 'egress')",
];

/** A condition as CEL, at most two operators deep; of one tool, or of any. */
export function conditionText(
  chance: Chance,
  tool: ToolName | undefined,
  phase: "call" | "result",
): string {
  const atom = (): string => {
    if (phase === "result" && chance.once(3)) return chance.of(ofResults);
    if (chance.once(40)) return chance.of(opaque);
    return tool === undefined || chance.once(3) ? chance.of(everywhere) : chance.of(byTool[tool]);
  };
  const grown = (depth: number): string => {
    if (depth === 0 || chance.once(2)) return atom();
    const [a, b] = [grown(depth - 1), grown(depth - 1)];
    switch (chance.below(6)) {
      case 0:
        return `!(${a})`;
      case 1:
        return `(${a}) ? (${b}) : (${grown(depth - 1)})`;
      case 2:
      case 3:
        return `(${a}) || (${b})`;
      default:
        return `(${a}) && (${b})`;
    }
  };
  return grown(2);
}
