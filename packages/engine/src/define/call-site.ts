/** A line of a program, as its engine names it. */
export interface CallSite {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Where the function `below` was called, for messages alone: nothing that is decided depends on
 * it. Undefined where the engine's stacks are of a form it does not know.
 */
export function callSiteOf(below: (...args: never[]) => unknown): CallSite | undefined {
  const holder: { stack?: string } = {};
  const capture: unknown = Reflect.get(Error, "captureStackTrace");
  if (typeof capture !== "function") return undefined;
  capture.call(Error, holder, below);
  const [frame] = (holder.stack ?? "").split("\n").slice(1);
  return frame === undefined ? undefined : siteOf(frame);
}

/** `    at name (file:///a/b.js:3:7)`, with or without the name and the parentheses. */
function siteOf(frame: string): CallSite | undefined {
  const [, file, line, column] = /(?:\(|at (?:async )?)([^()]+):(\d+):(\d+)\)?$/u.exec(frame) ?? [];
  if (file === undefined) return undefined;
  return { file: file.replace(/^file:\/\//u, ""), line: Number(line), column: Number(column) };
}
