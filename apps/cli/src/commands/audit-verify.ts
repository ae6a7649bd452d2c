import { counted, printable } from "@holdfast/model";
import { Command, Option } from "commander";
import { damageText, verifyLog } from "@holdfast/log";
import type { Anchor, CheckpointReport, LogHead, VerifyReport } from "@holdfast/log";
import type { Json } from "@holdfast/model";
import {
  readBack,
  readConfiguration,
  readLogAhead,
  readPublished,
  targetName,
} from "@holdfast/runtime";
import type { PublishTarget } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import { exitCode } from "../exit-code.ts";
import { badArguments } from "../failure.ts";
import { readBytes } from "../input-file.ts";
import { collect, needLog, readKeys } from "../log-option.ts";
import { outputFormats, renderData } from "../output-format.ts";
import type { OutputFormat } from "../output-format.ts";
import type { Terminal } from "../terminal.ts";
import { publishedText } from "./audit-publish.ts";

interface VerifyCommandOptions {
  readonly data: string;
  readonly config?: string;
  readonly held?: string;
  readonly checkpoint?: readonly string[];
  readonly vkey?: readonly string[];
  readonly output: OutputFormat;
}

/** `holdfast audit verify`: answers for every byte of the log. */
export function auditVerifyCommand(context: CommandContext): Command {
  return new Command("verify")
    .description("check every byte of the log; exit 7 when it is not whole")
    .option("-d, --data <dir>", "folder of the log", ".holdfast")
    .option("-c, --config <file>", "ask the places of its `log.publish` what they hold")
    .option("--held <size:root>", "a head you kept earlier: the log must contain it")
    .option(
      "--checkpoint <file>",
      "a checkpoint you kept: the log must contain it (repeatable)",
      collect,
    )
    .option(
      "--vkey <key>",
      "believe this verifier key, or the file of them, and not the folder's own (repeatable)",
      collect,
    )
    .addOption(
      new Option("-o, --output <format>", "how to print")
        .choices([...outputFormats])
        .default("table"),
    )
    .addHelpText("after", examples)
    .action(async (options: VerifyCommandOptions) => {
      needLog(options.data);
      const held = options.held === undefined ? undefined : parseHead(options.held);
      const { checkpoint = [], vkey = [] } = options;
      const keys = readKeys(vkey);
      const given = checkpoint.map((path) => ({
        source: `file:${path}`,
        checkpoint: readBytes(path),
      }));
      const configured =
        options.config === undefined ? [] : readConfiguration(options.config).log.publish;
      const published = await readPublished(options.data);
      const { anchors, silent } = await askTargets(configured);
      const report = await verifyLog(options.data, {
        readAhead: readLogAhead,
        anchors: [...given, ...anchors],
        ...(held === undefined ? {} : { held }),
        ...(keys.length === 0 ? {} : { keys }),
      });
      const terminal = context.terminal();
      if (options.output === "table") {
        printReport(terminal, report);
        for (const name of new Set([...published.keys(), ...silent.keys()])) {
          if (anchors.some(({ source }) => source === name)) continue;
          const got = publishedText(published.get(name) ?? {});
          const why = silent.get(name) ?? "by its own word; -c asks the place itself";
          terminal.data(printable(`published ${name} ${got} (${why})`));
        }
      } else terminal.data(renderData(reportData(report), options.output));
      context.exit(report.ok ? exitCode.ok : exitCode.logVerificationFailed);
    });
}

function parseHead(text: string): LogHead {
  const parts = /^(\d{1,15}):([0-9a-f]{64})$/u.exec(text);
  if (parts?.[1] === undefined || parts[2] === undefined) {
    throw badArguments(
      `\`${text}\` is not a head: write <size>:<64 hex digits>, as verify prints it`,
    );
  }
  return { size: Number(parts[1]), root: parts[2] };
}

function headText({ size, root }: LogHead): string {
  return `${size}:${root}`;
}

function printReport(terminal: Terminal, report: VerifyReport): void {
  const { green, red, yellow } = terminal.colors;
  const color = report.state === "intact" ? green : report.state === "torn" ? yellow : red;
  terminal.data(
    `${color(report.state)}  ${counted(report.head.size, "record")} in ${counted(report.segments, "segment")}, ${counted(report.groups, "group")}`,
  );
  terminal.data(`head      ${headText(report.head)}`);
  terminal.data(`covered   ${report.covered}`);
  if (report.checkpoints !== undefined)
    terminal.data(printable(`signed    ${signedText(report.checkpoints)}`));
  terminal.data(printable(`anchor    ${report.anchor}`));
  const { erased, missing } = report.payloads;
  if (erased + missing > 0) terminal.data(`payloads  ${erased} erased, ${missing} missing`);
  for (const problem of report.problems)
    terminal.data(red(printable(`problem   ${damageText(problem)}`)));
  if (report.more !== undefined) terminal.data(red(`problem   ${report.more} more`));
  if (report.state === "torn") {
    terminal.data(
      "An unfinished group at the end was never acknowledged; the next start cuts it off and records that.",
    );
  }
}

/**
 * What the configured places hold now; `silent` says of the others why they could not be asked.
 *
 * WHY all of them, whatever the folder notes of what was published: whoever puts the log back to an older
 * copy puts the note back too.
 */
async function askTargets(targets: readonly PublishTarget[]): Promise<{
  readonly anchors: readonly Anchor[];
  readonly silent: ReadonlyMap<string, string>;
}> {
  const anchors: Anchor[] = [];
  const silent = new Map<string, string>();
  for (const target of targets) {
    const source = targetName(target);
    try {
      const checkpoint = await readBack(target);
      if (checkpoint === undefined) silent.set(source, "a place that is not read back");
      else anchors.push({ source, checkpoint });
    } catch (error) {
      const why = error instanceof Error ? error.message : "unknown";
      silent.set(source, `cannot be read: ${why}`);
    }
  }
  return { anchors, silent };
}

function signedText(checkpoints: CheckpointReport): string {
  const { good, unheld, newest, signers, keysGiven } = checkpoints;
  if (newest === undefined) return "no checkpoint vouches for this log";
  const believed = keysGiven
    ? "as given"
    : "as its own folder says; give --vkey to believe another";
  const older = unheld === 0 ? "" : `, ${unheld} over pruned records without their hashes`;
  return `${counted(good, "checkpoint")}${older}, the newest of ${counted(newest, "record")} by ${signers.join(" and ")}, ${believed}`;
}

function reportData(report: VerifyReport): Json {
  return {
    state: report.state,
    ok: report.ok,
    head: { ...report.head },
    groups: report.groups,
    segments: report.segments,
    tail: report.tail,
    payloads: report.payloads,
    problems: report.problems.map((problem) => ({ ...problem })),
    covered: report.covered,
    anchor: report.anchor,
    anchors: report.anchors.map((anchor) => ({ ...anchor })),
    first: report.first,
    ...(report.checkpoints === undefined ? {} : { checkpoints: { ...report.checkpoints } }),
    ...(report.more === undefined ? {} : { more: report.more }),
  };
}

const examples = `
Examples:
  holdfast audit verify --data .holdfast
  holdfast audit verify --data .holdfast --held 120:9f2c...   (a head printed and kept earlier)
  holdfast audit verify --checkpoint /backup/checkpoint --vkey /backup/log.vkey

Keep a checkpoint somewhere the log's machine cannot write: it shows any later change or cut below it.
`;
