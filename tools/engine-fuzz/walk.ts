import { canonicalJson } from "@holdfast/model";
import type { Decision, Json, Request } from "@holdfast/model";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import type { Bundle, DecisionInput, Engine, State } from "@holdfast/engine";
import type { Chance } from "./chance.ts";
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

/** One engine with the state it has folded. */
interface Side {
  readonly engine: Engine;
  readonly state: State;
}

/** How a walk is made: `calm` asks little that is out of the ordinary. */
interface Options {
  readonly codeGeneration: boolean;
  readonly calm: boolean;
}

interface Moment {
  readonly nowMs: number;
  readonly step: number;
  readonly calm: boolean;
}

type Recorded = Omit<DecisionInput, "state">;

const stepsPerHistory = 40;
const peeksPerStep = 4;
const sequencesPerStep = 6;

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
    const at = { nowMs, step, calm: options.calm };
    const differing = one(chance, sides, at) ?? peek(chance, sides, at);
    compared += 1 + peeksPerStep;
    if (differing !== undefined) differences.push(differing);
  }
  return differences;
}

/** Compares decisions on further requests, which move nothing. */
function peek(
  chance: Chance,
  sides: readonly Side[],
  { nowMs, step, calm }: Moment,
): Difference | undefined {
  const material = new OriginMaterial(chance, step);
  for (let count = 0; count < peeksPerStep; count += 1) {
    const asked = ordinary(chance, request(chance, `p${step}`, material), calm);
    const input = inputFor(
      chance,
      chance.once(calm ? 20 : 4) ? resultOf(chance, asked, material) : asked,
      {
        nowMs,
        calm,
      },
    );
    const decisions = sides.map(({ engine, state }) => engine.decide({ ...input, state }));
    const found = differing("decide", step, decisions, input);
    if (found !== undefined) return found;
  }
  return undefined;
}

function one(
  chance: Chance,
  sides: readonly Side[],
  { nowMs, step, calm }: Moment,
): Difference | undefined {
  if (chance.once(calm ? 200 : 15)) foldAside(chance, sides, nowMs, step);
  if (chance.once(3)) foldObservation(chance, sides, nowMs, step);
  const material = new OriginMaterial(chance, step);
  const asked = ordinary(chance, request(chance, `a${step}`, material), calm);
  const ends = chance.once(calm ? 8 : 3);
  const input = inputFor(chance, ends ? resultOf(chance, asked, material) : asked, { nowMs, calm });
  const before = ends ? inputFor(chance, asked, { nowMs, calm }) : undefined;
  if (before !== undefined) {
    // The action's own begin, so that its end has something to settle.
    const decisions = sides.map(({ engine, state }) => engine.decide({ ...before, state }));
    const found = differing("decide", step, decisions, before);
    if (found !== undefined) return found;
    foldBegin(chance, sides, before, decisions, step * sequencesPerStep + 4);
  }
  const decisions = sides.map(({ engine, state }) => engine.decide({ ...input, state }));
  const found =
    differing("decide", step, decisions, input) ?? compareRest(chance, sides, input, step);
  if (found !== undefined) return found;
  if (ends) foldEnd(chance, sides, input, decisions, step * sequencesPerStep + 5);
  else foldBegin(chance, sides, input, decisions, step * sequencesPerStep + 5);
  return undefined;
}

/** Most agents act for themselves. */
function ordinary(chance: Chance, asked: Request, calm: boolean): Request {
  return calm && !chance.once(12) ? { ...asked, delegation: [] } : asked;
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
      ask("slice", ({ engine, state }) => engine.slice({ ...input, state })) ??
      ask("couldAllow", ({ engine, state }) => engine.couldAllow({ ...input, state }));
    if (found !== undefined) return found;
  }
  return chance.once(16)
    ? ask("explain", ({ engine, state }) => engine.explain({ ...input, state }))
    : undefined;
}

