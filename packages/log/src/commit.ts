import { encodeFrame, frameType } from "./frame.ts";
import type { LogHead } from "./tree.ts";

/** The commit frame that ends group `batch`: the head of the tree after it. */
export function encodeCommit(batch: number, head: LogHead): Buffer {
  const content = `{"batch":${batch},"root":"${head.root}","size":${head.size}}`;
  return encodeFrame(frameType.commit, batch, Buffer.from(content));
}
