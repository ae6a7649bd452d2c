import { readRequest } from "@holdfast/model";
import type { Decision, Json, JsonObject, Request } from "@holdfast/model";
import type { PolicyTestCase } from "../document/kinds.ts";
import type { DecisionInput, Engine, Occurrence } from "../engine.ts";

type Given = PolicyTestCase["given"];

/** The session of a case that states what its session has seen, but names none. */
const sessionDefault = "test";

/** The case's request, in a session when the case says anything of what that has seen. */
export function sessionRequest(given: Given, request: Request): Request {
  const { prompt, documents, results } = given;
  const seen = prompt !== undefined || documents.length > 0 || results.length > 0;
  return seen && request.session === undefined
    ? { ...request, session: { id: sessionDefault } }
    : request;
}

/**
 * What the session of the case's request has seen: the prompt as a person typed it, then the
 * documents, then the results in order, each of an action by the case's agent that was granted and
 * that succeeded.
 */
export function givenOrigins(
  given: Given,
  { request, external, nowMs }: Omit<DecisionInput, "state">,
  engine: Engine,
  how: {
    /** the number of the next occurrence */
    readonly next: () => number;
    /** an input with the facts of its action */
    readonly gathered: (input: Omit<DecisionInput, "state">) => Omit<DecisionInput, "state">;
  },
): readonly Occurrence[] {
  const { next, gathered } = how;
  const { tenant, session } = request;
  const root = session?.root ?? session?.id;
  if (root === undefined) return [];
  const observe = (
    seen: "prompt" | "document",
    what: { readonly text: string; readonly source: string; readonly labels: readonly string[] },
  ): Occurrence => ({ kind: "observation", sequence: next(), nowMs, tenant, root, seen, ...what });
  const typed = { source: "given", labels: ["user"] };
  return [
    ...(given.prompt === undefined ? [] : [observe("prompt", { ...typed, text: given.prompt })]),
    ...given.documents.map((document) => observe("document", document)),
    ...given.results.flatMap(({ tool, args, result }): readonly Occurrence[] => {
      const asked = actionOf(request, tool, args);
      const input = gathered({ request: asked, external, nowMs });
      const shown = gathered({ request: answered(asked, result), external, nowMs });
      const decision = allowed(engine.bundle);
      return [
        { kind: "decision", sequence: next(), input, decision, granted: true },
        {
          kind: "outcome",
          sequence: next(),
          input: shown,
          decision,
          simulated: false,
          nothingSent: false,
        },
      ];
    }),
  ];
}

/** Another action of the same principal and session, with nothing else of the case's request. */
function actionOf(
  request: Request,
  tool: Given["results"][number]["tool"],
  args: JsonObject,
): Request {
  const { tenant, agent, user, delegation, session, environment } = request;
  const reading = readRequest({
    tenant,
    agent,
    ...(user === undefined ? {} : { user }),
    delegation,
    ...(session === undefined ? {} : { session }),
    ...(environment === undefined ? {} : { environment }),
    tool,
    args,
  });
  // The parts are those of a request that was read, and a tool and arguments of the same schema.
  if (reading.ok) return reading.request;
  throw new Error(reading.problems.map(({ path, message }) => `${path} ${message}`).join("; "));
}

function answered(request: Request, result: Json): Request {
  const outcome = { status: "success", durationMs: 0 } as const;
  return { ...request, action: { ...request.action, phase: "result" }, result, outcome };
}

function allowed({ digest }: { readonly digest: string }): Decision {
  const reason = "given by a policy test";
  return { effect: "allow", code: "rule", rules: [], reason, obligations: [], bundle: digest };
}
