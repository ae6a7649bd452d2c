import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parseCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { folderAt } from "./folder.ts";
import { printable, printableJson } from "./printable.ts";
import { receiptLines, verdictLines } from "./report-text.ts";
import { parseVerifierKey } from "./signed-note.ts";
import type { VerifierKey } from "./signed-note.ts";
import { judgeReceipt } from "./tlog-proof.ts";
import { verifyLog } from "./verify-log.ts";

const usage = `Usage: holdfast-verify DIR [options]
       holdfast-verify --proof FILE --record FILE --vkey KEY [options]

Checks an evidence log of Holdfast, or the receipt of one record, and shares no code with what
wrote it. Reads files alone: no network, nothing is changed.

Options:
  --vkey KEY           a key you hold for this log, as text or as a file of such lines; may be
                       repeated. Without one the log's own keys are used, which prove nothing alone
  --checkpoint FILE    a signed checkpoint you kept: the log must contain it; may be repeated
  --head SIZE:ROOT     a head you kept, without a signature; may be repeated
  --proof FILE         a \`.tlog-proof\` receipt
  --record FILE        the exact bytes of the record it is for
  -o, --output FORMAT  table or json (default table)
  --help               this text

Exit code: 0 all is well, 7 it is not, 2 wrong arguments, 1 a file cannot be read.

Examples:
  holdfast-verify .holdfast
  holdfast-verify .holdfast --vkey held/log.vkey --checkpoint held/checkpoint
  holdfast-verify --proof receipt.tlog-proof --record record.json --vkey held/log.vkey`;

/** Where a run writes; a process, or what a test gives. */
interface Outlet {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Arguments that make no sense, in words for whoever wrote them. */
class UsageError extends Error {}

interface Arguments {
  readonly directory?: string;
  readonly keys?: readonly VerifierKey[];
  readonly held: readonly { readonly name: string; readonly checkpoint: Checkpoint }[];
  readonly heads: readonly { readonly size: number; readonly root: string }[];
  readonly proof?: string;
  readonly record?: string;
  readonly isJson: boolean;
  readonly help: boolean;
}

/** Runs the command and gives its exit code; never throws. */
export function run(args: readonly string[], outlet: Outlet): number {
  try {
    const options = readArguments(args);
    if (options.help) {
      outlet.stdout.write(`${usage}\n`);
      return 0;
    }
    return options.proof === undefined
      ? runLog(options, outlet)
      : runReceipt(options.proof, options, outlet);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    outlet.stderr.write(`${printable(`error: ${message}`)}\n`);
    if (!(error instanceof UsageError)) return 1;
    outlet.stderr.write("holdfast-verify --help says what there is\n");
    return 2;
  }
}

function runLog(options: Arguments, { stdout }: Outlet): number {
  const { directory, keys, held, heads, isJson } = options;
  if (directory === undefined) throw new UsageError("say which folder: `holdfast-verify DIR`");
  const folder = folderAt(directory);
  if (folder.read("log.json") === undefined && folder.list("seg").length === 0) {
    throw new UsageError(`there is no log in \`${directory}\``);
  }
  const verdict = verifyLog(folder, { held, heads, ...(keys === undefined ? {} : { keys }) });
  const text = isJson ? printableJson(verdict) : verdictLines(verdict).join("\n");
  stdout.write(`${text}\n`);
  return verdict.state === "intact" ? 0 : 7;
}

function runReceipt(path: string, options: Arguments, { stdout }: Outlet): number {
  const { record, keys, isJson } = options;
  if (record === undefined) throw new UsageError("a receipt needs `--record FILE`");
  if (keys === undefined)
    throw new UsageError("a receipt needs `--vkey KEY`: which log is trusted");
  const verdict = judgeReceipt(readFileSync(path), readFileSync(record), keys);
  const shown = verdict.proven
    ? {
        proven: true,
        index: verdict.index,
        origin: verdict.checkpoint.origin,
        size: verdict.checkpoint.size,
        root: verdict.checkpoint.root,
        keys: verdict.by.map(({ text }) => text),
      }
    : verdict;
  const text = isJson ? printableJson(shown) : receiptLines(verdict).join("\n");
  stdout.write(`${text}\n`);
  return verdict.proven ? 0 : 7;
}

function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parsed(args);
  const [directory, ...others] = positionals;
  if (others.length > 0) throw new UsageError(`\`${others[0]}\` is one folder too many`);
  if (directory !== undefined && values.proof !== undefined) {
    throw new UsageError("a receipt is checked without a folder: leave one of the two out");
  }
  if (!["table", "json"].includes(values.output)) {
    throw new UsageError(`\`${values.output}\` is no format: write table or json`);
  }
  return {
    held: values.checkpoint.map(readHeld),
    heads: values.head.map(readHead),
    isJson: values.output === "json",
    help: values.help,
    ...(directory === undefined ? {} : { directory }),
    ...(values.vkey.length === 0 ? {} : { keys: values.vkey.flatMap(readKeys) }),
    ...(values.proof === undefined ? {} : { proof: values.proof }),
    ...(values.record === undefined ? {} : { record: values.record }),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        vkey: { type: "string", multiple: true, default: [] },
        checkpoint: { type: "string", multiple: true, default: [] },
        head: { type: "string", multiple: true, default: [] },
        proof: { type: "string" },
        record: { type: "string" },
        output: { type: "string", short: "o", default: "table" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** A key as text, or a file with a key in each line. */
function readKeys(text: string): readonly VerifierKey[] {
  const direct = parseVerifierKey(text);
  if (direct !== undefined) return [direct];
  const lines = readNamed(text, "neither a verifier key nor a file of them").toString("utf8");
  return lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const key = parseVerifierKey(line);
      if (key === undefined) throw new UsageError(`\`${text}\` has a line that is no verifier key`);
      return key;
    });
}

function readHeld(name: string): Arguments["held"][number] {
  const checkpoint = parseCheckpoint(readNamed(name, "no file"));
  if (checkpoint === undefined) throw new UsageError(`\`${name}\` is not a signed checkpoint`);
  return { name, checkpoint };
}

function readHead(text: string): Arguments["heads"][number] {
  const [, size, root] = /^(0|[1-9][0-9]{0,14}):([0-9a-f]{64})$/u.exec(text) ?? [];
  if (size === undefined || root === undefined) {
    throw new UsageError(`\`${text}\` is not a head: write <size>:<64 hex digits>`);
  }
  return { size: Number(size), root };
}

function readNamed(path: string, otherwise: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`\`${path}\` is ${otherwise}`, { cause: error });
  }
}
