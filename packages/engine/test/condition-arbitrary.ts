import fc from "fast-check";

/**
 * A condition as a tree, so that a part of it can be replaced; `bool` everywhere, but for atoms
 * that are errors on some requests. `conditionText` writes it as CEL.
 */
export type Condition =
  | { readonly op: "atom"; readonly text: string }
  | { readonly op: "not" | "and" | "or" | "if"; readonly parts: readonly Condition[] };

/** What a condition may speak of: the tool's arguments, or none when a policy matches several. */
export interface Vocabulary {
  readonly tool: ToolName | undefined;
  readonly phase: "call" | "result";
  /** allow rules read Events that record success, narrowing ones those at begin */
  readonly grants: boolean;
}

export type ToolName = "a.read" | "b.send" | "c.pay" | "d.raw";

/** Atoms that are bools whenever the tool's schema is held, and errors where arguments lack. */
const argumentAtoms: Readonly<Record<ToolName, readonly string[]>> = {
  "a.read": ["args.text == 'x'", "has(args.n)", "args.n > 2", "args.flag"],
  "b.send": [
    "from_only(args.to, ['user', 'own'])",
    "args.to.startsWith('a')",
    "args.body.contains('k')",
    "has(args.body)",
  ],
  "c.pay": ["args.amount > 5", "args.amount <= 10", "args.amount * 2 == 10", "args.to == 'y'"],
  "d.raw": ["args.any == 1", "has(args.any)", "args.deep.er > 0"],
};

const anyAtoms: readonly string[] = [
  "true",
  "true",
  "size(agent.id) > 0",
  "tenant == 'default'",
  "false",
  "agent.id == 'bot'",
  "'lead' in agent.roles",
  "has(context.x)",
  "context.x > 2",
  "context.x == 'k'",
  "tool.server == 'a'",
  "'egress' in action.labels",
  "delegation.exists(d, d.agent.id == 'lead')",
  "size(delegation) == 0",
  "1 / 0 == 1",
  "now < timestamp('2026-11-21T10:00:00Z')",
  "names_act(tool)",
];

const narrowingAtoms: readonly string[] = [
  "happened('seen')",
  "count('paid', duration('10m')) > 1",
  "happened('tried', duration('5m'))",
  "environment == 'staging'",
  "session.id == 's1'",
  "from_only(args, ['user', 'own'])",
  "no_worse(origin(args), 'named_text')",
  "origin(args).tier == 'text'",
];

const grantingAtoms: readonly string[] = [
  "happened('done')",
  "happened('done', duration('5m'))",
  "since('done', 'redone')",
  "from_only(args, ['user', 'own', 'read', 'exec'])",
];

const resultAtoms: readonly string[] = [
  "has(result.secret)",
  "result.secret == 'k'",
  "outcome.status == 'failure'",
];

/** A condition over the vocabulary, at most three operators deep. */
export function conditionArbitrary(vocabulary: Vocabulary): fc.Arbitrary<Condition> {
  const atoms = [
    ...anyAtoms,
    ...(vocabulary.grants ? grantingAtoms : narrowingAtoms),
    ...(vocabulary.phase === "result" ? resultAtoms : []),
  ];
  const ofArguments = vocabulary.tool === undefined ? [] : argumentAtoms[vocabulary.tool];
  const atom = fc
    .oneof(
      fc.constantFrom(...atoms),
      // Half of what is said of one tool is said of its arguments.
      ...(ofArguments.length === 0 ? [] : [fc.constantFrom(...ofArguments)]),
    )
    .map((text): Condition => ({ op: "atom", text }));
  const grown = (inner: fc.Arbitrary<Condition>): fc.Arbitrary<Condition> =>
    fc.oneof(
      { weight: 4, arbitrary: atom },
      fc
        .tuple(fc.constantFrom("and" as const, "or" as const), inner, inner)
        .map(([op, a, b]): Condition => ({ op, parts: [a, b] })),
      inner.map((a): Condition => ({ op: "not", parts: [a] })),
      fc.tuple(inner, inner, inner).map((parts): Condition => ({ op: "if", parts })),
    );
  // A high amount may only narrow, so a Meter is read where nothing can turn it round.
  const metered: Condition = {
    op: "atom",
    text: vocabulary.grants ? "meter('spent') <= 6.0" : "meter('spent') > 6.0",
  };
  // Hints only narrow, and the compiler lets nothing turn one round.
  const hint: Condition = {
    op: "atom",
    text: "touches(args, 'untrusted') || requested_by(args).mood == 'request'",
  };
  const op = vocabulary.grants ? "and" : "or";
  const whole = grown(grown(atom));
  return fc.oneof(
    { weight: 7, arbitrary: whole },
    { weight: 1, arbitrary: whole.map((each): Condition => ({ op, parts: [each, metered] })) },
    ...(vocabulary.grants
      ? []
      : [
          {
            weight: 1,
            arbitrary: whole.map((each): Condition => ({ op: "or", parts: [each, hint] })),
          },
        ]),
  );
}

/** The condition as CEL, with every operand in parentheses. */
export function conditionText(condition: Condition): string {
  if (condition.op === "atom") return condition.text;
  const [a, b, c] = condition.parts.map((part) => `(${conditionText(part)})`);
  switch (condition.op) {
    case "not":
      return `!${a}`;
    case "and":
      return `${a} && ${b}`;
    case "or":
      return `${a} || ${b}`;
    case "if":
      return `${a} ? ${b} : ${c}`;
  }
}

/** How many parts a condition has, itself included. */
export function conditionSize(condition: Condition): number {
  const parts = condition.op === "atom" ? [] : condition.parts;
  return parts.reduce((size, part) => size + conditionSize(part), 1);
}

/**
 * The condition with its part number `at` (itself 0, then in order) replaced by an error. The
 * part stays written there, so that the set still reads the same history.
 */
export function withErrorAt(condition: Condition, at: number): Condition {
  if (at === 0) {
    const text = `(dyn({}).missing == true) && ((${conditionText(condition)}) || true)`;
    return { op: "atom", text };
  }
  if (condition.op === "atom") return condition;
  let before = 1;
  const parts = condition.parts.map((part) => {
    const position = at - before;
    const size = conditionSize(part);
    before += size;
    return position >= 0 && position < size ? withErrorAt(part, position) : part;
  });
  return { op: condition.op, parts };
}
