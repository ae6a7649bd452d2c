import type { StatePart } from "@holdfast/engine";
import { z } from "zod";
import type { ActionLedger } from "../action-ledger.ts";
import type { AmbiguousAction } from "../guard.ts";
import { Registry } from "../registry.ts";
import type { ToolDocument } from "../registry.ts";
import { Standing } from "./standing.ts";
import type { StandingImage } from "./standing.ts";

const danglingSchema = z.array(
  z.tuple([z.number(), z.strictObject({ id: z.string(), root: z.string().exactOptional() })]),
);

const seenSchema = z.array(
  z.tuple([
    z.string(),
    z.strictObject({
      prompt: z.strictObject({ record: z.number(), digest: z.string() }).exactOptional(),
      documents: z
        .strictObject({ count: z.number(), first: z.number(), digest: z.string() })
        .exactOptional(),
      taints: z.array(z.string()),
    }),
  ]),
);

const ambiguousSchema = z.array(
  z.strictObject({
    sequence: z.number(),
    id: z.string(),
    found: z.enum(["close", "restart"]),
    timeMs: z.number(),
  }),
);

const headSchema = z.strictObject({
  kind: z.literal("memory of the guard"),
  standing: z.strictObject({
    lastMs: z.number(),
    bundle: z.string().optional(),
    sealed: z.int().min(-1).exactOptional(),
    dangling: danglingSchema,
    seen: seenSchema,
  }),
  ambiguous: ambiguousSchema,
  registry: z.array(z.tuple([z.string(), z.string().nullable(), z.string()])),
  /** parts that follow with what the lists hold besides; none in an older snapshot */
  more: z.int().min(0).exactOptional(),
});

const moreSchema = z.strictObject({
  kind: z.literal("more of the guard"),
  dangling: danglingSchema,
  seen: seenSchema,
  ambiguous: ambiguousSchema,
});

/** Elements of each list in one part: what is written between two turns of other work takes no more than a ms. */
const elementsOfPart = 128;

/** What a guard remembers besides its engine's state, and ids, which are many. */
export interface GuardMemory {
  readonly standing: Standing;
  readonly ledger: ActionLedger;
  readonly registry: Registry;
}

/** That memory as the first parts of a snapshot: as it is at the call, whatever changes while they are taken. */
export function partsOfMemory({ standing, ledger, registry }: GuardMemory): Iterable<StatePart> {
  const { lastMs, bundle, dangling, seen, sealed } = standing.image();
  const ambiguous = ledger.ambiguous();
  const longest = Math.max(dangling.length, seen.length, ambiguous.length);
  const more = Math.ceil(longest / elementsOfPart);
  const head = {
    kind: "memory of the guard",
    standing: {
      lastMs,
      dangling: [],
      seen: [],
      ...(bundle === undefined ? {} : { bundle }),
      ...(sealed === undefined ? {} : { sealed }),
    },
    ambiguous: [],
    registry: registry.seen().map(([tool, { pinned, current }]) => [tool, pinned ?? null, current]),
    more,
  } as const;
  return listed(head, { dangling, seen, ambiguous });
}

function* listed(
  head: StatePart["head"] & { readonly more: number },
  lists: Pick<StandingImage, "dangling" | "seen"> & {
    readonly ambiguous: readonly AmbiguousAction[];
  },
): Generator<StatePart, void> {
  const body = new Uint8Array(0);
  yield { head, body };
  for (let part = 0; part < head.more; part += 1) {
    const [from, to] = [part * elementsOfPart, (part + 1) * elementsOfPart];
    const dangling = lists.dangling
      .slice(from, to)
      .map(([sequence, { id, root }]) => [sequence, root === undefined ? { id } : { id, root }]);
    const seen = lists.seen.slice(from, to).map(([root, each]) => [root, { ...each }]);
    const ambiguous = lists.ambiguous
      .slice(from, to)
      .map(({ sequence, id, found, timeMs }) => ({ sequence, id, found, timeMs }));
    const more = { kind: "more of the guard", dangling, seen, ambiguous } as StatePart["head"];
    yield { head: more, body };
  }
}

/**
 * Gives it back: takes its parts, fills the ledger, and makes the rest.
 *
 * @throws ZodError on a part that is another one, Error where one is missing
 */
export function readMemory(
  parts: Iterator<StatePart, void>,
  ledger: ActionLedger,
  tools: readonly ToolDocument[],
): Omit<GuardMemory, "ledger"> {
  const { standing, ambiguous, registry: pins, more = 0 } = headSchema.parse(nextOf(parts));
  const [dangling, seen] = [[...standing.dangling], [...standing.seen]];
  for (const action of ambiguous) ledger.noteAmbiguous(action);
  for (let part = 0; part < more; part += 1) {
    const lists = moreSchema.parse(nextOf(parts));
    dangling.push(...lists.dangling);
    seen.push(...lists.seen);
    for (const action of lists.ambiguous) ledger.noteAmbiguous(action);
  }
  const entries = pins.map(([tool, pinned, current]) => {
    return [tool, { current, ...(pinned === null ? {} : { pinned }) }] as const;
  });
  const registry = new Registry(tools, { entries: new Map(entries), ambiguous: new Set() });
  return { standing: new Standing({ ...standing, dangling, seen }), registry };
}

function nextOf(parts: Iterator<StatePart, void>): unknown {
  const next = parts.next();
  if (next.done === true) throw new Error("a snapshot without parts");
  return next.value.head;
}
