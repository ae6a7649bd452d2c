import { loadPolicySet, parseExpression } from "@holdfast/engine";
import type { Bundle } from "@holdfast/engine";
import { celText } from "./policy-text.ts";
import { baseFiles } from "./policy-text.ts";
import type { Rule } from "./condition.ts";
import type { RuleSource } from "./rule-source.ts";

type Policy = Bundle["policies"][number];
type Expression = NonNullable<Policy["rules"][number]["when"]>;
type Limit = NonNullable<Extract<Policy["rules"][number], { readonly effect: "deny" }>["limit"]>;

const start = { offset: 0, line: 1, column: 1 };
const source = { file: "policies/assembled.yaml", start, end: start };

/**
 * The bundle that `loadPolicySet` makes of the same rules, put together without their text: tools,
 * Events, Meters and global rules are loaded, the policies of pairs are made from conditions that
 * are parsed once for each text. For sizes whose YAML would take minutes to read.
 *
 * @throws Error when a generated condition does not parse
 */
export function assembledBundle(rules: RuleSource): Bundle {
  const loaded = loadPolicySet(baseFiles(rules), { root: "policies" });
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]?.message);
  const maker = new PolicyMaker();
  const { roles, tools } = rules.grid;
  const policies: Policy[] = [...loaded.bundle.policies];
  for (let role = 0; role < roles; role += 1) {
    for (let tool = 0; tool < tools; tool += 1) policies.push(maker.of(rules.of(role, tool)));
  }
  return { ...loaded.bundle, policies };
}

/** Makes policies that share what is equal in them. */
class PolicyMaker {
  readonly #rules = new Map<string, Policy["rules"][number]>();
  readonly #conditions = new Map<string, Expression>();
  readonly #ids = new Map<string, string>();
  readonly #limits = new Map<string, Limit>();
  readonly #lists = new Map<string, readonly string[]>();

  of([allow, deny]: readonly [Rule, Rule]): Policy {
    const [name = ""] = allow.name.split("/");
    return {
      kind: "Policy",
      name,
      labels: none,
      mode: "enforce",
      match: {
        agentRoles: this.#list(allow.role ?? ""),
        tools: this.#list(allow.tool ?? ""),
        phase: "call",
      },
      params: none,
      variables: noItems,
      rules: [this.#rule(allow), this.#rule(deny)],
      source,
    };
  }

  /** A rule, one object for all that are equal, as none of them has a place in a text. */
  #rule(rule: Rule): Policy["rules"][number] {
    const id = this.#id(rule.name.split("/")[1] ?? "");
    const { effect, condition } = rule;
    const asks =
      condition.kind === "limit" ? `${condition.meter} ${condition.max}` : celText(condition);
    const text = `${id} ${effect} ${condition.kind} ${asks ?? ""}`;
    let known = this.#rules.get(text);
    if (known === undefined) {
      known = this.#made(id, effect, condition);
      this.#rules.set(text, known);
    }
    return known;
  }

  #made(id: string, effect: Rule["effect"], condition: Rule["condition"]): Policy["rules"][number] {
    // Written out: V8 gives an object that begins with a spread a hidden class of its own.
    if (condition.kind === "limit") {
      const { meter, max } = condition;
      const limit = this.#limit(meter, max);
      return { id, effect: "deny", limit, obligations: noItems, ownAuthority: false, source };
    }
    const when = this.#condition(celText(condition) ?? "true");
    return { id, effect, when, obligations: noItems, ownAuthority: false, source };
  }

  #condition(text: string): Expression {
    let known = this.#conditions.get(text);
    if (known === undefined) {
      const parsed = parseExpression(text);
      if (!parsed.ok) throw new Error(`a generated condition does not parse: ${text}`);
      known = { text, ast: parsed.ast, source, offsets: noItems };
      this.#conditions.set(text, known);
    }
    return known;
  }

  #id(text: string): string {
    const known = this.#ids.get(text);
    if (known === undefined) this.#ids.set(text, text);
    return known ?? text;
  }

  #limit(meter: string, max: number): Limit {
    const text = `${meter} ${max}`;
    let known = this.#limits.get(text);
    if (known === undefined) {
      known = { meter, max, source };
      this.#limits.set(text, known);
    }
    return known;
  }

  #list(item: string): readonly string[] {
    let known = this.#lists.get(item);
    if (known === undefined) {
      known = [item];
      this.#lists.set(item, known);
    }
    return known;
  }
}

const none = {};
const noItems: readonly never[] = [];
