import type { Json, JsonLike, RequestInput } from "@holdfast/model";
import type { Guard, RunOptions } from "./guard.ts";
import type { Execute, Permit } from "./permit.ts";
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
  let value: T;
  try {
    permit.signal.throwIfAborted();
    value = await execute(permit.args, permit);
  } catch (error) {
    await guard.end(permit, { status: "failure", nothingSent: permit.signal.reason === error });
    throw error;
  }
  // Nothing is null as JSON; anything else that is not JSON makes `end` withhold it.
  const result: JsonLike = value === undefined ? null : (value as Exclude<T, void>);
  const decided = await guard.end(permit, { status: "success", result });
  if (decided.released) return decided.redacted ? decided.result : value;
  const { decision, message, sequence } = decided;
  return new Refusal({
    decision,
    message,
    id: permit.id,
    ran: true,
    ...(sequence === undefined ? {} : { sequence }),
  });
}
