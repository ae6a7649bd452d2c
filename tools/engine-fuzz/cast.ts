import type { Json, Request } from "@holdfast/model";
import type { Bundle, Constant } from "@holdfast/engine";
import type { Chance } from "./chance.ts";

/** What the rules of a set name, so that requests can be made that stand at their borders. */
export interface Cast {
  readonly agents: readonly string[];
  readonly roles: readonly string[];
  readonly userRoles: readonly string[];
  readonly tools: readonly string[];
  readonly environments: readonly string[];
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
}

/** Everything that the matches, conditions and limits of a set name. */
export function castOf({ policies, settings }: Bundle): Cast {
  const rules = policies.flatMap((policy) => policy.rules);
  const constants = rules.flatMap(({ when }) => (when === undefined ? [] : constantsIn(when.ast)));
  const limits = rules.flatMap((rule) => {
    const limit = "limit" in rule ? rule.limit : undefined;
    return limit === undefined ? [] : [limit.max];
  });
  const numbers = constants.flatMap((constant) => {
    const isNumber = ["int", "uint", "double"].includes(constant.type);
    return isNumber && "value" in constant ? [Number(constant.value)] : [];
  });
  const texts = constants.flatMap((one) => (one.type === "string" ? [one.value] : []));
  return {
    agents: namesOf(policies.flatMap(({ match }) => match.agents ?? [])),
    roles: namesOf(policies.flatMap(({ match }) => match.agentRoles ?? [])),
    userRoles: namesOf(policies.flatMap(({ match }) => match.userRoles ?? [])),
    tools: namesOf(policies.flatMap(({ match }) => match.tools ?? [])),
    environments: settings.environments,
    numbers: [...new Set([...numbers, ...limits])],
    texts: [...new Set(texts)],
  };
}

/**
 * The request with much of it taken from what the rules name, or from just beside that: so that
 * rules of few agents, tools and numbers come to be decided, and not their absence alone.
 */
export function fitted(chance: Chance, made: Request, cast: Cast): Request {
  const agent = chance.once(2) ? made.agent : named(chance, made.agent, cast);
  const user =
    made.user !== null && chance.once(2)
      ? { ...made.user, roles: [...someOf(chance, cast.userRoles, 3)] }
      : made.user;
  const environment = chance.once(2) ? made.environment : chance.of(cast.environments);
  const delegation = made.delegation.map((hop) => {
    const scopes = chance.once(2) ? ["tool:*"] : hop.scopes;
    return chance.once(2) ? hop : { agent: named(chance, hop.agent, cast), scopes };
  });
  const tool = chance.once(3) ? toolOf(chance, made.tool, cast) : made.tool;
  const args = Object.fromEntries(
    Object.entries(made.args).map(([field, value]) => [
      field,
      chance.once(2) ? beside(chance, value, cast) : value,
    ]),
  );
  const { environment: _, ...rest } = made;
  const place = environment === undefined ? {} : { environment };
  return { ...rest, ...place, agent, user, delegation, tool, args };
}

/** A value of the same type as the given one that a condition tells from its neighbours. */
function beside(chance: Chance, value: Json, { numbers, texts }: Cast): Json {
  if (typeof value === "number" && numbers.length > 0) {
    const border = chance.of(numbers);
    const whole = Number.isInteger(value);
    const moved = border + chance.of(whole ? [0, 0, 1, -1] : [0, 0, 0.5, -0.5, 1e-9]);
    return whole && !Number.isInteger(moved) ? value : moved;
  }
  if (typeof value === "string" && texts.length > 0) {
    const text = chance.of(texts);
    return chance.of([text, text, `${text}x`, text.slice(0, -1), `x${text}`, text.toUpperCase()]);
  }
  return value;
}

function named(chance: Chance, agent: Request["agent"], cast: Cast): Request["agent"] {
  const id = cast.agents.length > 0 && chance.once(2) ? chance.of(cast.agents) : agent.id;
  const roles = chance.once(2) ? [...someOf(chance, cast.roles, 4)] : agent.roles;
  return { ...agent, id, roles };
}

function toolOf(chance: Chance, tool: Request["tool"], { tools }: Cast): Request["tool"] {
  if (tools.length === 0) return tool;
  const [server = "", ...rest] = chance.of(tools).split(".");
  const name = rest.join(".");
  return /^[a-z0-9-]+$/u.test(server) && name !== "" ? { server, name } : tool;
}

function someOf(chance: Chance, names: readonly string[], most: number): readonly string[] {
  return names.length === 0 || chance.once(4) ? [] : chance.some(names, most);
}

/** Names, and of each prefix a name that has it, the prefix alone and the pattern itself. */
function namesOf(patterns: readonly string[]): readonly string[] {
  const names = patterns.flatMap((pattern) => {
    if (!pattern.endsWith("*")) return [pattern];
    const prefix = pattern.slice(0, -1);
    return [pattern, `${prefix}z`, ...(prefix === "" ? [] : [prefix])];
  });
  return [...new Set(names)];
}

function constantsIn(node: unknown): readonly Constant[] {
  if (typeof node !== "object" || node === null) return [];
  if (isConstant(node)) return [node.constant];
  return Object.values(node).flatMap(constantsIn);
}

function isConstant(node: object): node is { readonly constant: Constant } {
  return "kind" in node && node.kind === "constant" && "constant" in node;
}
