import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { verifyLog } from "@holdfast/log";
import { HoldfastError } from "@holdfast/model";
import { openGuard } from "@holdfast/runtime";
import { Chance } from "../engine-fuzz/chance.ts";
import { Account } from "./account.ts";
import { requestOf } from "./action.ts";
import { guardOptions } from "./guard-options.ts";
import { readSideFile } from "./side-file.ts";
import type { Promised } from "./side-file.ts";

/** Counts of a campaign; they add up over campaigns. */
export interface ChaosCount {
  kills: number;
  /** kills before the log was open: while it is made, checked, cut, folded */
  killedInOpening: number;
  /** sessions, observations, decisions and outcomes that a worker was told are durable */
  acknowledged: number;
  executed: number;
  /** logs that a kill left with an unfinished group */
  torn: number;
  recoveries: number;
  segments: number;
  checkpoints: number;
  /** acknowledged records that were not there */
  lost: number;
  /** actions that were carried out without a record that permits them */
  unrecorded: number;
}

export interface ChaosCampaign {
  readonly count: ChaosCount;
  /** every promise that was not kept, and in which round */
  readonly broken: readonly string[];
}

/** A new log now and then, so that the last kills do not wait for all that came before. */
const roundsOfLog = 20;

const worker = fileURLToPath(new URL("worker.js", import.meta.url));

/**
 * Kills processes that run a guard under load, `kills` times at random moments, and holds what
 * they were told against what is on disk after each kill and at the end of each log. Random by
 * `seed` as far as the machine allows. `folder` is where the logs go; each is removed when whole.
 */
export async function runChaosCampaign(options: {
  readonly kills: number;
  readonly seed: number;
  readonly folder: string;
  /** asked after each log; true ends the campaign with what was done */
  readonly isOver: () => boolean;
  readonly progress: (count: ChaosCount) => void;
}): Promise<ChaosCampaign> {
  const chance = new Chance(options.seed);
  const random = (): number => chance.unit();
  const broken: string[] = [];
  const count: ChaosCount = {
    kills: 0,
    killedInOpening: 0,
    acknowledged: 0,
    executed: 0,
    torn: 0,
    recoveries: 0,
    segments: 0,
    checkpoints: 0,
    lost: 0,
    unrecorded: 0,
  };
  while (count.kills < options.kills && !options.isOver()) {
    const folder = join(options.folder, `log-${count.kills}`);
    mkdirSync(folder, { recursive: true });
    const rounds = Math.min(roundsOfLog, options.kills - count.kills);
    const found = await killOneLog({ folder, rounds, random, count });
    broken.push(...found);
    if (found.length === 0) rmSync(folder, { recursive: true });
    options.progress(count);
  }
  return { count, broken };
}

async function killOneLog(log: {
  readonly folder: string;
  readonly rounds: number;
  readonly random: () => number;
  readonly count: ChaosCount;
}): Promise<string[]> {
  const { folder, random, count } = log;
  const data = join(folder, "data");
  const account = new Account();
  const all: Promised[] = [];
  const broken: string[] = [];
  for (let round = 0; round < log.rounds; round += 1) {
    const name = `kill${count.kills}`;
    const side = join(folder, name);
    await killWorker({ data, side, name, random, inOpening: round % 4 === 0 });
    count.kills += 1;
    const promised = readSideFile(side);
    all.push(promised);
    tally(count, promised);
    const found = await judge(data, { account, promised, count });
    // The other times the next worker finds the log as the kill left it.
    if (found.length === 0 && round % 3 === 1) {
      found.push(...(await foldAgain(data, { account, promised, random })));
    }
    broken.push(...found.map((text) => `${name}: ${text}`));
    if (found.length > 0) return broken;
  }
  return [...broken, ...(await judgeWhole(data, { all, count }))];
}

function tally(count: ChaosCount, { opened, ...promised }: Promised): void {
  if (!opened) count.killedInOpening += 1;
  const { sessions, observed, executed, ended, refused } = promised;
  count.executed += executed.size;
  count.acknowledged +=
    sessions.length + observed.length + executed.size + ended.length + refused.size;
}

