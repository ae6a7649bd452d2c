import { counted } from "@holdfast/model";
import { basename, posix, relative, resolve, sep } from "node:path";
import { Command } from "commander";
import { policySet } from "@holdfast/engine/define";
import type { PolicySetResult } from "@holdfast/engine/define";
import { DiagnosticsError, readPolicyFolder } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import { diagnosticText } from "../diagnostic-text.ts";
import { exitCode } from "../exit-code.ts";
import { badArguments } from "../failure.ts";
import { importDefinitions } from "../policy-module.ts";
import { replaceFolder } from "../folder-replacement.ts";
import { differencesOf, headerOf } from "../printed-folder.ts";
import type { Terminal } from "../terminal.ts";

interface PrintOptions {
  readonly out?: string;
  readonly policy?: string;
  readonly check?: boolean;
}

/** `holdfast print`: writes the definitions of a module down as the YAML that is enforced. */
export function printCommand(context: CommandContext): Command {
  return new Command("print")
    .description("write policies defined in TypeScript or JavaScript as YAML")
    .argument("<module>", "a file whose default export is a list of definitions; it is run")
    .option("-o, --out <dir>", "folder to write, all of it; without it the YAML goes to stdout")
    .option("-p, --policy <dir>", "policy folder whose other documents are compiled with them")
    .option("--check", "write nothing, exit with 9 when the folder is not what would be written")
    .addHelpText("after", examples)
    .action(async (module: string, options: PrintOptions) => {
      context.exit(await print(context.terminal(), module, options));
    });
}

async function print(terminal: Terminal, module: string, options: PrintOptions): Promise<number> {
  if (options.check === true && options.out === undefined) {
    throw badArguments("`--check` needs `--out`");
  }
  const { out, root, beside } = placesOf(options);
  const definitions = await importDefinitions(module);
  const header = headerOf(basename(module));
  const result = policySet(definitions, { under: out, root, header, beside });
  const bundle = bundleOf(result, terminal);
  const printed = result.files.filter((file) => !beside.includes(file));
  if (options.out === undefined) {
    terminal.data(printed.map(({ text }) => text).join("---\n"));
    return exitCode.ok;
  }
  const differences = differencesOf(out, printed);
  for (const { change, path } of differences) terminal.data(`${change.padEnd(6)}  ${path}`);
  if (options.check === true && differences.length > 0) {
    terminal.words(`\`${options.out}\` is not what \`${module}\` prints`);
    return exitCode.differs;
  }
  if (differences.length > 0) replaceFolder(out, printed);
  terminal.words(`${counted(printed.length, "document")}, bundle ${bundle.digest}`);
  return exitCode.ok;
}

/** Where files are and go, as paths that begin alike when one folder lies in the other. */
function placesOf({ out, policy }: PrintOptions) {
  const plain = (folder: string): string => folder.replaceAll(sep, "/").replace(/\/+$/u, "");
  if (policy === undefined) {
    const folder = plain(out ?? "");
    return { out: folder, root: folder, beside: [] };
  }
  const root = plain(policy);
  const way = out === undefined ? "" : relative(resolve(root), resolve(out)).replaceAll(sep, "/");
  const inside = way !== "" && !way.startsWith("..");
  const folder = inside ? posix.join(root, way) : plain(out ?? "");
  const beside = readPolicyFolder(policy).filter(({ path }) => !path.startsWith(`${folder}/`));
  return { out: folder, root, beside };
}

function bundleOf(result: PolicySetResult, terminal: Terminal) {
  const sources = new Map(result.files.map(({ path, text }) => [path, text]));
  if (!result.ok) {
    const errors = result.diagnostics.filter(({ severity }) => severity === "error").length;
    throw new DiagnosticsError("policy_invalid", {
      message: `the definitions do not compile: ${errors} ${errors === 1 ? "error" : "errors"}, nothing was written`,
      diagnostics: result.diagnostics,
      sources,
    });
  }
  for (const warning of result.warnings) {
    terminal.words(`${diagnosticText(warning, sources.get(warning.span.file))}\n`);
  }
  return result.bundle;
}

const examples = `
Examples:
  holdfast print policies.mjs                       show the YAML
  holdfast print policies.mjs --out policies        write it, then: holdfast test --policy policies
  holdfast print policies.mjs --out policies --check    in CI: is what is enforced what is written?
  holdfast print dist/policies.js -p policies -o policies/printed

The module is run with your rights. What enforces never runs it: it reads the YAML.
`;
