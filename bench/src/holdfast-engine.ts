import { createEngine, loadPolicySet } from "@holdfast/engine";
import type { Bundle, DecisionInput, Engine } from "@holdfast/engine";
import { readRequest } from "@holdfast/model";
import type { Request } from "@holdfast/model";
import type { Contender } from "./contender.ts";
import { assembledBundle } from "./assembled-bundle.ts";
import { agentsLeast, sessionName, sessionsPerAgent } from "./action-stream.ts";
import { nowMs, playHistory } from "./history.ts";
import type { Oracle } from "./oracle.ts";
import { policyFiles } from "./policy-text.ts";
import { agentName, customerName, customersOf, directoryTool } from "./rule-source.ts";
import type { RuleSource } from "./rule-source.ts";

/** More rules than this are put together in memory: reading their YAML would take minutes. */
const writtenMax = 10_000;

/**
 * Our own engine, from a checked bundle to decisions; making the bundle from policy texts is timed
 * apart. With rules on history it first decides and folds what the agents did before, and each of
 * those is held to the oracle too.
 * @throws Error when the generated policies do not compile
 */
export function loadHoldfast(source: RuleSource, oracle: Oracle): Contender<DecisionInput> {
  const { roles, tools } = source.grid;
  const written = roles * tools * 2 <= writtenMax;
  const files = written ? policyFiles(source) : [];
  const started = performance.now();
  const bundle = written ? compiledBundle(files) : assembledBundle(source);
  const compiled = performance.now();
  const engine = createEngine(bundle);
  const ready = performance.now();
  const state = engine.createState();
  if (source.conditions === "history") foldHistory(engine, state, source, oracle);
  return {
    loadMs: ready - compiled,
    ...(written ? { compileMs: compiled - started } : {}),
    prepare: ({ request }) => ({ request, external: {}, state, nowMs }),
    decide: (input) => (engine.decide(input).effect === "allow" ? 1 : 0),
    rulesOf: (input) => engine.decide(input).rules,
  };
}

function compiledBundle(files: ReturnType<typeof policyFiles>): Bundle {
  const loaded = loadPolicySet(files, { root: "policies" });
  if (loaded.ok) return loaded.bundle;
  const texts = loaded.diagnostics.slice(0, 5).map(({ code, message }) => `${code}: ${message}`);
  throw new Error(texts.join("\n"));
}

function foldHistory(
  engine: Engine,
  state: DecisionInput["state"],
  source: RuleSource,
  oracle: Oracle,
): void {
  const observed = observeSessions(engine, state, source);
  playHistory(source.grid, oracle, (action, atMs, sequence) => {
    const input = { request: action.request, external: {}, nowMs: atMs };
    const decision = engine.decide({ state, ...input });
    const granted = decision.effect === "allow";
    if (oracle.answer(action, atMs).allowed !== granted) {
      throw new Error(`step ${sequence} of history is decided wrongly: ${decision.reason}`);
    }
    engine.fold(state, {
      kind: "decision",
      sequence: observed + sequence,
      input,
      decision,
      granted,
    });
    return granted;
  });
}

/** What each session's user said, and what the directory of customers answered; how many records. */
function observeSessions(
  engine: Engine,
  state: DecisionInput["state"],
  { grid }: RuleSource,
): number {
  const tenant = "default";
  const startMs = nowMs - 60 * 60_000;
  let sequence = 0;
  for (let agent = 0; agent < Math.max(agentsLeast, grid.roles); agent += 1) {
    const customers = customersOf(agent).map(customerName);
    const text = `Please answer ${customers.slice(0, 2).join(" and ")} about the invoice`;
    for (let session = 0; session < sessionsPerAgent; session += 1) {
      const root = sessionName(agent, session);
      engine.fold(state, {
        kind: "observation",
        sequence: sequence++,
        nowMs: startMs,
        tenant,
        root,
        seen: "prompt",
        text,
        source: "chat",
        labels: ["user"],
      });
      const request = directoryResult(agent, root, customers);
      const input = { request, external: {}, nowMs: startMs };
      const decision = engine.decide({ state, ...input });
      engine.fold(state, {
        kind: "outcome",
        sequence: sequence++,
        input,
        decision,
        simulated: false,
        nothingSent: false,
      });
    }
  }
  return sequence;
}

function directoryResult(agent: number, root: string, customers: readonly string[]): Request {
  const reading = readRequest({
    tenant: "default",
    agent: { id: agentName(agent) },
    session: { id: root },
    tool: directoryTool,
    action: { kind: "mcp", phase: "result" },
    result: { customers: customers.map((mail) => ({ mail })) },
    outcome: { status: "success", durationMs: 12 },
  });
  if (reading.ok) return reading.request;
  throw new Error(JSON.stringify(reading.problems));
}