/** Starts a worker and kills it: while it opens the log, or at any moment of its work. */
async function killWorker(run: {
  readonly data: string;
  readonly side: string;
  readonly name: string;
  readonly random: () => number;
  readonly inOpening: boolean;
}): Promise<void> {
  const { data, side, name, random } = run;
  const callers = 1 + Math.floor(random() * 64);
  const child = spawn(process.execPath, [worker, data, side, name, String(callers)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  let timer: NodeJS.Timeout | undefined;
  const kill = (afterMs: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => child.kill("SIGKILL"), afterMs);
  };
  // So many promises, and then any moment of those that follow.
  let left = run.inOpening ? 1 : 1 + Math.floor(random() * 120);
  if (run.inOpening) kill(random() * 900);
  const laterMs = random() * 10;
  child.stdout.on("data", (dots: Buffer) => {
    if (left > 0 && dots.length >= left) kill(laterMs);
    left -= dots.length;
  });
  await exited;
  clearTimeout(timer);
  if (child.signalCode !== "SIGKILL") {
    throw new Error(`worker ${name} ended on its own with ${child.exitCode}`);
  }
}

/** Holds a log that a kill left to what its worker was told. */
async function judge(
  data: string,
  { account, promised, count }: { account: Account; promised: Promised; count: ChaosCount },
): Promise<string[]> {
  try {
    const report = await verifyLog(data);
    if (report.state === "torn") count.torn += 1;
    if (report.state === "damaged") return [`damaged: ${JSON.stringify(report.problems[0])}`];
    await account.read(data);
  } catch (error) {
    // Killed before there was a log, or anything to lose.
    const isNew = error instanceof HoldfastError && error.code === "log_missing";
    return isNew && !promised.opened ? [] : [`cannot be verified: ${String(error)}`];
  }
  return missing(account, [promised], count);
}

function missing(account: Account, all: readonly Promised[], count: ChaosCount): string[] {
  const lost = all.flatMap((promised) => account.lost(promised));
  const unrecorded = all.flatMap((promised) => account.unrecorded(promised));
  count.lost += lost.length;
  count.unrecorded += unrecorded.length;
  return [
    ...lost.map((what) => `${what} was acknowledged and is not there`),
    ...unrecorded.map((id) => `${id} was carried out without a record`),
  ];
}

/** Opens the log as the next process does: what was answered stays answered. */
async function foldAgain(
  data: string,
  options: { account: Account; promised: Promised; random: () => number },
): Promise<string[]> {
  const { account, promised, random } = options;
  const broken: string[] = [];
  const guard = await openGuard({ ...guardOptions, data });
  try {
    const told = [...promised.executed, ...promised.refused];
    for (let turn = 0; turn < Math.min(5, told.length); turn += 1) {
      const [id, session] = told[Math.floor(random() * told.length)] ?? ["", ""];
      const answer = await guard.begin(requestOf(id, session));
      if (answer.granted || !answer.repeated) broken.push(`${id} was answered anew`);
    }
    const ambiguous = new Set(guard.ambiguous().map(({ id }) => id));
    for (const id of account.open(promised)) {
      if (!ambiguous.has(id)) broken.push(`${id} was carried out, and its fate is not on record`);
    }
  } finally {
    await guard.close();
  }
  const report = await verifyLog(data);
  if (!report.ok) broken.push(`opened and closed: ${JSON.stringify(report.problems[0])}`);
  return broken;
}

/** Opens the log once more and holds all of it to all that was told. */
async function judgeWhole(
  data: string,
  { all, count }: { all: readonly Promised[]; count: ChaosCount },
): Promise<string[]> {
  await (await openGuard({ ...guardOptions, data })).close();
  const report = await verifyLog(data);
  const account = new Account();
  await account.read(data);
  count.recoveries += account.recoveries;
  count.segments += readdirSync(join(data, "seg")).length;
  count.checkpoints += report.checkpoints?.good ?? 0;
  if (!report.ok) return [`at the end: ${JSON.stringify(report.problems[0])}`];
  return missing(account, all, count);
}
