import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { makeFolder, verifyLog } from "@holdfast/log";
import { counted, HoldfastError } from "@holdfast/model";
import { GatewaySession } from "./gateway-session.ts";
import type { DecisionLine, ToolAnswer } from "./gateway-session.ts";
import type { Scene, Step } from "./scene.ts";
import { changedPaths, layScratchFolder, takeSnapshot } from "./scratch-folder.ts";

/** How the demo runs and where it writes. */
export interface DemoOptions {
  readonly scene: Scene;
  /** folder of the log and of the agent's files; a new one below the system's temporary folder by default */
  readonly data?: string;
  /** the `holdfast` program: the agent's client starts it as `node <program> wrap mcp …` */
  readonly program: string;
  /** policy folder, as it is to be shown */
  readonly policies: string;
  readonly write: (line: string) => void;
  /** why a record was decided so, one line each; the command recomputes it from the log */
  readonly explain: (log: string, record: number) => Promise<readonly string[]>;
  readonly paint: (text: string, as: "good" | "bad" | "dim" | "bold") => string;
}

/** What came of it; `ok` only when every denial left the disk as it was and the log verifies. */
export interface DemoResult {
  readonly ok: boolean;
  readonly data: string;
  readonly decisions: readonly DecisionLine[];
}

/**
 * Lets a scripted agent work through the real gateway on the real filesystem server, and shows
 * each decision. Every line is made from what happened: decisions from the gateway, effects
 * from the disk, the verdict on the log from the log.
 */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { paint, scene, write } = options;
  const data = resolve(options.data ?? mkdtempSync(join(tmpdir(), "holdfast-demo-")));
  const files = join(data, "files");
  const log = join(data, "log");
  makeFolder(files);
  if (readdirSync(files).length > 0 && !existsSync(join(log, "log.json"))) {
    throw new HoldfastError("demo_folder", `\`${files}\` holds files that are not the demo's`);
  }
  layScratchFolder(files, scene.files);
  write(
    paint("A scripted agent, the real MCP filesystem server, and the gate between them.", "bold"),
  );
  write(`policies  ${options.policies}`);
  write(`files     ${files}`);
  if (scene.prompt !== undefined) write(`prompt    ${scene.prompt}`);
  const session = await GatewaySession.open({
    command: process.execPath,
    args: gatewayArguments(options, { files, log }),
    workingDirectory: files,
  });
  const run: Run = { ...options, session, files, log, decisions: [], unharmed: true };
  try {
    write(`tools     ${(await session.toolNames()).join(", ")}`);
    write(
      paint(
        "          (all that could be allowed; the server has more, the agent never sees them)",
        "dim",
      ),
    );
    for (const step of scene.script) await playStep(run, step);
  } finally {
    await session.close();
  }
  const isWhole = await closeWithLog(options, log);
  return { ok: run.unharmed && isWhole, data, decisions: run.decisions };
}

interface Run extends DemoOptions {
  readonly session: GatewaySession;
  readonly files: string;
  readonly log: string;
  readonly decisions: DecisionLine[];
  /** false once a denied call changed the disk, or a call has no decision */
  unharmed: boolean;
}

async function playStep(run: Run, step: Step): Promise<void> {
  run.write("");
  run.write(run.paint(`> ${step.because}`, "bold"));
  for (let turn = 0; turn < (step.times ?? 1); turn += 1) {
    const before = takeSnapshot(run.files);
    const answer = await run.session.call(step.tool, step.args);
    const changed = changedPaths(before, takeSnapshot(run.files));
    await showAnswer(run, step, { answer, changed });
  }
}

async function showAnswer(
  run: Run,
  step: Step,
  { answer, changed }: { readonly answer: ToolAnswer; readonly changed: readonly string[] },
): Promise<void> {
  const { paint, write } = run;
  const { decision } = answer;
  if (decision === undefined) {
    run.unharmed = false;
    write(paint("  the gateway reported no decision", "bad"));
    return;
  }
  run.decisions.push(decision);
  const granted = decision.effect === "allow" || decision.effect === "modify";
  const rule = decision.isNearest ? `none (nearest: ${decision.rule})` : decision.rule;
  const at = decision.at.replace(`${resolve(run.policies)}/`, "");
  write(
    `  ${paint(decision.effect.padEnd(9), granted ? "good" : "bad")}${step.tool} ${JSON.stringify(step.args["path"])}` +
      `  rule ${rule}  ${at}  ${decision.latency}  record ${decision.record}`,
  );
  if (!granted) {
    for (const line of await run.explain(run.log, decision.record))
      write(paint(`           ${line}`, "dim"));
    write(paint(`           the agent is told: ${oneLine(answer.text)}`, "dim"));
  } else if (step.tool !== "write_file") {
    write(paint(`           ${oneLine(answer.text)}`, "dim"));
  }
  showDisk(run, { granted, changed });
}

function showDisk(
  run: Run,
  { granted, changed }: { readonly granted: boolean; readonly changed: readonly string[] },
): void {
  const { paint, write } = run;
  if (granted) {
    for (const path of changed)
      write(paint(`           disk: ${path} is now ${contentOf(run, path)}`, "dim"));
    return;
  }
  if (changed.length === 0) {
    write(paint("           disk: read again after the denial, every file is as it was", "dim"));
    return;
  }
  run.unharmed = false;
  write(paint(`           disk: CHANGED although denied: ${changed.join(", ")}`, "bad"));
}

async function closeWithLog({ paint, scene, write }: DemoOptions, log: string): Promise<boolean> {
  const report = await verifyLog(log);
  write("");
  write(
    `${paint(report.state, report.ok ? "good" : "bad")}: the log holds ${counted(report.head.size, "record")}, ` +
      `and every byte of it was checked`,
  );
  for (const problem of report.problems) write(paint(`  ${problem.message}`, "bad"));
  const shown = relative(process.cwd(), log);
  const plain = shown.startsWith("..") ? log : shown;
  const path = /^[\w./-]+$/u.test(plain) ? plain : `'${plain.replaceAll("'", "'\\''")}'`;
  write("");
  write("The log lies in the folder below. What to try next:");
  write(`  npx holdfast audit query --data ${path}`);
  write(`  npx holdfast audit verify --data ${path}`);
  for (const command of scene.next) write(`  ${command}`);
  return report.ok;
}

function gatewayArguments(
  { policies, program, scene }: DemoOptions,
  { files, log }: { readonly files: string; readonly log: string },
): string[] {
  const server = createRequire(import.meta.url).resolve(
    "@modelcontextprotocol/server-filesystem/dist/index.js",
  );
  const options = [
    "--policy",
    resolve(policies),
    "--data",
    log,
    "--server",
    "files",
    "--agent",
    "writer",
    ...(scene.prompt === undefined ? [] : ["--prompt", scene.prompt]),
  ];
  return [program, "wrap", "mcp", ...options, "--", process.execPath, server, files];
}

function contentOf({ files }: Run, path: string): string {
  return oneLine(readFileSync(join(files, path), "utf8"));
}

function oneLine(text: string): string {
  const flat = JSON.stringify(text);
  return flat.length > 110 ? `${flat.slice(0, 107)}..."` : flat;
}
