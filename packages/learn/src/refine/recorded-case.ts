import type { Effect, JsonObject, Request, SeenBefore } from "@holdfast/model";

/** What a recorded call came with, and how it is to be decided. */
export interface RecordedCase {
  readonly name: string;
  /** Unix ms */
  readonly nowMs: number;
  readonly request: Request;
  readonly external: JsonObject;
  readonly seen: SeenBefore;
  readonly expect: { readonly effect: Effect; readonly rules: readonly string[] };
}

/** How much of what a session has seen a case states: the least that decides alike is taken. */
export const seenParts = ["nothing", "prompt", "everything"] as const;
export type SeenPart = (typeof seenParts)[number];

const plainAction = { kind: "tool", operation: "call", phase: "call" } as const;

/** A recorded call as a case of a PolicyTest. Ids of actions and sessions are not part of it. */
export function policyTestCase(
  { name, nowMs, request, external, seen, expect }: RecordedCase,
  part: SeenPart,
): JsonObject {
  const { agent, user, delegation, session, tool, action, args, environment } = request;
  const { resources, context, claims } = request;
  const prompt = seen.prompts.join("\n\n");
  const isAll = part === "everything";
  const given = {
    now: new Date(nowMs).toISOString(),
    ...(Object.keys(external).length === 0 ? {} : { external }),
    ...(part === "nothing" || seen.prompts.length === 0 ? {} : { prompt }),
    ...(isAll && seen.documents.length > 0 ? { documents: seen.documents } : {}),
    ...(isAll && seen.results.length > 0
      ? {
          results: seen.results.map(({ tool: called, args: sent, result }) => ({
            tool: toolText(called),
            args: sent,
            result,
          })),
        }
      : {}),
  };
  const isPlain = Object.entries(plainAction).every(
    ([key, value]) => action[key as keyof typeof plainAction] === value,
  );
  const asked = {
    agent: {
      ...agent,
      roles: agent.roles.length === 0 ? undefined : agent.roles,
      attributes: Object.keys(agent.attributes).length === 0 ? undefined : agent.attributes,
    },
    ...(user === null ? {} : { user }),
    ...(delegation.length === 0 ? {} : { delegation }),
    ...(session === undefined ? {} : { session: { id: "recorded" } }),
    tool: toolText(tool),
    ...(isPlain ? {} : { action }),
    args,
    ...(environment === undefined ? {} : { environment }),
    ...(resources.length === 0 ? {} : { resources }),
    ...(Object.keys(context).length === 0 ? {} : { context }),
    ...(Object.keys(claims).length === 0 ? {} : { claims }),
  };
  const rules = expect.rules.length === 0 ? {} : { rules: expect.rules };
  const written: unknown = JSON.parse(
    JSON.stringify({ name, given, request: asked, expect: { effect: expect.effect, ...rules } }),
  );
  return written as JsonObject;
}

/** The short form of tests, which ends a server's name with the first dot. */
function toolText({ server, name }: Request["tool"]): string {
  return `${server}.${name}`;
}
