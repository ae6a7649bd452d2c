import { canonicalJson } from "@holdfast/model";
import type { Decision, Facts, Json, Request } from "@holdfast/model";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import type { Bundle } from "@holdfast/engine";
import type { Census } from "./census.ts";
import type { Chance } from "./chance.ts";
import { factsFor } from "./fact-material.ts";
import { foldAside, foldBegin, foldEnd, foldObservation, foldPrompts } from "./occurrence.ts";
import type { Recorded, Side } from "./occurrence.ts";
import { castOf, fitted } from "./cast.ts";
import type { Cast } from "./cast.ts";
import { OriginMaterial } from "./origin-material.ts";
import { request, resultOf } from "./request.ts";

/** What two engines say differently of one input; `what` is the question. */
export interface Difference {
  readonly what: string;
  readonly step: number;
  readonly wanted: string;
  readonly found: string;
  readonly input: Json;
}

/** How a walk is made: `calm` asks little that is out of the ordinary. */
interface Options {
  readonly codeGeneration: boolean;
  readonly calm: boolean;
  /** is told of every decision that both engines made alike */
  readonly census?: Census;
}

interface Moment {
  readonly nowMs: number;
  readonly step: number;
  readonly calm: boolean;
  readonly cast: Cast;
  readonly census: Census | undefined;
}

const stepsPerHistory = 40;
const peeksPerStep = 4;

/**
 * Plays histories of generated requests into both engines and compares every decision; of some,
 * the explanation, the slice and whether the tool could be allowed as well.
 */
export function walk(
  chance: Chance,
  bundle: Bundle,
  pairs: number,
  options: Options,
): readonly Difference[] {
  const differences: Difference[] = [];
  const engines = [createReferenceEngine(bundle), createEngine(bundle, options)] as const;
  const cast = castOf(bundle);
  let sides: readonly Side[] = [];
  let nowMs = 0;
  let compared = 0;
  for (let step = 0; compared < pairs; step += 1) {
    if (step % stepsPerHistory === 0) {
      sides = engines.map((engine) => ({ engine, state: engine.createState() }));
      if (!chance.once(8)) foldPrompts(chance, sides, step);
      nowMs = Date.UTC(2026, chance.of([2, 9, 10]), chance.of([25, 29]), chance.below(24));
    }
    nowMs += chance.of([0, 1, 500, 7_000, 60_000, 900_000]);
    const at = { nowMs, step, calm: options.calm, cast, census: options.census };
    const differing = one(chance, sides, at) ?? peek(chance, sides, at);
    compared += 1 + peeksPerStep;
    if (differing !== undefined) differences.push(differing);
  }
  return differences;
}