function inputFor(
  chance: Chance,
  asked: Request,
  { nowMs, calm }: Pick<Moment, "nowMs" | "calm">,
): Recorded {
  if (calm && !chance.once(12)) return { request: asked, nowMs, external: {} };
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

function foldBegin(
  chance: Chance,
  sides: readonly Side[],
  input: Recorded,
  decisions: readonly Decision[],
  sequence: number,
): void {
  const granted = ["allow", "modify", "sandbox"].includes(decisions[0]?.effect ?? "");
  for (const [index, { engine, state }] of sides.entries()) {
    const decision = decisions[index];
    if (decision === undefined) continue;
    engine.fold(state, { kind: "decision", sequence, input, decision, granted });
  }
  if (!chance.once(10)) return;
  const verdict = chance.of(["approved", "rejected"] as const);
  for (const { engine, state } of sides) {
    engine.fold(state, { kind: "approval", sequence, input, verdict });
  }
}

function foldEnd(
  chance: Chance,
  sides: readonly Side[],
  input: Recorded,
  decisions: readonly Decision[],
  sequence: number,
): void {
  const simulated = chance.once(6);
  const nothingSent = chance.once(6);
  const how = { simulated, nothingSent, fromAgent: chance.once(6) };
  for (const [index, { engine, state }] of sides.entries()) {
    const decision = decisions[index];
    if (decision === undefined) continue;
    engine.fold(state, { kind: "outcome", sequence, input, decision, ...how });
  }
}

/** What the user of every session types first, without which asking for origins is an error. */
function foldPrompts(chance: Chance, sides: readonly Side[], step: number): void {
  const seasons = [0, 7, 14, 21, 28, 35].map((later) => new OriginMaterial(chance, step + later));
  for (const tenant of ["default", "second"]) {
    for (const root of ["s1", "s2"]) {
      const [first] = seasons;
      const text = seasons.map((material) => material.text()).join("\n");
      const read = seasons.map((material) => material.text()).join(" ");
      const prompt = first?.observation(step * sequencesPerStep, 0);
      if (prompt === undefined) return;
      const typed = { ...prompt, tenant, root, seen: "prompt", text, labels: ["user"] } as const;
      const sequence = typed.sequence + 1;
      const other = { ...typed, sequence, seen: "document", text: read, labels: ["read"] } as const;
      for (const { engine, state } of sides) {
        engine.fold(state, typed);
        engine.fold(state, other);
      }
    }
  }
}

/** What a session comes to see besides results. */
function foldObservation(
  chance: Chance,
  sides: readonly Side[],
  nowMs: number,
  step: number,
): void {
  const material = new OriginMaterial(chance, step);
  const seen = material.observation(step * sequencesPerStep + 3, nowMs);
  for (const { engine, state } of sides) engine.fold(state, seen);
}

/** What an operator or a PolicyTest adds to history. */
function foldAside(chance: Chance, sides: readonly Side[], nowMs: number, step: number): void {
  const sequence = step * sequencesPerStep + 2;
  const kind = chance.of(["read_only", "network", "label:money", "tool:a.*", "server:b", "other"]);
  const agent = chance.of(["bot", "lead"]);
  const ttl = chance.once(2) ? { ttlMs: 20_000 } : {};
  const root = chance.once(2) ? { sessionRoot: "s1" } : {};
  const releases = chance.once(2);
  const input = {
    request: request(chance, `g${step}`, new OriginMaterial(chance, step)),
    external: {},
    nowMs,
  };
  const event = { name: chance.of(["seen", "paid", "done"]), atMs: nowMs - chance.below(400_000) };
  const meter = { name: chance.of(["spent", "often"]), amount: chance.of([1, 0.1, 6]) };
  const given = chance.once(2);
  for (const { engine, state } of sides) {
    if (given) engine.fold(state, { kind: "given", sequence, input, event, meter });
    else if (releases) engine.fold(state, { kind: "release", sequence, id: "op" });
    else {
      const restriction = { id: "op", agent, kinds: [kind], ...ttl, ...root };
      engine.fold(state, { kind: "restrict", sequence, nowMs, ...restriction });
    }
  }
}
