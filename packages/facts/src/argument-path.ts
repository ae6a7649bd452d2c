import type { Json, JsonObject } from "@holdfast/model";
import type { AnnotatedArgument, ArgumentUse } from "./annotated-argument.ts";

/** Annotated arguments that a call gives at most; more is no call that anybody reads. */
const argumentsMax = 10_000;

/** What a call gives for the annotations of its tool. */
export interface GivenArguments {
  readonly given: readonly AnnotatedArgument[];
  /** annotations that the call's arguments do not fit: what they mean cannot be told */
  readonly misfits: readonly { readonly arg: string; readonly use: ArgumentUse }[];
}

/**
 * The values that stand at annotated paths: `command`, `file.name`, `items[].path`, where `[]` is
 * every entry of a list. What a call leaves out is not there. Where a list or an object should
 * stand and something else does, or there is too much, the annotation is a misfit.
 */
export function givenArguments(
  annotations: Readonly<Record<string, ArgumentUse>>,
  args: JsonObject,
): GivenArguments {
  const given: AnnotatedArgument[] = [];
  const misfits: { arg: string; use: ArgumentUse }[] = [];
  for (const [arg, use] of Object.entries(annotations)) {
    const found: { readonly place: string; readonly value: Json }[] = [];
    const steps = arg.replaceAll("[]", ".[]").split(".");
    let fits = collect(args, steps, { place: "", found });
    // A name may hold a dot itself.
    const whole = steps.length > 1 && Object.hasOwn(args, arg) ? args[arg] : undefined;
    if (whole !== undefined) found.push({ place: arg, value: whole });
    if (given.length + found.length > argumentsMax) fits = false;
    if (!fits) {
      misfits.push({ arg, use });
      continue;
    }
    for (const { place, value } of found) {
      given.push({ arg: use === "content" ? place : arg, use, value });
    }
  }
  return { given, misfits };
}

/** Whether the value has the shape that the steps say, as far as it is there. */
function collect(
  value: Json,
  steps: readonly string[],
  to: { readonly place: string; readonly found: { place: string; value: Json }[] },
): boolean {
  const [step, ...rest] = steps;
  const { place, found } = to;
  if (step === undefined) {
    found.push({ place, value });
    return found.length <= argumentsMax;
  }
  if (step === "[]") {
    if (!isList(value) || value.length > argumentsMax) return false;
    return value.every((each, at) => collect(each, rest, { place: `${place}[${at}]`, found }));
  }
  if (typeof value !== "object" || value === null || isList(value)) return false;
  const member = Object.hasOwn(value, step) ? value[step] : undefined;
  if (member === undefined) return true;
  return collect(member, rest, { place: place === "" ? step : `${place}.${step}`, found });
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
