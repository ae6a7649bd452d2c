import { readFileSync } from "node:fs";
import { HoldfastError, parseJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { diagnosticText } from "./diagnostic-text.ts";
import { badArguments } from "./failure.ts";

/**
 * The bytes of a file that a person named.
 *
 * @throws CommandFailure exit 2 when it cannot be read
 */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * The JSON of a file that a person named; `help` says which file it should be.
 *
 * @throws CommandFailure exit 2 when it cannot be read or is not JSON
 */
export function readJsonFile(path: string, help: string): Json {
  const bytes = readBytes(path);
  try {
    return parseJson(bytes);
  } catch (error) {
    throw notJson(error, { file: path, source: bytes.toString("utf8"), help });
  }
}

/** Where a JSON text stands that was refused. */
interface JsonPlace {
  readonly file: string;
  /** of a file that holds a JSON text in each line; the text is then that line alone */
  readonly line?: number;
  /** what is shown of the text, where it is worth showing */
  readonly source?: string;
  readonly help?: string;
}

/**
 * What the strict reader refused, as `file:line:column code message`, for exit 2; whatever else was
 * thrown as it is.
 */
export function notJson(error: unknown, { file, line, source, help }: JsonPlace): Error {
  if (!(error instanceof HoldfastError) || !error.code.startsWith("json_")) return asError(error);
  const { code, span } = error;
  const path = file.replaceAll("\\", "/");
  if (span === undefined) return badArguments(`${path} ${code} ${error.message}`);
  const start = { ...span.start, ...(line === undefined ? {} : { line }) };
  const end = { ...span.end, ...(line === undefined ? {} : { line }) };
  const diagnostic = {
    code,
    severity: "error",
    // The place stands in front.
    message: error.message.replace(/ at line \d+, column \d+$/u, ""),
    span: { file: path, start, end },
    ...(help === undefined ? {} : { suggestion: help }),
  };
  return badArguments(diagnosticText(diagnostic, source));
}

/**
 * What kept a file from being read, in words and with what to do, for exit 2: what the system refused, and
 * what is wrong with its gzip data. Whatever else was thrown, as it is.
 */
export function unreadable(path: string, error: unknown): Error {
  if (!(error instanceof Error) || error instanceof HoldfastError || !("code" in error)) {
    return asError(error);
  }
  const code = String(error.code);
  return badArguments(`cannot read \`${path}\`: ${reasons[code]?.(error) ?? code}`);
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

const notAllowed = (code: string): string =>
  `you may not read it (${code}); take somebody who may, or change its mode`;

const reasons: Readonly<Record<string, ((error: Error) => string) | undefined>> = {
  ENOENT: () => "there is no such file (ENOENT); check its name and the folder you are in",
  ENOTDIR: () => "a part of its path is no folder (ENOTDIR); check its name",
  EISDIR: () => "it is a folder (EISDIR); name a file",
  EACCES: () => notAllowed("EACCES"),
  EPERM: () => notAllowed("EPERM"),
  Z_BUF_ERROR: ({ message }) =>
    `its gzip data is cut short (${message}); copy it again, or compress it again`,
  Z_DATA_ERROR: ({ message }) =>
    `it is no gzip data, or is damaged (${message}); copy it again, or name it without \`.gz\` where it is plain text`,
};
