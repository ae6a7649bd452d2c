import { originCharges, originMessages } from "../../document/origin-vocabulary.ts";
import type { Budget } from "../budget.ts";
import { CelError } from "../cel-error.ts";
import { noSuchOverload } from "../function-family.ts";
import { sessionRootOf } from "../situation.ts";
import type { Situation } from "../situation.ts";
import { isList } from "../value-type.ts";
import { CelMap } from "../value.ts";
import type { Value } from "../value.ts";
import { isFromOnly } from "./from-only.ts";
import { leavesOf } from "./leaf.ts";
import type { Leaf } from "./leaf.ts";
import type { Memory } from "./memory.ts";
import { originValue, tierNamed, tierRank } from "./origin-value.ts";
import { promptNamesAct, requestedBy } from "./request-sentence.ts";
import { originOf } from "./tier.ts";
import { touchesLabel } from "./touch.ts";

type Result = Value | CelError;

/**
 * The functions over origins (POLICY.md section 3); `undefined` for any other name. All but
 * `no_worse` are errors without a session, and in one to which no prompt was reported.
 * @throws LimitReached for a value of too many leaves, or when the budget is spent
 */
export function callOrigin(
  name: string,
  args: readonly Value[],
  situation: Situation,
  budget: Budget,
): Result | undefined {
  const [first, second] = args;
  const asked = (body: (memory: Memory, leaves: readonly Leaf[]) => Result): Result => {
    const memory = memoryOf(situation);
    if (memory instanceof CelError || first === undefined) {
      return memory instanceof CelError ? memory : noSuchOverload(name, args);
    }
    const leaves = name === "names_act" ? [] : leavesOf(first, budget);
    paySearch(name, leaves, memory, budget);
    return body(memory, leaves);
  };
  switch (name) {
    case "origin":
      if (args.length !== 1) return noSuchOverload(name, args);
      return asked((memory, leaves) => originValue(originOf(leaves, memory)));
    case "no_worse":
      return noWorse(args);
    case "from_only": {
      const labels = textsOf(second);
      if (args.length !== 2 || labels === undefined) return noSuchOverload(name, args);
      return asked((memory, leaves) => isFromOnly(leaves, labels, memory));
    }
    case "touches":
      if (args.length !== 2 || typeof second !== "string") return noSuchOverload(name, args);
      return asked((memory, leaves) => touchesLabel(leaves, second, memory, budget));
    case "requested_by":
      if (args.length !== 1) return noSuchOverload(name, args);
      return asked((memory, leaves) => requestedValue(leaves, situation, memory));
    case "names_act": {
      const tool = toolNameOf(first);
      if (args.length !== 1 || tool === undefined) return noSuchOverload(name, args);
      return asked((memory) => promptNamesAct(situation.index.tools.get(tool), memory));
    }
    default:
      return undefined;
  }
}

/** Every leaf is looked for in all that the session has seen; some functions read it word by word. */
function paySearch(name: string, leaves: readonly Leaf[], { size }: Memory, budget: Budget): void {
  const { cutPerStep, readPerStep, searchedPerStep } = originCharges;
  for (const leaf of leaves) {
    const units = leaf.known && !leaf.number ? leaf.text.length : 0;
    budget.spend(Math.floor(size / searchedPerStep) + Math.floor(units / searchedPerStep));
    if (name === "touches") budget.spend(Math.floor(units / cutPerStep));
    if (name === "requested_by") budget.spend(Math.floor(units / readPerStep));
  }
  const reads = name === "touches" || name === "requested_by" || name === "names_act";
  if (reads) budget.spend(Math.floor(size / readPerStep));
}

/** The memory of this action's session, when a prompt was reported to it. */
function memoryOf({ request, state, argumentsKnown }: Situation): Memory | CelError {
  // What arguments would have to be for this to hold, no one can say: a prompt may still come.
  if (!argumentsKnown) return new CelError("arguments_unknown", "the arguments are not known");
  const root = sessionRootOf(request);
  if (root === undefined) return new CelError("absent", originMessages.session);
  const memory = state.memories.of(request.tenant, root);
  const prompted = memory?.entries().some(({ kind }) => kind === "prompt") ?? false;
  if (memory === undefined || !prompted) {
    return new CelError("unavailable", originMessages.prompt);
  }
  return memory;
}

function noWorse(args: readonly Value[]): Result {
  const [origin, wanted] = args;
  const found = origin instanceof CelMap ? origin.get("tier") : undefined;
  if (args.length !== 2 || typeof found !== "string" || typeof wanted !== "string") {
    return noSuchOverload("no_worse", args);
  }
  const [tier, worst] = [tierNamed(found), tierNamed(wanted)];
  if (tier === undefined || worst === undefined) {
    return new CelError("invalid_argument", originMessages.tiers);
  }
  return tierRank(tier) <= tierRank(worst);
}

function requestedValue(leaves: readonly Leaf[], situation: Situation, memory: Memory): Value {
  const { mood, literals, onTopic } = requestedBy(leaves, situation.tool, memory);
  return CelMap.ofStrings([
    ["mood", mood],
    ["literals", BigInt(literals)],
    ["on_topic", onTopic],
  ]);
}

/** The items of a list that holds strings alone. */
function textsOf(value: Value | undefined): readonly string[] | undefined {
  if (value === undefined || value === null || !isList(value)) return undefined;
  const texts = value.filter((item) => typeof item === "string");
  return texts.length === value.length ? texts : undefined;
}

/** `server.name`, from that text or from the variable `tool`. */
function toolNameOf(value: Value | undefined): string | undefined {
  if (typeof value === "string") return value;
  if (!(value instanceof CelMap)) return undefined;
  const server = value.get("server");
  const tool = value.get("name");
  if (typeof server !== "string" || typeof tool !== "string") return undefined;
  return `${server}.${tool}`;
}
