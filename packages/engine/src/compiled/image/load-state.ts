import { z } from "zod";
import type { StatePart } from "../../engine.ts";
import { CompiledState } from "../history/compiled-state.ts";
import type { Program } from "../rule/program.ts";
import { SleepingMemory } from "./memory-image.ts";
import { pairsOf } from "./number-bytes.ts";

const path = z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]));

const headSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("restriction"),
    id: z.string(),
    tenant: z.string().nullable(),
    agent: z.string(),
    sessionRoot: z.string().nullable(),
    kinds: z.array(z.string()),
    untilMs: z.number().nullable(),
  }),
  z.strictObject({ kind: z.literal("dropped"), tenant: z.string(), root: z.string() }),
  z.strictObject({ kind: z.literal("entries") }),
  z.strictObject({
    kind: z.literal("memory"),
    tenant: z.string(),
    root: z.string(),
    units: z.number(),
    prompted: z.boolean(),
    marks: z.strictObject({ full: z.boolean(), digest: z.string(), digested: z.number() }),
  }),
  z.strictObject({ kind: z.literal("event"), name: z.string(), path }),
  z.strictObject({
    kind: z.literal("meter"),
    name: z.string(),
    path,
    actions: z.array(z.string().nullable()),
  }),
]);

type Head = z.output<typeof headSchema>;
type HeadOf<Kind extends Head["kind"]> = Extract<Head, { readonly kind: Kind }>;

/** The state that was saved in these parts. Memories of sessions stay asleep until asked for. */
export function loadState(program: Program, parts: Iterable<StatePart>): CompiledState {
  const state = new CompiledState();
  let bodies: Uint8Array[] = [];
  for (const { head: given, body } of parts) {
    const head = headSchema.parse(given);
    switch (head.kind) {
      case "restriction": {
        const { id, tenant, agent, sessionRoot, kinds, untilMs } = head;
        state.restrict({
          id,
          tenant: tenant ?? undefined,
          agent,
          sessionRoot: sessionRoot ?? undefined,
          kinds,
          untilMs: untilMs ?? undefined,
        });
        break;
      }
      case "dropped":
        state.origins.resume({ tenant: head.tenant, root: head.root, memory: undefined });
        break;
      case "entries":
        bodies.push(body);
        break;
      case "memory": {
        const { tenant, root } = head;
        state.origins.resume({ tenant, root, memory: new SleepingMemory(bodies, head) });
        bodies = [];
        break;
      }
      case "event":
        loadEvent(program, state, head, body);
        break;
      case "meter":
        loadMeter(program, state, head, body);
    }
  }
  return state;
}

function loadEvent(
  program: Program,
  state: CompiledState,
  { name, path: key }: HeadOf<"event">,
  body: Uint8Array,
): void {
  const plan = program.events.find(({ shelf }) => shelf.name === name);
  if (plan === undefined) throw new Error(`no Event \`${name}\` here`);
  const occurrences = state.events(plan.shelf).take(key);
  const { first, second } = pairsOf(body);
  for (let at = 0; at < first.length; at += 1) occurrences.add(first[at] ?? 0, second[at] ?? 0);
}

function loadMeter(
  program: Program,
  state: CompiledState,
  { name, path: key, actions }: HeadOf<"meter">,
  body: Uint8Array,
): void {
  const plan = program.meters.find(({ shelf }) => shelf.name === name);
  if (plan === undefined) throw new Error(`no Meter \`${name}\` here`);
  const { first, second } = pairsOf(body);
  if (first.length !== actions.length) throw new Error("charges without their actions");
  state
    .meters(plan.shelf)
    .take(key)
    .resume({
      atMs: [...first],
      amounts: [...second],
      actions: actions.map((action) => action ?? undefined),
      size: first.length,
    });
}
