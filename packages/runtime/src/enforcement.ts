import { HoldfastError, nearestName } from "@holdfast/model";
import type { Bundle } from "@holdfast/engine";
import type { Request } from "@holdfast/model";
import type { Configuration, ConfigurationMatch } from "./configuration.ts";

/** The label of a tool that no Tool document labels. */
export const unlabelled = "unlabelled";

/**
 * Whether an action is enforced or only observed (POLICY.md section 2). Of several rules that
 * match, `enforce` wins, so their order does not matter.
 */
export function modeOf(
  { enforcement }: Configuration,
  request: Request,
  labels: readonly string[],
): "enforce" | "observe" {
  const modes = enforcement.rules
    .filter(({ match }) => matches(match, request, labels))
    .map(({ mode }) => mode);
  if (modes.length === 0) return enforcement.default;
  return modes.includes("enforce") ? "enforce" : "observe";
}

/** Every given key holds, each is any-of. */
function matches(match: ConfigurationMatch, request: Request, labels: readonly string[]): boolean {
  const { agent, user, tool, action, environment } = request;
  return (
    holds(match.agents, (wanted) => fits(wanted, agent.id)) &&
    holds(match.agent_roles, (wanted) => agent.roles.includes(wanted)) &&
    holds(match.user_roles, (wanted) => user?.roles.includes(wanted) ?? false) &&
    holds(match.tools, (wanted) => fits(wanted, `${tool.server}.${tool.name}`)) &&
    holds(match.labels, (wanted) => labels.includes(wanted)) &&
    holds(match.kinds, (wanted) => wanted === action.kind) &&
    holds(match.environments, (wanted) => wanted === environment)
  );
}

function holds<T>(wanted: readonly T[] | undefined, test: (one: T) => boolean): boolean {
  return wanted === undefined || wanted.some(test);
}

/** Exact, or everything that begins as a pattern with a final `*` does. */
function fits(pattern: string, text: string): boolean {
  return pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : pattern === text;
}

/**
 * The environment this guard works in: as given, else the configuration's, else the only one
 * declared, else `development`. An undeclared one would match no rule, so it is refused.
 *
 * @throws HoldfastError `environment_unknown` or `environment_missing`
 */
export function chooseEnvironment(
  given: string | undefined,
  configuration: Configuration,
  { settings: { environments } }: Bundle,
): string {
  const wanted = given ?? configuration.environment;
  if (wanted !== undefined) {
    if (environments.includes(wanted)) return wanted;
    const near = nearestName(wanted, environments);
    const help =
      near === undefined ? `declared: ${environments.join(", ")}` : `did you mean \`${near}\`?`;
    throw new HoldfastError("environment_unknown", `unknown environment \`${wanted}\`; ${help}`);
  }
  const [only] = environments;
  if (environments.length === 1 && only !== undefined) return only;
  if (environments.includes("development")) return "development";
  throw new HoldfastError(
    "environment_missing",
    `no environment is given; choose one of: ${environments.join(", ")}`,
  );
}

/**
 * Refuses a configuration that names what the policy set does not know: a rule that can never
 * match is a mistake, not a wish.
 *
 * @throws HoldfastError `configuration_unknown_name`
 */
export function checkConfiguration({ enforcement }: Configuration, { settings }: Bundle): void {
  for (const { match } of enforcement.rules) {
    known("label", match.labels, [...settings.labels, unlabelled]);
    known("environment", match.environments, settings.environments);
  }
}

function known(
  what: string,
  given: readonly string[] | undefined,
  declared: readonly string[],
): void {
  for (const one of given ?? []) {
    if (declared.includes(one)) continue;
    const near = nearestName(one, declared);
    const help = near === undefined ? "declare it in Settings" : `did you mean \`${near}\`?`;
    throw new HoldfastError(
      "configuration_unknown_name",
      `enforcement names the unknown ${what} \`${one}\`; ${help}`,
    );
  }
}
