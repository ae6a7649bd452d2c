import { parentPort, workerData } from "node:worker_threads";
import { HoldfastError } from "@holdfast/model";
import { IndexFollower } from "../index-follower.ts";
import type { IndexerWork, IndexerWord } from "../live-index.ts";
import { SqliteIndex } from "./sqlite-index.ts";

/** What a thread says: how far the index is, and whether it waits for more. */
function say(word: IndexerWord): void {
  parentPort?.postMessage(word);
}

/** On a full disk it looks so often whether there is room. */
const fullMs = 1_000;

// The thread of a `LiveIndex`, which starts it and starts it again: whatever goes wrong ends it.
const { directory, batchRecords } = workerData as IndexerWork;
const index = new SqliteIndex(directory);
const follower = new IndexFollower(index, directory, { batchRecords });

let timer: NodeJS.Timeout | undefined;

async function catchUp(): Promise<void> {
  clearTimeout(timer);
  try {
    const progress = (indexed: number): void => say({ indexed, idle: false });
    say({ indexed: await follower.catchUp({ progress }), idle: true });
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== "index_full") throw error;
    say({ full: error.message });
    timer = setTimeout(() => {
      last = last.then(catchUp);
    }, fullMs);
  }
}

async function end(): Promise<void> {
  clearTimeout(timer);
  await follower.close();
  await index.close();
  parentPort?.close();
}

let last = catchUp();
parentPort?.on("message", (word: "go" | "end") => {
  last = last.then(word === "go" ? catchUp : end);
});
