import {
  originCharges,
  originLimits,
  originMessages,
  originTiers,
} from "../../document/origin-vocabulary.ts";
import type { OriginTier } from "../../document/origin-vocabulary.ts";
import type { Frame, HostCall } from "../expression/frame.ts";
import { refuse } from "../function/family.ts";
import { ActWords } from "../origin/act-word.ts";
import { leafKeysOf, leafOf } from "../origin/leaf.ts";
import type { LeafKey } from "../origin/leaf.ts";
import type { OriginMemory } from "../origin/origin-memory.ts";
import { Failure } from "../value/failure.ts";
import { fieldOf, isMap, recordOf } from "../value/map.ts";
import { isList } from "../value/value.ts";
import type { Result, Value } from "../value/value.ts";
import type { ToolPlan } from "./program.ts";
import { sessionRootOf } from "./subject.ts";
import type { Situation, Subject } from "./subject.ts";

const { cutPerStep, readPerStep, searchedPerStep } = originCharges;

type Call = HostCall<Subject>;

/** Functions that read where values were first seen (POLICY.md section 3, "Origins"). */
export const originCalls: ReadonlyMap<string, Call> = new Map<string, Call>([
  ["origin", origin],
  ["no_worse", noWorse],
  ["from_only", fromOnly],
  ["touches", touches],
  ["requested_by", requested],
  ["names_act", namesAct],
]);

const rankOf: ReadonlyMap<string, number> = new Map(originTiers.map((tier, rank) => [tier, rank]));

function origin(frame: Frame<Subject>, args: readonly Value[]): Result {
  const [value] = args;
  if (value === undefined || args.length !== 1) return refuse("origin", args);
  const memory = memoryFor(frame.host.situation);
  if (memory instanceof Failure) return memory;
  const keys = searched(memory, leavesOf(value, frame), frame);
  let worst: { readonly tier: OriginTier; readonly source: string } | undefined;
  for (const key of keys) {
    const sight = key === undefined ? nowhere : memory.firstSight(key);
    if (worst === undefined || rankIn(sight.tier) > rankIn(worst.tier)) worst = sight;
  }
  const { tier, source } = worst ?? nowhere;
  return recordOf([
    ["tier", tier],
    ["source", source],
  ]);
}

const nowhere = { tier: "nowhere", source: "" } as const;

function rankIn(tier: OriginTier): number {
  return rankOf.get(tier) ?? originTiers.length;
}

function noWorse(_frame: Frame<Subject>, args: readonly Value[]): Result {
  const [found, wanted] = args;
  const tier = isMap(found) ? fieldOf(found, "tier") : undefined;
  if (typeof wanted !== "string" || typeof tier !== "string" || args.length !== 2) {
    return refuse("no_worse", args);
  }
  const [rank, limit] = [rankOf.get(tier), rankOf.get(wanted)];
  if (rank !== undefined && limit !== undefined) return rank <= limit;
  return new Failure("invalid_argument", originMessages.tiers);
}

function fromOnly(frame: Frame<Subject>, args: readonly Value[]): Result {
  const [value, list] = args;
  const labels = isList(list) ? list.filter((label) => typeof label === "string") : [];
  if (value === undefined || !isList(list) || labels.length < list.length || args.length !== 2) {
    return refuse("from_only", args);
  }
  const { situation } = frame.host;
  const memory = memoryFor(situation);
  if (memory instanceof Failure) return memory;
  const keys = searched(memory, leavesOf(value, frame), frame);
  const accepted = situation.program.labelLists.of(labels);
  return (
    keys.length > 0 && keys.every((key) => key !== undefined && memory.fromOnly(key, accepted))
  );
}

