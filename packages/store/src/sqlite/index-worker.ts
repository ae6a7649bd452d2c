import { parentPort, workerData } from "node:worker_threads";
import { IndexFollower } from "../index-follower.ts";
import type { IndexerWork } from "../live-index.ts";
import { SqliteIndex } from "./sqlite-index.ts";

/** What a thread says: how far the index is, and whether it waits for more. */
function say(indexed: number, idle: boolean): void {
  parentPort?.postMessage({ indexed, idle });
}

// The thread of a `LiveIndex`, which starts it and starts it again: whatever goes wrong ends it.
const { directory, batchRecords } = workerData as IndexerWork;
const index = new SqliteIndex(directory);
const follower = new IndexFollower(index, directory, { batchRecords });

async function catchUp(): Promise<void> {
  const indexed = await follower.catchUp({ progress: (size) => say(size, false) });
  say(indexed, true);
}

async function end(): Promise<void> {
  await follower.close();
  await index.close();
  parentPort?.close();
}

let last = catchUp();
parentPort?.on("message", (word: "go" | "end") => {
  last = last.then(word === "go" ? catchUp : end);
});
