import { createFactReader, openSqlParser } from "@holdfast/facts";
import type { FactSubject, SqlParser } from "@holdfast/facts";
import { parentPort } from "node:worker_threads";
import { machineFiles } from "./machine-files.ts";

/*
 * The thread of a `FactPool`: answers one question after the other, and tells when it is ready, when
 * it loads what takes longer than any question may, and when that is done.
 */

let sqlParser: SqlParser | undefined;

async function answer({ id, subject }: { id: number; subject: FactSubject }): Promise<void> {
  if (subject.names.includes("sql") && sqlParser === undefined) {
    parentPort?.postMessage({ state: "loading" });
    sqlParser = await openSqlParser();
    parentPort?.postMessage({ state: "loaded" });
  }
  const facts = createFactReader({ files: machineFiles, sqlParser })(subject);
  parentPort?.postMessage({ state: "done", id, facts: JSON.stringify(facts) });
}

parentPort?.on("message", (question: { id: number; subject: FactSubject }) => {
  // What cannot be answered ends the thread, and with it the question.
  void answer(question);
});
parentPort?.postMessage({ state: "ready" });
