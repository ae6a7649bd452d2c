import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { readLog, verifyLog } from "@holdfast/log";
import { randomOf } from "./random.ts";

/** Appends until it is killed: `node append-child.js DIR CALLERS NAME`. */
export const appendChild: string = fileURLToPath(new URL("append-child.js", import.meta.url));

export interface ChaosResult {
  readonly rounds: number;
  readonly acknowledged: number;
  /** rounds after which a group was found unfinished */
  readonly torn: number;
  /** every promise that was not kept; empty when all is well */
  readonly broken: readonly string[];
}

/**
 * Kills a process that appends to the log in `directory` at a random moment, `rounds` times over
 * the same log, and checks after each that it verifies or is merely torn, and at the end that
 * every acknowledged record is there. Random by `seed` as far as the machine allows.
 */
export async function killWriters(
  directory: string,
  rounds: number,
  seed: number,
): Promise<ChaosResult> {
  const random = randomOf(seed);
  const acknowledged = new Map<number, string>();
  const broken: string[] = [];
  let torn = 0;
  for (let round = 0; round < rounds; round += 1) {
    await killOne(directory, round, random, acknowledged);
    const report = await verifyLog(directory);
    if (report.state === "torn") torn += 1;
    if (report.state === "damaged") broken.push(`round ${round}: ${report.problems[0]?.message}`);
  }
  const found = new Map<number, string>();
  for await (const { index, body, payload } of readLog(directory)) {
    const { id } = JSON.parse(Buffer.from(body).toString()) as { id?: string };
    if (id !== undefined) found.set(index, id);
    if (id !== undefined && !(payload instanceof Uint8Array)) broken.push(`no payload of ${index}`);
  }
  for (const [index, id] of acknowledged) {
    if (found.get(index) !== id) broken.push(`record ${index}: ${id} became ${found.get(index)}`);
  }
  return { rounds, acknowledged: acknowledged.size, torn, broken };
}

async function killOne(
  directory: string,
  round: number,
  random: () => number,
  acknowledged: Map<number, string>,
): Promise<void> {
  const callers = 1 + Math.floor(random() * 200);
  const args = [appendChild, directory, String(callers), `run${round}`];
  const writer = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const closed = new Promise((resolve) => writer.once("close", resolve));
  let timer: NodeJS.Timeout | undefined;
  for await (const line of createInterface({ input: writer.stdout })) {
    const [index = "", id = ""] = line.split(" ");
    if (index === "open") timer = setTimeout(() => writer.kill("SIGKILL"), random() * 150);
    else if (id.includes(`run${round}-`)) acknowledged.set(Number(index), id);
  }
  clearTimeout(timer);
  await closed;
}
