import { existsSync, readFileSync, statSync } from "node:fs";
import { Command, Option } from "commander";
import type { PolicyFileText } from "@holdfast/engine";
import { formatPolicyFile } from "@holdfast/engine/editor";
import type { CommandContext } from "../command-context.ts";
import { diagnosticText } from "../diagnostic-text.ts";
import { exitCode } from "../exit-code.ts";
import { badArguments, CommandFailure } from "../failure.ts";
import { replaceFile } from "../file-replacement.ts";
import { changedSet, policyFilesBelow } from "../format-folder.ts";
import { unifiedDiff } from "../line-diff.ts";
import { outputFormats, renderData } from "../output-format.ts";
import type { OutputFormat } from "../output-format.ts";
import type { Terminal } from "../terminal.ts";

interface FmtOptions {
  readonly check?: boolean;
  readonly diff?: boolean;
  readonly output: OutputFormat;
}

/** What became of one file. */
interface Formatted {
  readonly file: PolicyFileText;
  /** absent: it cannot be read, and is left alone */
  readonly text?: string;
}

/** `holdfast fmt`: lays policy files out anew, without a change of meaning. */
export function fmtCommand(context: CommandContext): Command {
  return new Command("fmt")
    .description("lay out policy files, with the conditions in them; the bundle digest stays")
    .argument("[paths...]", "policy files and folders, `-` for standard input", ["policies"])
    .option("--check", "write nothing, exit with 10 when a file would change")
    .option("--diff", "write nothing, show what would change")
    .addOption(
      new Option("-o, --output <format>", "how to list the files that changed")
        .choices([...outputFormats])
        .default("table"),
    )
    .addHelpText("after", examples)
    .action(async (paths: readonly string[], options: FmtOptions) => {
      const terminal = context.terminal();
      if (!paths.includes("-")) context.exit(formatPaths(terminal, paths, options));
      else if (paths.length > 1) throw badArguments("`-` stands alone");
      else context.exit(await formatInput(context, options));
    });
}

function formatPaths(terminal: Terminal, paths: readonly string[], options: FmtOptions): number {
  const results = paths.flatMap((path) => formatPath(path, terminal));
  const changed = results.filter(({ file, text }) => text !== undefined && text !== file.text);
  const broken = results.filter(({ text }) => text === undefined);
  const writes = options.check !== true && options.diff !== true;
  for (const { file, text } of changed) {
    if (text !== undefined && writes) replaceFile(file, text);
  }
  if (options.diff === true) {
    for (const { file, text } of changed) showDiff(terminal, file, text ?? "");
  } else list(terminal, changed, options.output);
  if (broken.length > 0) {
    terminal.words(
      broken.length === 1
        ? "1 file is left as it was: it cannot be read"
        : `${broken.length} files are left as they were: they cannot be read`,
    );
    return exitCode.policyDoesNotCompile;
  }
  if (options.check === true && changed.length > 0) {
    const files = changed.length === 1 ? "file is" : "files are";
    terminal.words(`${changed.length} ${files} not as \`holdfast fmt\` writes them`);
    return exitCode.findings;
  }
  return exitCode.ok;
}

function list(terminal: Terminal, changed: readonly Formatted[], output: OutputFormat): void {
  const paths = changed.map(({ file }) => file.path);
  if (output === "table") for (const path of paths) terminal.data(path);
  else terminal.data(renderData({ changed: paths }, output));
}

/** One file, or every policy file below a folder; the bundle of each set is compared. */
function formatPath(path: string, terminal: Terminal): readonly Formatted[] {
  if (!existsSync(path)) throw badArguments(`there is no file or folder \`${path}\``);
  const status = statSync(path);
  if (status.isFile()) return [formatFile(readFile(path), terminal)];
  if (!status.isDirectory()) {
    throw badArguments(`\`${path}\` is a pipe or a device; give its text to \`holdfast fmt -\``);
  }
  const files = policyFilesBelow(path);
  const results = files.map((file) => formatFile(file, terminal));
  const after = results.map(({ file, text }) => ({ path: file.path, text: text ?? file.text }));
  const changed = changedSet(path.replaceAll("\\", "/"), files, after);
  if (changed !== undefined) {
    const message = `formatting \`${changed}\` would change its bundle, so nothing was written`;
    throw new CommandFailure(message, exitCode.internal);
  }
  return results;
}

function formatFile(file: PolicyFileText, terminal: Terminal): Formatted {
  const result = formatPolicyFile(file);
  if (result.ok) return { file, text: result.text };
  for (const each of result.diagnostics) terminal.words(`${diagnosticText(each, file.text)}\n`);
  return { file };
}

function readFile(path: string): PolicyFileText {
  return { path, text: decode(readFileSync(path), path) };
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw badArguments(`\`${name}\` is not UTF-8`);
  }
}

async function formatInput(context: CommandContext, options: FmtOptions): Promise<number> {
  const pieces: Buffer[] = [];
  for await (const piece of context.host.stdin) pieces.push(Buffer.from(piece as Uint8Array));
  const terminal = context.terminal();
  const path = "standard-input";
  const { file, text } = formatFile({ path, text: decode(Buffer.concat(pieces), path) }, terminal);
  if (text === undefined) return exitCode.policyDoesNotCompile;
  if (options.diff === true) showDiff(terminal, file, text);
  else if (options.check !== true) context.host.stdout.write(text);
  return options.check === true && text !== file.text ? exitCode.findings : exitCode.ok;
}

function showDiff(terminal: Terminal, { path, text }: PolicyFileText, after: string): void {
  const { green, red, cyan } = terminal.colors;
  const paint: Readonly<Record<string, (line: string) => string>> = {
    "-": red,
    "+": green,
    "@": cyan,
  };
  const lines = unifiedDiff(path.replace(/^\.?\//u, ""), text, after).split("\n");
  if (lines.join("") === "") return;
  terminal.data(lines.map((line) => (paint[line.charAt(0)] ?? String)(line)).join("\n"));
}

const examples = `
Examples:
  holdfast fmt policies                   lay out every file of the folder, list those that changed
  holdfast fmt --check policies           in CI: exit with 10 when a file is laid out otherwise
  holdfast fmt --diff policies/pay.yaml   show what would change
  holdfast fmt --check .                  every policy file below; other files are passed over
  holdfast fmt - < pay.yaml               from an editor: the result goes to stdout

Comments stay, and so do the order of documents and empty lines. A file that cannot be read is
reported with its errors and left alone (exit 3).
`;
