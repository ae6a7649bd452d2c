import { mixed } from "./chance.ts";
import { isHistory } from "./condition.ts";
import type { Condition, HistoryCondition, Rule } from "./condition.ts";
import type { Conditions, Grid } from "./scenario.ts";

const digits = (number: number): string => String(number).padStart(4, "0");
// Longer than ten characters: V8 hashes shorter texts while it parses JSON.
export const roleName = (role: number): string => `support-team-${digits(role)}`;
export const agentName = (agent: number): string => `agent-of-support-${digits(agent)}`;
export const currencies = ["EUR", "USD", "GBP", "JPY"];
export const regions = ["eu-west", "eu-north", "us-east", "us-west", "ap-south", "sa-east"];
/** The tool whose results say which customers an agent deals with. */
export const directoryTool = { server: "customer-directory", name: "find-customers" };
const customers = 1_000;
export const customerName = (customer: number): string => `customer-${customer}@mail.example`;

/** The customers an agent deals with: the first two are those its user speaks of. */
export function customersOf(agent: number): readonly number[] {
  return Array.from({ length: 10 }, (_, index) => (agent * 7 + index) % customers);
}

export const teamPath = (team: number): string => `/data/team-${digits(team)}/`;

/** Tools come ten to a server. */
export function toolName(tool: number): { readonly server: string; readonly name: string } {
  return {
    server: `service-${digits(Math.floor(tool / 10))}`,
    name: `update-record-${digits(tool)}`,
  };
}

export function toolText(tool: number): string {
  const { server, name } = toolName(tool);
  return `${server}.${name}`;
}

const labelSets = [["read", "untrusted"], ["write"], ["money", "write"], ["egress", "write"]];

/** What an operator labelled a tool with. */
export function toolLabels(tool: number): readonly string[] {
  return labelSets[tool % labelSets.length] ?? [];
}

/**
 * The rules of a policy set, made when they are asked for: nothing of a million rules is kept,
 * so that the memory of a run is the engine's.
 */
export class RuleSource {
  readonly grid: Grid;
  readonly conditions: Conditions;
  readonly globals: readonly Rule[];

  constructor(grid: Grid, conditions: Conditions) {
    this.grid = grid;
    this.conditions = conditions;
    this.globals = conditions === "numeric" ? [] : globalRules(conditions);
  }

  /** The two rules of a role and a tool: one grants, one narrows. */
  of(role: number, tool: number): readonly [allow: Rule, deny: Rule] {
    const pair = role * this.grid.tools + tool;
    const name = `p-${digits(role)}-${digits(tool)}`;
    const keys = { role: roleName(role), tool: toolText(tool) };
    const [granting, narrowing] = this.#conditionsOf(pair, role, tool);
    return [
      { name: `${name}/grant`, effect: "allow", ...keys, condition: granting },
      { name: `${name}/unless`, effect: "deny", ...keys, condition: narrowing },
    ];
  }

  /** Every rule, those of a pair together. */
  *all(): Generator<Rule> {
    for (let role = 0; role < this.grid.roles; role += 1) {
      for (let tool = 0; tool < this.grid.tools; tool += 1) yield* this.of(role, tool);
    }
    yield* this.globals;
  }

  #conditionsOf(pair: number, role: number, tool: number): readonly [Condition, Rule["condition"]] {
    const seed = mixed(pair);
    const { conditions } = this;
    if (conditions === "numeric") return [granting(0, seed, role), narrowing(0, seed, role)];
    const kind = seed % 6;
    const other = mixed(seed) % 6;
    if (conditions === "mixed") return [granting(kind, seed, role), narrowing(other, seed, role)];
    return [granting(kind, seed, role), historical(seed, tool) ?? narrowing(other, seed, role)];
  }
}

/** Holds for most actions. */
function granting(kind: number, seed: number, role: number): Condition {
  switch (kind) {
    case 0:
      return { kind: "compare", argument: "amount", sign: "<", number: 6_000 + (seed % 3_000) };
    case 1:
      return { kind: "equals", argument: "currency", text: currencies[(seed >>> 8) % 2] ?? "EUR" };
    case 2: {
      const from = (seed >>> 8) % 3;
      return { kind: "one-of", argument: "region", texts: regions.slice(from, from + 4) };
    }
    case 3:
      return { kind: "prefix", argument: "path", text: teamPath(role) };
    case 4:
      return { kind: "flag", urgent: false, sign: "<", number: 80 + (seed % 20) };
    default:
      return { kind: "own" };
  }
}

/** Holds for few actions. */
function narrowing(kind: number, seed: number, role: number): Condition {
  switch (kind) {
    case 0:
      return { kind: "compare", argument: "quantity", sign: ">", number: 90 + (seed % 10) };
    case 1:
      return { kind: "equals", argument: "currency", text: "JPY" };
    case 2:
      return { kind: "one-of", argument: "region", texts: regions.slice(5) };
    case 3:
      return { kind: "prefix", argument: "path", text: `${teamPath(role)}private-` };
    case 4:
      return { kind: "flag", urgent: true, sign: ">", number: 70 + (seed % 20) };
    default:
      return { kind: "prefix", argument: "to", text: "everyone-" };
  }
}

/**
 * What a narrowing rule asks of what came before: of a tool that sends, whether the recipient is
 * one the agent may know; of the others five in eight ask for Events and Meters.
 */
function historical(seed: number, tool: number): HistoryCondition | undefined {
  const labels = toolLabels(tool);
  if (labels.includes("egress")) return { kind: "foreign" };
  switch ((seed >>> 16) % 8) {
    case 0:
    case 1:
      return {
        kind: "happened",
        event: "untrusted-read",
        minutes: 30,
        above: 7_000 + (seed % 2_000),
      };
    case 2:
      return { kind: "count", event: "egress-begun", minutes: 10, more: 4 + (seed % 3) };
    case 3:
    case 4:
      return labels.includes("money")
        ? { kind: "limit", meter: "spend", max: 60_000 + (seed % 10_000) }
        : { kind: "limit", meter: "calls", max: 14 + (seed % 4) };
    default:
      return undefined;
  }
}

function globalRules(conditions: Conditions): readonly Rule[] {
  const deny = (id: string, condition: Rule["condition"], label?: string): Rule => ({
    name: `baseline-${isHistory(condition) ? id : "all"}/${id}`,
    effect: "deny",
    ...(label === undefined ? {} : { label }),
    condition,
  });
  const plain = [
    deny("too-much", { kind: "compare", argument: "amount", sign: ">", number: 9_900 }),
    deny("too-many", { kind: "compare", argument: "quantity", sign: ">", number: 98 }),
    deny("currency", { kind: "equals", argument: "currency", text: "XAU" }),
    deny("region", { kind: "one-of", argument: "region", texts: ["nowhere-1", "nowhere-2"] }),
    deny("system-path", { kind: "prefix", argument: "path", text: "/etc/" }),
    deny("hasty", { kind: "flag", urgent: true, sign: ">", number: 95 }),
  ];
  if (conditions === "mixed") {
    return [
      ...plain,
      deny("broadcast", { kind: "prefix", argument: "to", text: "all-staff@" }),
      deny("secret-path", { kind: "prefix", argument: "path", text: "/root/" }),
    ];
  }
  return [
    ...plain,
    deny(
      "tainted",
      { kind: "happened", event: "untrusted-read", minutes: 30, above: 9_000 },
      "egress",
    ),
    deny("burst", { kind: "count", event: "large-amount", minutes: 10, more: 12 }),
  ];
}
