import { CelError } from "./cel-error.ts";
import { chargedIn } from "./meter-window.ts";
import type { Occurred } from "./reference-state.ts";
import { classificationRank } from "./resource.ts";
import type { Situation } from "./situation.ts";
import { slotOf } from "./state-key.ts";
import { Duration } from "./time-value.ts";
import type { Value } from "./value.ts";

type Result = Value | CelError;

/**
 * The functions that read history or the bundle: `happened`, `count`, `since`, `meter` and
 * `at_least` (POLICY.md section 1); `undefined` for any other name. History is that of the key
 * this action has, before this action.
 */
export function callHistory(
  name: string,
  args: readonly Value[],
  situation: Situation,
): Result | undefined {
  const [first, second] = args;
  switch (name) {
    case "happened":
      return happened(situation, args, first, second);
    case "count":
      return count(situation, first, second);
    case "since":
      return since(situation, first, second);
    case "meter":
      return meter(situation, first);
    case "at_least":
      return atLeast(situation, first, second);
    default:
      return undefined;
  }
}

function happened(
  situation: Situation,
  args: readonly Value[],
  name: Value | undefined,
  duration: Value | undefined,
): Result {
  const occurred = occurredOf(situation, name);
  if (occurred instanceof CelError) return occurred;
  if (args.length === 1) return occurred.length > 0;
  const within = withinOf(situation, occurred, duration);
  return within instanceof CelError ? within : within.length > 0;
}

function count(situation: Situation, name: Value | undefined, duration: Value | undefined): Result {
  const occurred = occurredOf(situation, name);
  if (occurred instanceof CelError) return occurred;
  const within = withinOf(situation, occurred, duration);
  return within instanceof CelError ? within : BigInt(within.length);
}

/** The first occurred, and after the latest of the second; by sequence number, never by clock. */
function since(situation: Situation, first: Value | undefined, second: Value | undefined): Result {
  const wanted = occurredOf(situation, first);
  if (wanted instanceof CelError) return wanted;
  const other = occurredOf(situation, second);
  if (other instanceof CelError) return other;
  const latest = other.reduce((most, one) => Math.max(most, one.sequence), -1);
  return wanted.some((one) => one.sequence > latest);
}

function meter(situation: Situation, name: Value | undefined): Result {
  const document = typeof name === "string" ? situation.index.meters.get(name) : undefined;
  if (document === undefined) return unknown("Meter", name);
  const slot = slotOf(document, situation);
  if (!slot.present) return absentPart(document.name, slot.part);
  return chargedIn(document.window, situation.state.charges(slot.slot), situation.input.nowMs);
}

function atLeast(situation: Situation, a: Value | undefined, b: Value | undefined): Result {
  const { classifications } = situation.index.bundle.settings;
  const [left, right] = [a, b].map((name) =>
    typeof name === "string" ? classificationRank(classifications, name) : undefined,
  );
  if (left === undefined || right === undefined) {
    return new CelError("invalid_argument", "`at_least` compares two declared classifications");
  }
  return left >= right;
}

function occurredOf(situation: Situation, name: Value | undefined): readonly Occurred[] | CelError {
  const event = typeof name === "string" ? situation.index.events.get(name) : undefined;
  if (event === undefined) return unknown("Event", name);
  const slot = slotOf(event, situation);
  if (!slot.present) return absentPart(event.name, slot.part);
  return situation.state.occurred(slot.slot);
}

/** Those in (now - d, now]. */
function withinOf(
  situation: Situation,
  occurred: readonly Occurred[],
  duration: Value | undefined,
): readonly Occurred[] | CelError {
  if (!(duration instanceof Duration)) {
    return new CelError("no_such_overload", "the window is not a duration");
  }
  const nanos = 1_000_000n;
  const now = BigInt(situation.input.nowMs) * nanos;
  return occurred.filter((one) => {
    const at = BigInt(one.atMs) * nanos;
    return at > now - duration.nanos && at <= now;
  });
}

/** The error of reading a key that this action has only in part (POLICY.md section 3). */
export function absentPart(name: string, part: string): CelError {
  return new CelError("absent", `the key of \`${name}\` needs \`${part}\`, which is absent`);
}

function unknown(kind: string, name: Value | undefined): CelError {
  const text = typeof name === "string" ? ` \`${name}\`` : " of such a name";
  return new CelError("unknown_name", `there is no ${kind}${text}`);
}
