import type { HostCall } from "../expression/frame.ts";
import { Failure } from "../value/failure.ts";
import type { Occurrences } from "../history/occurrences.ts";
import { Duration, doubleOf } from "../value/value.ts";
import type { Result, Value } from "../value/value.ts";
import { Absent } from "./key-reader.ts";
import { originCalls } from "./origin-call.ts";
import type { MeterPlan } from "./program.ts";
import { rankOf } from "./resource-facts.ts";
import type { Situation, Subject } from "./subject.ts";

type Call = HostCall<Subject>;

/** Functions that read history or the bundle, those over origins included. */
export const historyCalls: ReadonlyMap<string, Call> = new Map<string, Call>([
  ["happened", ({ host }, args) => happened(host.situation, args)],
  ["count", ({ host }, args) => count(host.situation, args)],
  ["since", ({ host }, args) => since(host.situation, args)],
  ["meter", ({ host }, [name]) => meterValue(host.situation, name)],
  ["at_least", ({ host }, args) => atLeast(host.situation, args)],
  ...originCalls,
]);

const nothing = "nothing";
type Found = Occurrences | typeof nothing | Failure;

function occurrencesOf(situation: Situation, name: Value | undefined): Found {
  const plan = typeof name === "string" ? situation.program.eventsByName.get(name) : undefined;
  if (plan === undefined) return unknown("Event", name);
  const path = plan.key(situation);
  if (path instanceof Absent) return absentPart(plan.event.name, path);
  return situation.state.events(plan.shelf).find(path) ?? nothing;
}

function happened(situation: Situation, args: readonly Value[]): Result {
  const found = occurrencesOf(situation, args[0]);
  if (found instanceof Failure) return found;
  if (args.length === 1) return found !== nothing && found.size > 0;
  const within = countWithin(situation, found, args[1]);
  return within instanceof Failure ? within : within > 0;
}

function count(situation: Situation, args: readonly Value[]): Result {
  const found = occurrencesOf(situation, args[0]);
  return found instanceof Failure ? found : countWithin(situation, found, args[1]);
}

/** How many lie in (now - duration, now]. */
function countWithin(
  { recorded }: Situation,
  found: Occurrences | typeof nothing,
  duration: Value | undefined,
): number | Failure {
  if (!(duration instanceof Duration)) {
    return new Failure("no_such_overload", "the window is not a duration");
  }
  return found === nothing ? 0 : found.countWithin(recorded.nowMs, millisecondsUp(duration.nanos));
}

/** Milliseconds, rounded up: times are whole, so `at > now - length` asks for no finer ones. */
function millisecondsUp(nanos: bigint): number {
  const whole = nanos / 1_000_000n;
  return Number(nanos > whole * 1_000_000n ? whole + 1n : whole);
}

function since(situation: Situation, args: readonly Value[]): Result {
  const wanted = occurrencesOf(situation, args[0]);
  if (wanted instanceof Failure) return wanted;
  const other = occurrencesOf(situation, args[1]);
  if (other instanceof Failure) return other;
  if (wanted === nothing) return false;
  return wanted.latestSequence > (other === nothing ? -1 : Math.max(-1, other.latestSequence));
}

function meterValue(situation: Situation, name: Value | undefined): Result {
  const plan = typeof name === "string" ? situation.program.metersByName.get(name) : undefined;
  if (plan === undefined) return unknown("Meter", name);
  const current = currentOf(plan, situation);
  if (current instanceof Failure) return current;
  return doubleOf(current);
}

/** What a Meter holds under this action's key, or the error of a key it has only in part. */
export function currentOf(plan: MeterPlan, situation: Situation): number | Failure {
  const path = plan.key(situation);
  if (path instanceof Absent) return absentPart(plan.meter.name, path);
  const account = situation.state.meters(plan.shelf).find(path);
  return account === undefined ? 0 : account.current(plan.window, situation.recorded.nowMs);
}

function atLeast({ program }: Situation, args: readonly Value[]): Result {
  const { classifications } = program.bundle.settings;
  const [left, right] = [args[0], args[1]].map((name) =>
    typeof name === "string" ? rankOf(classifications, name) : undefined,
  );
  if (left !== undefined && right !== undefined) return left >= right;
  return new Failure("invalid_argument", "`at_least` compares two declared classifications");
}

/** The error of reading a key that this action has only in part. */
function absentPart(name: string, { part }: Absent): Failure {
  return new Failure("absent", `the key of \`${name}\` needs \`${part}\`, which is absent`);
}

function unknown(kind: string, name: Value | undefined): Failure {
  const text = typeof name === "string" ? ` \`${name}\`` : " of such a name";
  return new Failure("unknown_name", `there is no ${kind}${text}`);
}
