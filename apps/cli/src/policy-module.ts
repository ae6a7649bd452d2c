import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Definition } from "@holdfast/engine/define";
import { exitCode } from "./exit-code.ts";
import { badArguments, CommandFailure } from "./failure.ts";

/**
 * Runs a module and gives the definitions it exports, by default or as `documents`. WHY only
 * here: a module is a program, with all the rights of who runs it. What enforces reads text.
 *
 * @throws CommandFailure when there is none, it throws, or it exports something else
 */
export async function importDefinitions(file: string): Promise<readonly Definition[]> {
  const path = resolve(file);
  if (!existsSync(path)) throw badArguments(`there is no file \`${file}\``);
  // Places are then those of the source that a module was built from.
  process.setSourceMapsEnabled(true);
  const documents = exportedBy(await load(path, file));
  if (Array.isArray(documents)) return documents as readonly Definition[];
  throw badArguments(
    `\`${file}\` exports no list of definitions; end it with \`export default [...]\``,
  );
}

interface PolicyModule {
  readonly default?: unknown;
  readonly documents?: unknown;
}

/** The list that a module exports; one compiled to CommonJS has its exports in its default. */
function exportedBy(module: PolicyModule): unknown {
  const { default: exported, documents } = module;
  if (typeof exported !== "object" || exported === null || Array.isArray(exported)) {
    return exported ?? documents;
  }
  const inner = exported as PolicyModule;
  return inner.default ?? inner.documents;
}

async function load(path: string, file: string): Promise<PolicyModule> {
  try {
    return (await import(pathToFileURL(path).href)) as PolicyModule;
  } catch (error) {
    if (hasCode(error, "ERR_UNKNOWN_FILE_EXTENSION")) {
      const message = `this Node.js does not run \`${file}\`; compile it first with \`tsc\`, or use Node.js 22.18 or newer`;
      throw badArguments(message);
    }
    throw new CommandFailure(thrownText(error, path), exitCode.policyDoesNotCompile);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** What a module threw, with its place; a bug also has the part of its stack that is the author's. */
function thrownText(error: unknown, path: string): string {
  if (!(error instanceof Error)) return `\`${path}\` threw ${String(error)}`;
  const place = placeIn(error.stack ?? "", dirname(path)) ?? path;
  if (hasCode(error, "definition_invalid")) return `${place} definition_invalid ${error.message}`;
  return [`${place} ${error.name}: ${error.message}`, ...authorFrames(error.stack ?? "")].join(
    "\n",
  );
}

/** Where a bug of a module came from, less what Node.js and this program did to run it. */
function authorFrames(stack: string): readonly string[] {
  const frames = stack.split("\n").filter((line) => /^ {4}at /u.test(line));
  const own = frames.findIndex((frame) => frame.includes("(node:") || frame.includes(" node:"));
  return own === -1 ? frames : frames.slice(0, own);
}

/** The innermost line of the author's own files on a stack: `file:line:column`. */
function placeIn(stack: string, folder: string): string | undefined {
  return stack
    .split("\n")
    .map((frame) => /(?:\(|at (?:async )?)(?:file:\/\/)?([^()]+:\d+:\d+)\)?$/u.exec(frame)?.[1])
    .find((at) => at?.startsWith(folder) === true && !isForeign(at.slice(folder.length)));
}

function isForeign(path: string): boolean {
  return path.includes("/node_modules/");
}
