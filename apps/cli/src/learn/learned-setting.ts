import { isEnvironmentName } from "@holdfast/engine";
import type { LearnedCall, LearnedRun } from "@holdfast/learn";
import { counted } from "@holdfast/model";
import type { RunSetting } from "@holdfast/runtime";
import type { SourcedCall, SourcedRun } from "@holdfast/runtime/source";
import { badArguments } from "../failure.ts";

/** Runs as a policy is learned from them: of one server, by whom and where it is judged. */
export interface LearnedSource {
  readonly runs: readonly LearnedRun[];
  readonly setting: RunSetting;
  /** environments to declare: those that are given, then those that the runs tell; one at least */
  readonly environments: readonly [string, ...string[]];
  /** what the runs hold besides, in words; empty when there is nothing */
  readonly aside: string;
}

/** What narrows the runs down, as options say. */
export interface LearnedChoice {
  readonly agent?: string;
  readonly toolServer?: string;
  /** environments that there are, besides those that runs tell */
  readonly environment?: readonly string[] | undefined;
}

/** Environments of runs that are declared at most, those of the most runs: whoever writes runs can make up more. */
const toldMax = 100;

/**
 * The runs of one agent, or of all, with the tools of one server.
 *
 * @throws CommandFailure exit 2 when tools of several servers were called and none is named, a given
 * environment can be none, or nothing is left
 */
export function learnedSource(
  sourced: readonly SourcedRun[],
  { agent, toolServer, environment }: LearnedChoice,
): LearnedSource {
  const all = sourced.flatMap(({ calls }) => calls);
  const own = all.filter((call) => agent === undefined || call.agent.id === agent);
  const servers = [...new Set(own.map(({ server }) => server))].sort();
  const server = toolServer ?? servers[0] ?? "local";
  if (toolServer === undefined && servers.length > 1) {
    const names = servers.map((each) => `\`${each}\``).join(", ");
    throw badArguments(`the runs call tools of ${names}; choose one with \`--tool-server\``);
  }
  const runs = sourced.flatMap(({ id, prompt, calls: every }): LearnedRun[] => {
    const calls = every.filter(
      (call) =>
        call.server === server &&
        (agent === undefined || call.agent.id === agent) &&
        isHoldable(call),
    );
    if (calls.length === 0) return [];
    return [
      {
        id,
        ...(prompt === undefined ? {} : { user_prompt: prompt }),
        calls: calls.map(learnedCall),
      },
    ];
  });
  const kept = runs.reduce((sum, { calls }) => sum + calls.length, 0);
  const unholdable = own.filter((call) => !isHoldable(call)).length;
  if (kept === 0) {
    const whose = agent === undefined ? "" : ` by agent \`${agent}\``;
    const aside = unholdable === 0 ? "" : `; ${unholdableText(unholdable)}`;
    throw badArguments(
      all.length === 0
        ? "no run has a call"
        : `no run has a call of server \`${server}\`${whose}${aside}`,
    );
  }
  const agents = [...new Set(all.map((call) => call.agent.id))];
  const environments = declaredEnvironments(environment, runs);
  const acting = agent ?? (agents.length === 1 ? agents[0] : undefined) ?? "agent";
  return {
    runs,
    setting: { agent: acting, server, environment: environments[0] },
    environments,
    aside: [asideText(all.length - kept, unholdable), untoldText(runs)]
      .filter((text) => text !== "")
      .join("; "),
  };
}

function declaredEnvironments(
  given: readonly string[] = [],
  runs: readonly LearnedRun[],
): readonly [string, ...string[]] {
  const odd = given.find((name) => !isEnvironmentName(name));
  if (odd !== undefined) {
    throw badArguments(
      `\`${odd}\` is no name of an environment: letters, digits, \`.\`, \`_\` and \`-\`, at most 128`,
    );
  }
  const counts = new Map<string, number>();
  for (const { calls } of runs) {
    for (const environment of new Set(calls.map((call) => call.environment))) {
      if (environment === undefined) continue;
      counts.set(environment, (counts.get(environment) ?? 0) + 1);
    }
  }
  const told = [...counts]
    .sort(([a, one], [b, two]) => two - one || (a < b ? -1 : 1))
    .slice(0, toldMax)
    .map(([name]) => name)
    .sort();
  const [first = "production", ...more] = new Set([...given, ...told]);
  return [first, ...more];
}

/** What is not learned, as runs tell of some calls where they were made, and of others not. */
function untoldText(runs: readonly LearnedRun[]): string {
  const calls = runs.flatMap((run) => run.calls);
  const untold = calls.filter(({ environment }) => environment === undefined);
  if (untold.length === 0 || untold.length === calls.length) return "";
  const tools = new Set(untold.map(({ tool }) => tool));
  const told = `${counted(untold.length, "call")} of ${calls.length} tell no environment`;
  return `${told}: where ${counted(tools.size, "tool")} may be used is not learned, but where one task of twelve or more is all that does not tell`;
}

/** A call as it is learned from. That it was granted says that the scopes of who passed it on hold it. */
function learnedCall({ delegation, ...call }: SourcedCall): LearnedCall {
  if (delegation === undefined) return call;
  const scopes = [`tool:${call.server}.${call.tool}`];
  return Object.assign(call, { delegation: delegation.map((agent) => ({ agent, scopes })) });
}

function asideText(calls: number, unholdable: number): string {
  const others = calls - unholdable;
  return [
    ...(others <= 0 ? [] : [`${counted(others, "call")} of others left aside`]),
    ...(unholdable === 0 ? [] : [unholdableText(unholdable)]),
  ].join("; ");
}

function unholdableText(calls: number): string {
  return `${counted(calls, "call")} left aside, of names that no policy can hold`;
}

/**
 * Whether a policy can name the tool, the arguments and the environment of a call. Others are granted by nothing, and
 * one of them, which whoever wrote the run made up, must not keep all other runs from being learned from.
 */
export function isHoldable({
  server,
  tool,
  args,
  environment,
}: Pick<SourcedCall, "server" | "tool" | "args" | "environment">): boolean {
  const name = `${server}.${tool}`;
  if (!/^[!-)+-~]+$/u.test(tool) || name.length > 256) return false;
  if (environment !== undefined && !isEnvironmentName(environment)) return false;
  return Object.keys(args).every((each) => each !== "__proto__" && !/\p{Cs}/u.test(each));
}
