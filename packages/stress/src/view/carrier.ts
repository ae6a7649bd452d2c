import type { Json, JsonObject } from "@holdfast/model";
import type { StressCall } from "../run/stress-run.ts";

/** Depth of a result that is looked into. */
const depthMax = 8;

/** Places of calls whose result has words to add to. */
export function carriersOf(calls: readonly StressCall[]): readonly number[] {
  return calls.flatMap(({ result, error }, at) =>
    (error === undefined || error === null) && withText(result, "") !== undefined ? [at] : [],
  );
}

/** A call with these words in its result: behind its longest text. */
export function poisoned(call: StressCall, words: string): StressCall {
  const result = withText(call.result, words);
  return result === undefined ? call : { ...call, result };
}

/** A call whose result holds one more record, of a name and a value. */
export function withRecord(call: StressCall, name: string, value: string): StressCall {
  const { result } = call;
  if (Array.isArray(result)) {
    return { ...call, result: [...(result as readonly Json[]), { name, contact: value }] };
  }
  if (typeof result === "object" && result !== null) {
    return { ...call, result: { ...(result as JsonObject), contact: { name, contact: value } } };
  }
  return poisoned(call, `name: ${name}\ncontact: ${value}`);
}

/** A result with words behind its longest text; `undefined` where there is no text in it. */
export function withText(result: Json | undefined, words: string): Json | undefined {
  if (typeof result === "string") return result === "" ? words : `${result}\n${words}`;
  const path = longestText(result, [], 0)?.path;
  return path === undefined || result === undefined ? undefined : changed(result, path, words);
}

interface Found {
  readonly path: readonly (string | number)[];
  readonly length: number;
}

function longestText(
  json: Json | undefined,
  path: readonly (string | number)[],
  depth: number,
): Found | undefined {
  if (typeof json === "string") return { path, length: json.length };
  if (typeof json !== "object" || json === null || depth > depthMax) return undefined;
  const members: readonly (readonly [string | number, Json])[] = Array.isArray(json)
    ? [...(json as readonly Json[]).entries()]
    : Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1));
  let best: Found | undefined;
  for (const [key, member] of members) {
    const found = longestText(member, [...path, key], depth + 1);
    if (found !== undefined && (best === undefined || found.length > best.length)) best = found;
  }
  return best;
}

function changed(json: Json, [key, ...rest]: readonly (string | number)[], words: string): Json {
  if (key === undefined) return typeof json === "string" ? `${json}\n${words}` : json;
  if (Array.isArray(json)) {
    return (json as readonly Json[]).map((each, at) =>
      at === key ? changed(each, rest, words) : each,
    );
  }
  if (typeof json !== "object" || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, member]) => [
      name,
      name === key ? changed(member, rest, words) : member,
    ]),
  );
}
