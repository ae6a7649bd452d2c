import { readRequest } from "@holdfast/model";
import type { Decision } from "@holdfast/model";
import type { DecisionInput, Engine, State } from "@holdfast/engine";
import type { Chance } from "./chance.ts";
import { OriginMaterial } from "./origin-material.ts";
import { request } from "./request.ts";

/** One engine with the state it has folded. */
export interface Side {
  readonly engine: Engine;
  readonly state: State;
}

/** What a decision is made of, but the state. */
export type Recorded = Omit<DecisionInput, "state">;

/** What both engines decided in a step of a walk; sequence numbers go on within it. */
interface Decided {
  readonly decisions: readonly Decision[];
  readonly step: number;
  readonly later: number;
}

/** So many sequence numbers belong to a step of a walk. */
const sequencesPerStep = 6;

/** What `begin` has decided; now and then people are asked as well. */
export function foldBegin(
  chance: Chance,
  sides: readonly Side[],
  input: Recorded,
  { decisions, step, later }: Decided,
): void {
  const sequence = step * sequencesPerStep + later;
  const granted = ["allow", "modify", "sandbox"].includes(decisions[0]?.effect ?? "");
  const erased = chance.once(24) ? { erased: true as const } : {};
  const known = erased.erased === undefined ? input : withoutPersonal(input);
  for (const [index, { engine, state }] of sides.entries()) {
    const decision = decisions[index];
    if (decision === undefined) continue;
    engine.fold(state, { kind: "decision", sequence, input: known, decision, granted, ...erased });
  }
  if (!chance.once(10)) return;
  const verdict = chance.of(["approved", "rejected"] as const);
  for (const { engine, state } of sides) {
    engine.fold(state, { kind: "approval", sequence, input, verdict });
  }
}

/** What the log still knows of an action when its payload is erased. */
function withoutPersonal(input: Recorded): Recorded {
  const { id, tenant, environment, agent, tool, action, session, outcome } = input.request;
  const reading = readRequest({
    id,
    tenant,
    environment,
    agent: { id: agent.id, version: agent.version },
    tool,
    action,
    ...(session && { session: { id: session.id, root: session.root } }),
    ...(outcome && { outcome: { status: outcome.status, durationMs: outcome.durationMs } }),
  });
  return reading.ok ? { ...input, request: reading.request } : input;
}

/** How an action has ended. */
export function foldEnd(
  chance: Chance,
  sides: readonly Side[],
  input: Recorded,
  { decisions, step, later }: Decided,
): void {
  const sequence = step * sequencesPerStep + later;
  const simulated = chance.once(6);
  const nothingSent = chance.once(6);
  const how = { simulated, nothingSent, fromAgent: chance.once(6) };
  const erased = chance.once(24) ? { erased: true as const } : {};
  const known = erased.erased === undefined ? input : withoutPersonal(input);
  for (const [index, { engine, state }] of sides.entries()) {
    const decision = decisions[index];
    if (decision === undefined) continue;
    const ended = { kind: "outcome", sequence, input: known, decision, ...how, ...erased } as const;
    engine.fold(state, ended);
  }
}

/** What the user of every session types first, without which asking for origins is an error. */
export function foldPrompts(chance: Chance, sides: readonly Side[], step: number): void {
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
export function foldObservation(
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
export function foldAside(
  chance: Chance,
  sides: readonly Side[],
  nowMs: number,
  step: number,
): void {
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
