import { spawnSync } from "node:child_process";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { openLog } from "@holdfast/log";
import { openGuard } from "@holdfast/runtime";
import { atOnce, policies, quantileOf, requestOf } from "./workload.ts";

/** Starts of a guard on a log of so many records. Times in ms, memory in MB. */
export interface RestartRow {
  readonly records: number;
  readonly after: "close" | "kill";
  readonly wallMs: number;
  readonly worstMs: number;
  readonly cpuMs: number;
  /** most memory the process ever held, Node itself and the policies included */
  readonly peakMb: number;
  readonly load1: number;
}

/** What one start tells of itself. */
interface Start {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMb: number;
}

const pep = { type: "bench", id: "b", version: "0" };
const actions = 5_000;
const starts = 5;

/** Fills a log by nothing but its writer, then lets a guard decide, so that there is a snapshot. */
async function fill(data: string, records: number): Promise<void> {
  const log = await openLog({ directory: data, origin: "holdfast", now: () => 0 });
  const digest = `sha256:${"0".repeat(64)}`;
  let last: Promise<void> | undefined;
  for (let count = 0; count < records; count += 1) {
    const text = `{"bundle":"${digest}","kind":"policy","previous":"${digest}","time":${count},"v":1}`;
    last = log.append(Buffer.from(text)).durable;
    if (count % 16_384 === 0) await last;
  }
  await last;
  await log.close();
}

/** Makes a log of so many records in `data`, and tells how the starts on it went. */
export async function measureRestart(
  data: string,
  records: number,
): Promise<readonly RestartRow[]> {
  await fill(data, records - actions);
  const guard = await openGuard({ policies, data, pep });
  await atOnce(actions, (number) => guard.begin(requestOf(number)));
  await guard.close();
  return [measureStarts(data, records, "close"), measureStarts(data, records, "kill")];
}

/** Each start is a process of its own; one that is to die has decided something before. */
function measureStarts(data: string, records: number, after: RestartRow["after"]): RestartRow {
  const found: Start[] = [];
  for (let count = 0; count < starts; count += 1) {
    if (after === "kill") startIn(data, "kill");
    found.push(startIn(data, "close"));
  }
  const wall = found.map(({ wallMs }) => wallMs);
  return {
    records,
    after,
    wallMs: quantileOf(wall, 0.5),
    worstMs: Math.max(...wall),
    cpuMs: quantileOf(
      found.map(({ cpuMs }) => cpuMs),
      0.5,
    ),
    peakMb: Math.max(...found.map(({ peakMb }) => peakMb)),
    load1: loadavg()[0] ?? 0,
  };
}

function startIn(data: string, ending: "close" | "kill"): Start {
  const program = fileURLToPath(new URL("../restart-main.js", import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [program, "--start", data, ending], {
    encoding: "utf8",
  });
  const line = /^\{.*\}$/mu.exec(stdout)?.[0];
  if (line === undefined) throw new Error(`a start failed: ${stderr}`);
  return JSON.parse(line) as Start;
}

/** Opens a guard, tells what it took, and ends: in good order, or killed within its work. */
export async function startOnce(data: string, ending: string): Promise<void> {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const guard = await openGuard({ policies, data, pep });
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  const peakMb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ wallMs, cpuMs: (user + system) / 1000, peakMb })}\n`);
  if (ending === "close") return guard.close();
  await atOnce(500, (number) => guard.begin(requestOf(number)));
  void atOnce(500, (number) => guard.begin(requestOf(number)));
  await new Promise((resume) => setImmediate(resume));
  process.kill(process.pid, "SIGKILL");
}
