import { existsSync } from "node:fs";
import { Command, Option } from "commander";
import { checkTiles, damageText, lockedError, nodeFiles, verifyLog } from "@holdfast/log";
import { counted, HoldfastError } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import type { CommandContext } from "../command-context.ts";
import { exitCode } from "../exit-code.ts";
import { needLog } from "../log-option.ts";
import { outputFormats, renderData } from "../output-format.ts";
import type { OutputFormat } from "../output-format.ts";
import { renderTable } from "../table.ts";

interface FsckOptions {
  readonly data: string;
  readonly rebuild?: boolean;
  readonly output: OutputFormat;
}

/** One part of a data folder, and how it is. */
interface Part {
  readonly part: string;
  /** evidence cannot be made again; what is derived can */
  readonly kind: "evidence" | "derived";
  readonly state: "good" | "damaged" | "incomplete" | "rebuilt" | "absent" | "not checked";
  readonly detail: string;
}

/** `holdfast audit fsck`: what is evidence and what is derived, and how each is. */
export function auditFsckCommand(context: CommandContext): Command {
  return new Command("fsck")
    .description(
      "check evidence and everything derived from it; exit 7 or 10 when something is wrong",
    )
    .option("-d, --data <dir>", "folder of the log", ".holdfast")
    .option("--rebuild", "write tiles and bundles anew where they are absent or wrong")
    .addOption(
      new Option("-o, --output <format>", "how to print")
        .choices([...outputFormats])
        .default("table"),
    )
    .addHelpText("after", examples)
    .action(async (options: FsckOptions) => {
      needLog(options.data);
      const parts = await checkParts(options.data, options.rebuild === true);
      const terminal = context.terminal();
      if (options.output !== "table") {
        terminal.data(
          renderData(
            parts.map((part): Json => ({ ...part })),
            options.output,
          ),
        );
      } else {
        const rows = parts.map(({ part, kind, state, detail }) => [part, kind, state, detail]);
        terminal.data(renderTable(["part", "kind", "state", ""], rows));
      }
      context.exit(exitOf(parts));
    });
}

async function checkParts(data: string, rebuild: boolean): Promise<readonly Part[]> {
  const report = await verifyLog(data);
  const { head, segments, checkpoints } = report;
  const [problem] = report.problems;
  const evidence: Part = {
    part: "log",
    kind: "evidence",
    state: report.ok ? "good" : "damaged",
    detail:
      problem === undefined
        ? [
            counted(segments, "segment"),
            counted(head.size - report.first, "record"),
            counted(checkpoints?.good ?? 0, "checkpoint"),
          ].join(", ")
        : `${damageText(problem)}; run audit verify for all of it`,
  };
  if (report.state === "damaged") return [evidence];
  return [
    evidence,
    await checkTilePart(data, head.size, rebuild),
    await indexPart(data, head.size),
  ];
}

async function checkTilePart(data: string, size: number, rebuild: boolean): Promise<Part> {
  const release = rebuild ? await nodeFiles.lock(data) : undefined;
  // A writer keeps its tiles itself.
  if (rebuild && release === undefined) throw await lockedError(nodeFiles, data);
  try {
    const report = await checkTiles({ files: nodeFiles, directory: data, size, rebuild });
    const { expected, wrong, absent, damaged, rebuilt, unknown } = report;
    const base = { part: "tiles", kind: "derived" } as const;
    if (unknown) {
      const detail = "tiles of pruned records are gone and cannot be made again";
      return { ...base, state: "damaged", detail };
    }
    const found = [...damaged, ...absent][0] ?? "";
    if (wrong === 0) return { ...base, state: "good", detail: `${expected} tiles and bundles` };
    const count = `${wrong} of ${expected}`;
    if (rebuilt > 0) return { ...base, state: "rebuilt", detail: `${count} were absent or wrong` };
    const what = damaged.length > 0 ? "damaged" : "incomplete";
    const detail = `${count} are absent or wrong, such as ${found}; --rebuild makes them`;
    return { ...base, state: what, detail };
  } finally {
    await release?.();
  }
}

async function indexPart(data: string, size: number): Promise<Part> {
  const base = { part: "index", kind: "derived" } as const;
  const absent = { ...base, state: "absent", detail: "made by audit query" } as const;
  if (!existsSync(`${data}/index.db`)) return absent;
  const { SqliteIndex } = await import("@holdfast/store/sqlite");
  const index = new SqliteIndex(data);
  try {
    const indexed = (await index.place())?.size ?? 0;
    const behind = Math.max(0, size - indexed);
    return { ...base, state: "good", detail: `${behind} records behind; audit query catches up` };
  } catch (error) {
    if (!(error instanceof HoldfastError) || !error.code.startsWith("index_")) throw error;
    return { ...base, state: "rebuilt", detail: error.message };
  } finally {
    await index.close();
  }
}

function exitOf(parts: readonly Part[]): number {
  const wrong = parts.filter(({ state }) => state === "damaged" || state === "incomplete");
  if (wrong.some(({ kind }) => kind === "evidence")) return exitCode.logVerificationFailed;
  return wrong.length > 0 ? exitCode.findings : exitCode.ok;
}

const examples = `
Examples:
  holdfast audit fsck --data .holdfast
  holdfast audit fsck --rebuild

Evidence (log.json, segments, payloads, checkpoints) is never changed. What is derived may be deleted.
`;
