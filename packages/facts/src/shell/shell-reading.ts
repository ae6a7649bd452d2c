import type { ParsedScript, Word } from "unbash";
import { factLimits } from "../fact-limit.ts";
import { ShellRefusal } from "./shell-refusal.ts";
import type { ShellWord } from "./shell-word.ts";

/** One redirection: `op` as written, `>&` of a file as `&>`; `path` after quoting. */
export interface ShellRedirect {
  readonly op: string;
  readonly path: string;
}

/** One simple command that can run. */
export interface ShellCommand {
  /** the program, without its folder; empty for assignments and redirections without a program */
  readonly name: string;
  readonly argv: readonly string[];
  /** the options, each once, without values: `-l`, `--all` */
  readonly flags: readonly string[];
  /** what is left of `argv` without the name, the options and their values */
  readonly operands: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly redirects: readonly ShellRedirect[];
  /** it stands in a substitution, a here-document, or in the arguments of another command */
  readonly nested: boolean;
  /** it runs code in a language */
  readonly interpreter: boolean;
  /** its name is written as it is: no quoting, no folder, no expansion */
  readonly bare: boolean;
}

/** Where in the line a part of it stands. */
export interface Frame {
  readonly depth: number;
  readonly nested: boolean;
  /** loop variables and their values here */
  readonly variables: ReadonlyMap<string, string>;
}

/**
 * The real path of a path as the command would open it, links followed; `undefined` when it cannot
 * be told.
 */
export type RealPath = (path: string) => string | undefined;

/** What the walk over one line has found so far. */
export class ShellReading {
  readonly commands: ShellCommand[] = [];
  readonly redirects: ShellRedirect[] = [];
  readonly constructs = new Set<string>();
  readonly globs = new Set<string>();
  readonly unresolved = new Set<string>();
  readonly reads = new Set<string>();
  readonly writes = new Set<string>();
  /** the text that is walked, which the places of its nodes count in */
  source = "";
  network = false;
  destructive = false;
  /** walks the statements of a script: given by the walk, which words within it need */
  readonly script: (script: ParsedScript, frame: Frame) => void;
  /** reads a text as a script of its own, for `sh -c` */
  readonly text: (text: string, frame: Frame) => void;
  readonly #resolve: RealPath;
  readonly #counted = new Set<object>();
  readonly #real = new Map<string, string | undefined>();

  constructor(
    resolve: RealPath,
    script: (reading: ShellReading, script: ParsedScript, frame: Frame) => void,
    text: (reading: ShellReading, text: string, frame: Frame) => void,
  ) {
    this.#resolve = resolve;
    this.script = (it, frame) => script(this, it, frame);
    this.text = (it, frame) => text(this, it, frame);
  }

  /** Counts a simple command of the text, once however often a loop runs it. */
  count(node: object): void {
    this.#counted.add(node);
    if (this.#counted.size > factLimits.shellCommandsMax) {
      throw new ShellRefusal("limit", `more than ${factLimits.shellCommandsMax} commands`);
    }
  }

  /** Notes a command, at this place among those that were noted. */
  add(command: ShellCommand, place: number): void {
    this.commands.splice(place, 0, command);
    bound(this.commands.length);
  }

  redirect(redirect: ShellRedirect): void {
    this.redirects.push(redirect);
    bound(this.redirects.length);
  }

  /** Notes why the fact does not show all that the line can do. */
  cannotTell(reason: string): void {
    if (this.unresolved.size < 32) this.unresolved.add(reason);
  }

  /** Notes that a path is read or written; a pattern under the real path of its folder. */
  path(word: ShellWord, mode: "read" | "write"): void {
    if (word.pipe) return;
    if (word.unknown) {
      this.cannotTell("a path is only known when the command runs");
      return;
    }
    if (!word.glob) {
      this.#note(this.#realPath(word.text), mode);
      return;
    }
    this.globs.add(word.text);
    bound(this.globs.size);
    const folderEnd = word.text.lastIndexOf("/", word.text.search(/[*?[]/)) + 1;
    const pattern = word.text.slice(folderEnd);
    if (/(?:^|\/)\.\.(?:\/|$)/.test(pattern)) {
      this.cannotTell("a pattern goes up from what it matches");
      return;
    }
    const folder = this.#realPath(word.text.slice(0, folderEnd) || ".");
    this.#note(folder && `${folder === "/" ? "" : folder}/${pattern}`, mode);
  }

  /** A frame one level further in. */
  deeper(frame: Frame, nested = frame.nested): Frame {
    if (frame.depth >= factLimits.shellDepthMax) {
      throw new ShellRefusal("limit", `nested more than ${factLimits.shellDepthMax} deep`);
    }
    return { ...frame, depth: frame.depth + 1, nested };
  }

  #realPath(path: string): string | undefined {
    if (!this.#real.has(path)) this.#real.set(path, this.#resolve(path));
    return this.#real.get(path);
  }

  #note(path: string | undefined, mode: "read" | "write"): void {
    if (path === undefined) {
      this.cannotTell("a path cannot be resolved");
      return;
    }
    if (mode === "write" && path === "/dev/null") return;
    const set = mode === "read" ? this.reads : this.writes;
    set.add(path);
    bound(set.size);
  }
}

function bound(size: number): void {
  if (size > factLimits.entriesMax) {
    throw new ShellRefusal("limit", `more than ${factLimits.entriesMax} entries`);
  }
}

/** Whether a word is a whole text without expansions, quoting or escapes. */
export function isWrittenPlainly(word: Word): boolean {
  return word.parts === undefined && word.text === word.value;
}