function touches(frame: Frame<Subject>, args: readonly Value[]): Result {
  const [value, label] = args;
  if (value === undefined || typeof label !== "string" || args.length !== 2) {
    return refuse("touches", args);
  }
  const memory = memoryFor(frame.host.situation);
  if (memory instanceof Failure) return memory;
  const keys = searched(memory, leavesOf(value, frame), frame);
  const { budget } = frame.bench;
  budget.spend(Math.floor(memory.size / readPerStep));
  const long: string[] = [];
  for (const key of keys) {
    budget.spend(Math.floor(unitsOf(key) / cutPerStep));
    if (key === undefined) continue;
    const text = typeof key === "string" ? key : (leafOf(key).forms[0] ?? "");
    if (text.length >= originLimits.literalUnitsMin) long.push(text);
  }
  return memory.touches(long, label, budget);
}

function requested(frame: Frame<Subject>, args: readonly Value[]): Result {
  const [value] = args;
  if (value === undefined || args.length !== 1) return refuse("requested_by", args);
  const { situation } = frame.host;
  const memory = memoryFor(situation);
  if (memory instanceof Failure) return memory;
  const keys = searched(memory, leavesOf(value, frame), frame);
  // Sentences are cut, and then searched once more.
  const { budget } = frame.bench;
  budget.spend(Math.floor(memory.size / readPerStep));
  for (const key of keys) budget.spend(Math.floor(unitsOf(key) / readPerStep));
  const known = keys.filter((key) => key !== undefined);
  const { mood, literals, onTopic } = memory.requestedBy(actsOf(situation.plan), known);
  return recordOf([
    ["mood", mood],
    ["literals", literals],
    ["on_topic", onTopic],
  ]);
}

function namesAct(frame: Frame<Subject>, args: readonly Value[]): Result {
  const [tool] = args;
  const { situation } = frame.host;
  const name = args.length === 1 ? toolName(tool) : undefined;
  if (name === undefined) return refuse("names_act", args);
  const memory = memoryFor(situation);
  if (memory instanceof Failure) return memory;
  frame.bench.budget.spend(Math.floor(memory.size / readPerStep));
  const plan = situation.program.tools.get(name);
  if (plan === undefined) return false;
  const acts = actsOf(plan);
  return memory.prompts.some(({ words }) => acts.areIn(words));
}

function toolName(tool: Value | undefined): string | undefined {
  if (typeof tool === "string") return tool;
  if (!isMap(tool)) return undefined;
  const server = fieldOf(tool, "server");
  const name = fieldOf(tool, "name");
  return typeof server === "string" && typeof name === "string" ? `${server}.${name}` : undefined;
}

/** The memory of this session, or the error of what is needed to have one. */
function memoryFor(situation: Situation): OriginMemory | Failure {
  const { unknown, request, state } = situation;
  if (unknown !== undefined) return unknown;
  const root = sessionRootOf(request);
  if (root === undefined) return new Failure("absent", originMessages.session);
  const memory = state.origins.memoryOf(request.tenant, root);
  if (memory?.prompted === true) return memory;
  return new Failure("unavailable", originMessages.prompt);
}

/** The leaves of a value, paid for. @throws LimitReached when there are too many */
function leavesOf(value: Value, { bench }: Frame<Subject>): readonly (LeafKey | undefined)[] {
  const { keys, parts } = leafKeysOf(value);
  bench.budget.spend(1 + parts);
  return keys;
}

/** Leaves that are looked for in all that a memory holds, paid for as if nothing were kept. */
function searched(
  memory: OriginMemory,
  keys: readonly (LeafKey | undefined)[],
  { bench: { budget } }: Frame<Subject>,
): readonly (LeafKey | undefined)[] {
  budget.spend(keys.length * Math.floor(memory.size / searchedPerStep));
  for (const key of keys) budget.spend(Math.floor(unitsOf(key) / searchedPerStep));
  return keys;
}

function unitsOf(key: LeafKey | undefined): number {
  return typeof key === "string" ? key.length : 0;
}

function actsOf(plan: ToolPlan): ActWords {
  return (plan.acts ??= new ActWords(plan.tool?.acts ?? []));
}
