import { HoldfastError } from "@holdfast/model";
import type { Json, JsonLike, RequestInput } from "@holdfast/model";
import type { Guard, RunOptions } from "./guard.ts";
import type { Execute, Permit, ResultDecision } from "./permit.ts";
import { Refusal } from "./refusal.ts";

/** `Guard.run`; see there: the one place where the runtime itself executes something. */
export async function run<T extends JsonLike | void>(
  guard: Pick<Guard, "begin" | "end">,
  request: RequestInput,
  execute: Execute<T>,
  { caller, fallback }: RunOptions<T> = {},
): Promise<T | Json | Refusal> {
  const answer = await guard.begin(request, caller);
  if (answer.granted) return await carryOut(guard, answer, execute);
  if (answer.fallback === undefined || fallback === undefined) return answer;
  const other = await guard.begin(answer.fallback, caller);
  // The agent asked for the first action, so that is the refusal it gets.
  return other.granted ? await carryOut(guard, other, fallback) : answer;
}

async function carryOut<T extends JsonLike | void>(
  guard: Pick<Guard, "end">,
  permit: Permit,
  execute: Execute<T>,
): Promise<T | Json | Refusal> {
  if (permit.signal.aborted) {
    await guard.end(permit, { status: "failure", nothingSent: true });
    permit.signal.throwIfAborted();
  }
  let value: T;
  try {
    value = await execute(permit.args, permit);
  } catch (error) {
    return await failed(guard, permit, error);
  }
  // Nothing is null as JSON; anything else that is not JSON makes `end` withhold it.
  const result: JsonLike = value === undefined ? null : (value as Exclude<T, void>);
  const decided = await guard.end(permit, { status: "success", result });
  if (decided.released) return decided.redacted ? decided.result : value;
  return withheld(permit, decided);
}

/**
 * What an execution throws is told to the agent by whoever catches it, so that its words are
 * decided, recorded and remembered like those of any result.
 */
async function failed(guard: Pick<Guard, "end">, permit: Permit, error: unknown): Promise<Refusal> {
  const result = { error: { message: messageOf(error) } };
  const decided = await guard.end(permit, { status: "failure", result });
  if (!decided.released) return withheld(permit, decided);
  if (!decided.redacted) throw error;
  throw new HoldfastError("action_failed", shownMessage(decided.result));
}

function withheld(
  { id }: Permit,
  { decision, message, sequence }: Extract<ResultDecision, { readonly released: false }>,
): Refusal {
  const place = sequence === undefined ? {} : { sequence };
  return new Refusal({ decision, message, id, ran: true, ...place });
}

function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return "unknown";
  }
}

/** The message as a rule left it. */
function shownMessage(result: Json): string {
  const message = memberOf(memberOf(result, "error"), "message");
  return typeof message === "string" ? message : "the action failed";
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