/** Compares decisions on further requests, which move nothing. */
function peek(chance: Chance, sides: readonly Side[], at: Moment): Difference | undefined {
  const { step, calm } = at;
  const material = new OriginMaterial(chance, step);
  for (let count = 0; count < peeksPerStep; count += 1) {
    const asked = ordinary(chance, request(chance, `p${step}`, material), at);
    const ends = chance.once(calm ? 20 : 4);
    const input = inputFor(chance, ends ? resultOf(chance, asked, material) : asked, at);
    const { found } = decided(sides, input, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

function one(chance: Chance, sides: readonly Side[], at: Moment): Difference | undefined {
  const { nowMs, step, calm } = at;
  if (chance.once(calm ? 200 : 15)) foldAside(chance, sides, nowMs, step);
  if (chance.once(3)) foldObservation(chance, sides, nowMs, step);
  const material = new OriginMaterial(chance, step);
  const asked = ordinary(chance, request(chance, `a${step}`, material), at);
  const ends = chance.once(calm ? 8 : 3);
  const input = inputFor(chance, ends ? resultOf(chance, asked, material) : asked, at);
  if (ends) {
    // The action's own begin, so that its end has something to settle.
    const before = inputFor(chance, asked, at);
    const { decisions, found } = decided(sides, before, at);
    if (found !== undefined) return found;
    foldBegin(chance, sides, before, { decisions, step, later: 4 });
  }
  const { decisions, found: differing } = decided(sides, input, at);
  const found = differing ?? compareRest(chance, sides, input, step);
  if (found !== undefined) return found;
  const fold = ends ? foldEnd : foldBegin;
  fold(chance, sides, input, { decisions, step, later: 5 });
  return undefined;
}

/** What both engines decide, and how that differs. */
function decided(
  sides: readonly Side[],
  input: Recorded,
  { step, census }: Moment,
): { readonly decisions: readonly Decision[]; readonly found: Difference | undefined } {
  const decisions = sides.map(({ engine, state }) => engine.decide({ ...input, state }));
  const found = differing("decide", step, decisions, input);
  const [decision] = decisions;
  if (found === undefined && decision !== undefined) census?.noteDecision(decision, input);
  return { decisions, found };
}

/** Half of all requests are made of what the rules name; most calm agents act for themselves. */
function ordinary(chance: Chance, asked: Request, { calm, cast }: Moment): Request {
  const made = chance.once(2) ? asked : fitted(chance, asked, cast);
  return calm && !chance.once(12) ? { ...made, delegation: [] } : made;
}

function compareRest(
  chance: Chance,
  sides: readonly Side[],
  input: Recorded,
  step: number,
): Difference | undefined {
  const ask = (what: string, question: (side: Side) => unknown): Difference | undefined =>
    differing(what, step, sides.map(question), input);
  if (chance.once(8)) {
    const found =
      ask("factsNeeded", ({ engine, state }) => [...engine.factsNeeded({ ...input, state })]) ??
      ask("rewritten", ({ engine, state }) => engine.rewritten({ ...input, state })) ??
      needless(sides, input, step) ??
      ask("slice", ({ engine, state }) => engine.slice({ ...input, state })) ??
      ask("couldAllow", ({ engine, state }) => engine.couldAllow({ ...input, state }));
    if (found !== undefined) return found;
  }
  return chance.once(16)
    ? ask("explain", ({ engine, state }) => engine.explain({ ...input, state }))
    : undefined;
}

/** That facts which are not needed change nothing. */
function needless(sides: readonly Side[], input: Recorded, step: number): Difference | undefined {
  const { facts } = input;
  const [side] = sides;
  if (facts === undefined || side === undefined) return undefined;
  const { engine, state } = side;
  const needed = engine.factsNeeded({ ...input, state });
  const kept = (of: Facts | undefined): Facts =>
    Object.fromEntries(Object.entries(of ?? {}).filter(([name]) => needed.some((n) => n === name)));
  const few = {
    original: kept(facts.original),
    ...(facts.decided === undefined ? {} : { decided: kept(facts.decided) }),
    ...(facts.observed === undefined ? {} : { observed: kept(facts.observed) }),
  };
  const decisions = [input, { ...input, facts: few }].map((one) =>
    engine.decide({ ...one, state }),
  );
  return differing("decide with needed facts alone", step, decisions, input);
}

/** What most enforcement points can do: effects, and no obligation. */
const usualCapabilities: NonNullable<Recorded["capabilities"]> = {
  effects: ["allow", "modify", "throttle", "defer", "step_up", "deny", "contain"],
  obligations: [],
  sandboxes: [],
};

function inputFor(chance: Chance, asked: Request, at: Moment): Recorded {
  const facts = factsFor(chance, asked);
  const input = bareInput(chance, asked, at);
  return facts === undefined ? input : { ...input, facts };
}

function bareInput(chance: Chance, asked: Request, { nowMs, calm }: Moment): Recorded {
  if (calm && !chance.once(12)) {
    const plain = { request: asked, nowMs, external: {} };
    return chance.once(2) ? { ...plain, capabilities: usualCapabilities } : plain;
  }
  return {
    request: asked,
    nowMs,
    external: chance.once(2) ? { hr: { ok: chance.once(2) } } : {},
    ...(chance.once(10)
      ? { registry: chance.of(["unregistered", "changed", "ambiguous", "known"] as const) }
      : {}),
    ...(chance.once(8) ? { approved: ["p0/r0", "p1/r0", "p1/r1", "p2/r0"] } : {}),
    ...(chance.once(12) ? { mode: "observe" as const } : {}),
    ...(chance.once(8)
      ? {
          capabilities: {
            effects: chance.some(["allow", "modify", "sandbox", "step_up", "throttle"] as const, 4),
            obligations: chance.some(["notify", "log", "run"], 2),
            sandboxes: ["dry"],
          },
        }
      : {}),
  };
}

function differing(
  what: string,
  step: number,
  [wanted, found]: readonly unknown[],
  input: Recorded,
): Difference | undefined {
  const [a, b] = [wanted, found].map((value) => canonicalJson(value as Json));
  if (a === undefined || b === undefined || a === b) return undefined;
  return { what, step, wanted: a, found: b, input: JSON.parse(JSON.stringify(input)) as Json };
}
