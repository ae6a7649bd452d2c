import { HoldfastError } from "@holdfast/model";
import type { Damage } from "../damage.ts";
import { readCheckpoint } from "../note/checkpoint.ts";
import type { Checkpoint } from "../note/checkpoint.ts";
import type { VerifierKey } from "../note/verifier-key.ts";
import type { LogHead } from "../tree.ts";
import { checkpointDamage } from "./kept-checkpoint.ts";

/** A checkpoint that was kept elsewhere. */
export interface Anchor {
  /** where it comes from, for people: `file:/backup/checkpoint` */
  readonly source: string;
  readonly checkpoint: Uint8Array;
}

/** An anchor that was read: a checkpoint of the log, or why it is none. */
export type ReadAnchor =
  | { readonly ok: true; readonly source: string; readonly checkpoint: Checkpoint }
  | {
      readonly ok: false;
      readonly source: string;
      readonly why: Pick<Damage, "code" | "message">;
    };

/** Reads anchors and holds each to the keys and the origin of the log. Never throws for bad ones. */
export async function readAnchors(
  anchors: readonly Anchor[],
  keys: readonly VerifierKey[],
  origin: string,
): Promise<readonly ReadAnchor[]> {
  return Promise.all(
    anchors.map(async ({ source, checkpoint: bytes }): Promise<ReadAnchor> => {
      try {
        const checkpoint = await readCheckpoint(bytes, keys);
        if (checkpoint.origin === origin) return { ok: true, source, checkpoint };
        const message = `checkpoint of another log: \`${checkpoint.origin}\``;
        throw new HoldfastError("log_checkpoint_key", message);
      } catch (error) {
        return { ok: false, source, why: checkpointDamage(error) };
      }
    }),
  );
}

/** The head an anchor holds the log to; an empty one when it could not be read. */
export function headOfAnchor(anchor: ReadAnchor): LogHead {
  return anchor.ok ? anchor.checkpoint.head : { size: 0, root: "" };
}
