import type { Expr } from "../../cel/syntax.ts";
import type { PolicyPlan } from "../rule/program.ts";

/** How a path is read: what holds its last field, then the field or whether it is there. */
export interface Load {
  /** the holder as JavaScript; `undefined` at run time is an error */
  readonly holder: string;
  readonly read: (holder: string) => string;
  readonly test: (holder: string) => string;
  /** the field as JavaScript, when its holder is always there; `undefined` when it is absent */
  readonly direct?: string;
  /** the value itself, when the policy alone decides it */
  readonly constant?: string | number | boolean | readonly unknown[];
}

/** Roots whose fields are the request's own, any field. */
const open: Readonly<Record<string, string>> = {
  args: "a",
  original: "q.args",
  context: "q.context",
  claims: "q.claims",
};
/** Roots with fields known by name. */
const closed: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  agent: ["q.agent", ["id", "roles", "version", "owner", "attributes"]],
  user: ["q.user", ["id", "roles", "attributes"]],
  session: ["q.session", ["id", "task"]],
  tool: ["q.tool", ["server", "name"]],
  action: ["q.action", ["kind", "operation", "phase"]],
};

const asMap = (held: string): string =>
  `typeof ${held}==="object"&&${held}!==null&&!Array.isArray(${held})`;

/** How a path or `has(path)` is read; `undefined` for anything else. */
export function loadOf(expr: Expr, plan: PolicyPlan): Load | undefined {
  const path = pathOf(expr);
  if (path === undefined) return undefined;
  const [root = "", ...fields] = path;
  const only = wholeRoot(root);
  if (fields.length === 0) return expr.kind === "has" ? undefined : only;
  if (root === "params") return expr.kind === "has" ? undefined : parameter(fields, plan);
  if ((root === "tool" || root === "action") && fields.join() === "labels") {
    return expr.kind === "has" ? undefined : whole("s.plan.labels");
  }
  const known = closed[root];
  if (known !== undefined && !known[1].includes(fields[0] ?? "")) return undefined;
  const base = known?.[0] ?? open[root];
  if (base === undefined || fields.some((field) => field in Object.prototype)) return undefined;
  const last = JSON.stringify(fields.at(-1));
  const always = root !== "user" && root !== "session";
  const direct = fields.length === 1 && always ? { direct: `${base}[${last}]` } : {};
  // A user that is null, or an absent session, is an error to read from.
  let holder = known === undefined ? base : `(${base}===null?undefined:${base})`;
  for (const field of fields.slice(0, -1)) {
    holder = `s.field(${holder},${JSON.stringify(field)})`;
  }
  return {
    holder,
    ...direct,
    read: (held) => `(${asMap(held)}?${held}[${last}]:undefined)`,
    test: (held) => `(${asMap(held)}?(${held}[${last}]===undefined?0:1):2)`,
  };
}

function whole(text: string): Load {
  return { holder: text, read: (held) => held, test: (held) => held };
}

function wholeRoot(root: string): Load | undefined {
  switch (root) {
    case "tenant":
      return whole("q.tenant");
    case "environment":
      return whole("q.environment");
    case "user":
      return whole("q.user");
    default:
      return undefined;
  }
}

/** A parameter that is one scalar. */
function parameter(fields: readonly string[], { policy }: PolicyPlan): Load | undefined {
  const [name = "", ...more] = fields;
  if (more.length > 0 || !Object.hasOwn(policy.params, name)) return undefined;
  const value = policy.params[name];
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
    return undefined;
  }
  return { ...whole("undefined"), constant: value };
}

function pathOf(expr: Expr): readonly string[] | undefined {
  if (expr.kind === "ident") return [expr.name];
  if (expr.kind === "has") {
    const operand = pathOf(expr.operand);
    return operand === undefined ? undefined : [...operand, expr.field];
  }
  if (expr.kind !== "select" || expr.optional) return undefined;
  const operand = pathOf(expr.operand);
  return operand === undefined ? undefined : [...operand, expr.field];
}
