import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { canonicalJson } from "@holdfast/model";
import { openGuard, queryLog } from "@holdfast/runtime";
import { build, holdfast } from "./gateway-command.ts";
import { LineClient } from "./line-client.ts";
import { allowAll, recordingServer, scratch } from "./raw-session.ts";

/** How often the gateway is killed; the full run is 100. */
const kills = Number(process.env["HOLDFAST_CHAOS"] ?? 8);

/** Requests without an answer that the client keeps up. */
const inFlight = 24;

beforeAll(() => build("apps/cli"));

/** When to kill: so long after the start, or after so many answers. */
interface Moment {
  readonly answers?: number;
  readonly afterMs: number;
}

/** Before anything is listed, while the first calls are decided, or anywhere in the stream. */
function moment(round: number): Moment {
  if (round % 4 === 0) return { afterMs: Math.random() * 1500 };
  return { answers: 1 + Math.floor(Math.random() * 200), afterMs: Math.random() * 10 };
}

/** Calls without pause until the gateway is killed. Resolves with how many calls were answered. */
async function hammer(args: readonly string[], round: number): Promise<number> {
  const child = spawn(process.execPath, [...args], { stdio: ["pipe", "pipe", "ignore"] });
  child.stdin.on("error", () => undefined);
  const client = new LineClient(child.stdin, child.stdout);
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const { answers, afterMs } = moment(round);
  const kill = (): void => void setTimeout(() => child.kill("SIGKILL"), afterMs);
  if (answers === undefined) kill();
  let asked = 0;
  let answered = 0;
  const ask = async (): Promise<void> => {
    const n = ++asked;
    await client.call(n, n % 5 === 0 ? "slow" : "echo", { ms: 5, round, n });
    if (++answered === answers) kill();
    await ask();
  };
  void client.initialize();
  for (let i = 0; i < inFlight; i++) void ask();
  await exited;
  return answered;
}

/** Exit code of `holdfast audit verify`: 0 when every byte is whole, 7 when not. */
function verify(data: string): number | null {
  return spawnSync(process.execPath, [holdfast, "audit", "verify", "--data", data]).status;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Canonical arguments of every call the server was sent, as it kept them itself. */
function callsReceived(path: string): string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line))
    .filter(({ method }) => method === "tools/call")
    .map(({ id, params }) => canonicalJson([String(id), params.name, params.arguments]));
}

test(
  `every call that reached the server has a durable allow record, over ${kills} kill -9`,
  async () => {
    const folder = scratch();
    // A new log now and then, so that the last kills do not wait for all that came before.
    const dataOf = (round: number): string => join(folder, `data-${Math.floor(round / 20)}`);
    const policies = join(folder, "policies");
    mkdirSync(policies);
    writeFileSync(join(policies, "test.yaml"), allowAll);
    const received: string[] = [];
    const found = { answered: 0, torn: 0 };
    for (let round = 0; round < kills; round++) {
      const data = dataOf(round);
      const recordPath = join(folder, `record-${round}.jsonl`);
      const endPath = join(folder, `end-${round}`);
      const options = JSON.stringify({ endPath, pageSize: 100 });
      const gateway = [holdfast, "wrap", "mcp", "--policy", policies, "--data", data];
      const server = [process.execPath, recordingServer, recordPath, options];
      found.answered += await hammer([...gateway, "--server", "rec", "--", ...server], round);
      // Whatever was in the pipe when the gateway died is read before the server ends.
      if (existsSync(recordPath)) await until(() => existsSync(endPath));
      received.push(...callsReceived(recordPath));

      const whole = existsSync(data) ? verify(data) : 0;
      if (whole !== 0) found.torn++;
      const pep = { type: "mcp-stdio", id: "test", version: "0" };
      await (await openGuard({ policies, data, pep })).close();
      expect(verify(data)).toBe(0);
    }
    const allowed = new Set<string>();
    for (let round = 0; round < kills; round += 20) {
      for await (const { args, decision } of queryLog(dataOf(round), { payloads: true })) {
        const id = decision.action.id.split(":").at(-1) ?? "";
        if (decision.granted && decision.effect === "allow") {
          allowed.add(canonicalJson([id, decision.tool.name, args ?? null]));
        }
      }
    }
    const { answered, torn } = found;
    console.log(
      `${kills} kills: ${received.length} calls received, ${answered} answered, ${allowed.size} allow records, ${torn} torn tails`,
    );
    expect(received.filter((call) => !allowed.has(call))).toEqual([]);
    expect(received.length).toBeGreaterThan(kills);
    expect(new Set(received).size).toBe(received.length);
  },
  kills * 60_000,
);
