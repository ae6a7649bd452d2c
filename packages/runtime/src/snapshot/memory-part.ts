import type { StatePart } from "@holdfast/engine";
import { z } from "zod";
import type { ActionLedger } from "../action-ledger.ts";
import { Registry } from "../registry.ts";
import type { ToolDocument } from "../registry.ts";
import { Standing } from "./standing.ts";

const headSchema = z.strictObject({
  kind: z.literal("memory of the guard"),
  standing: z.strictObject({
    lastMs: z.number(),
    bundle: z.string().optional(),
    sealed: z.int().min(-1).exactOptional(),
    dangling: z.array(
      z.tuple([z.number(), z.strictObject({ id: z.string(), root: z.string().exactOptional() })]),
    ),
    seen: z.array(
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
    ),
  }),
  ambiguous: z.array(
    z.strictObject({
      sequence: z.number(),
      id: z.string(),
      found: z.enum(["close", "restart"]),
      timeMs: z.number(),
    }),
  ),
  registry: z.array(z.tuple([z.string(), z.string().nullable(), z.string()])),
});

/** What a guard remembers besides its engine's state, and ids, which are many. */
export interface GuardMemory {
  readonly standing: Standing;
  readonly ledger: ActionLedger;
  readonly registry: Registry;
}

/** That memory as the first part of a snapshot. */
export function partOfMemory({ standing, ledger, registry }: GuardMemory): StatePart {
  const { lastMs, bundle, dangling, seen, sealed } = standing.image();
  const head = {
    kind: "memory of the guard",
    standing: {
      lastMs,
      dangling: dangling.map(([sequence, { id, root }]) => [
        sequence,
        root === undefined ? { id } : { id, root },
      ]),
      seen: seen.map(([root, each]) => [root, { ...each }]),
      ...(bundle === undefined ? {} : { bundle }),
      ...(sealed === undefined ? {} : { sealed }),
    },
    ambiguous: ledger
      .ambiguous()
      .map(({ sequence, id, found, timeMs }) => ({ sequence, id, found, timeMs })),
    registry: registry.seen().map(([tool, { pinned, current }]) => [tool, pinned ?? null, current]),
  } as const;
  return { head, body: new Uint8Array(0) };
}

/**
 * Gives it back: fills the ledger, and makes the rest.
 *
 * @throws ZodError on a part that is another one
 */
export function readMemory(
  { head: given }: StatePart,
  ledger: ActionLedger,
  tools: readonly ToolDocument[],
): Omit<GuardMemory, "ledger"> {
  const head = headSchema.parse(given);
  for (const action of head.ambiguous) ledger.noteAmbiguous(action);
  const entries = head.registry.map(([tool, pinned, current]) => {
    return [tool, { current, ...(pinned === null ? {} : { pinned }) }] as const;
  });
  const registry = new Registry(tools, { entries: new Map(entries), ambiguous: new Set() });
  return { standing: new Standing(head.standing), registry };
}
