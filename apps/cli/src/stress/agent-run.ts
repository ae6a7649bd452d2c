import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import type { Writable } from "node:stream";
import { badArguments, CommandFailure } from "../failure.ts";

/** An agent as it is started. */
export interface AgentStart {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** takes what the agent says */
  readonly stderr: Writable;
  readonly timeoutMs: number;
}

/** Groups of processes are a thing of POSIX; elsewhere the agent alone is stopped. */
const hasGroups = process.platform !== "win32";

/**
 * Runs an agent to its end; its exit code, or null when it took too long. **Guarantees** an end at the
 * timeout: the agent and all that it has started are killed then, but for what has left its group of
 * processes, and nobody is waited for. What it leaves running when it exits has until then to end.
 *
 * @throws CommandFailure exit 2 when it cannot be started; when this command is told to stop meanwhile
 */
export function runAgent(start: AgentStart): Promise<number | null> {
  const { command, args, env, stderr, timeoutMs } = start;
  const child = spawn(command, [...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that it ends with all that it started.
    detached: hasGroups,
  });
  // Standard output is for what came of it.
  for (const stream of [child.stdout, child.stderr]) stream.pipe(stderr, { end: false });
  const kill = (): void => {
    killAll(child);
    // What left the group may hold them open for ever.
    for (const stream of [child.stdout, child.stderr]) stream.destroy();
  };
  return new Promise<number | null>((done, fail) => {
    const timer = setTimeout(() => {
      // Where it has exited, only what it left is stopped.
      const code = child.exitCode ?? (child.signalCode === null ? null : 1);
      kill();
      end(() => done(code));
    }, timeoutMs);
    // It is in a group of its own, so that the terminal tells this process alone.
    const onSignal = (signal: NodeJS.Signals): void => {
      kill();
      const code = 128 + constants.signals[signal];
      end(() => fail(new CommandFailure(`stopped by ${signal}, and the agent with it`, code)));
    };
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      for (const signal of stopSignals) process.off(signal, onSignal);
      settle();
    };
    for (const signal of stopSignals) process.once(signal, onSignal);
    child.once("error", (error) => {
      const message = `cannot start the agent \`${command}\`: ${error.message}`;
      end(() => fail(badArguments(message)));
    });
    child.once("close", (code) => end(() => done(code ?? 1)));
  });
}

const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function killAll(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (!hasGroups) {
    child.kill("SIGKILL");
    return;
  }
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // Nothing of the group is left.
  }
}
