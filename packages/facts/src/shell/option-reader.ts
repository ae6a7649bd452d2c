import type { Option, OptionTable } from "./option-table.ts";
import type { ShellReading } from "./shell-reading.ts";
import type { ShellWord } from "./shell-word.ts";
import { plainWord, unknownText } from "./shell-word.ts";

/** How a program reads its arguments. */
export interface OptionStyle {
  readonly table: OptionTable;
  readonly inOrder: boolean;
  readonly digits: boolean;
  readonly cautious: boolean;
}

/** The arguments of a command, told apart. */
export interface ReadArguments {
  readonly flags: ReadonlySet<string>;
  readonly operands: readonly ShellWord[];
  /** values of options, in order */
  readonly values: readonly { readonly flag: string; readonly word: ShellWord }[];
}

/**
 * Tells options, their values and operands apart as GNU getopt does, and notes what values name.
 * Options that the table does not hold word for word make the fact opaque, shortened ones too.
 */
export function readOptions(
  words: readonly ShellWord[],
  style: OptionStyle,
  reading: ShellReading,
): ReadArguments {
  return new OptionReader(words, style, reading).read();
}

class OptionReader {
  readonly #words: readonly ShellWord[];
  readonly #style: OptionStyle;
  readonly #reading: ShellReading;
  readonly #flags = new Set<string>();
  readonly #operands: ShellWord[] = [];
  readonly #values: { flag: string; word: ShellWord }[] = [];
  #next = 0;

  constructor(words: readonly ShellWord[], style: OptionStyle, reading: ShellReading) {
    this.#words = words;
    this.#style = style;
    this.#reading = reading;
  }

  read(): ReadArguments {
    for (let word = this.#take(); word !== undefined; word = this.#take()) {
      if (word.text === "--") break;
      if (beginsUnknown(word)) this.#reading.cannotTell("an argument may be an option");
      if (word.pipe || !/^-./s.test(word.text)) {
        this.#operands.push(word);
        if (this.#style.inOrder) break;
      } else if (this.#style.digits && /^-\d+$/.test(word.text)) this.#flags.add(word.text);
      else if (word.text.startsWith("--")) this.#long(word);
      else this.#cluster(word);
    }
    this.#operands.push(...this.#words.slice(this.#next));
    return { flags: this.#flags, operands: this.#operands, values: this.#values };
  }

  #take(): ShellWord | undefined {
    return this.#words[this.#next++];
  }

  #long(word: ShellWord): void {
    const at = word.text.indexOf("=");
    const name = at < 0 ? word.text.slice(2) : word.text.slice(2, at);
    const option = this.#style.table.long.get(name);
    this.#flags.add(`--${name}`);
    if (option === undefined) {
      const shortened = [...this.#style.table.long.keys()].some((known) => known.startsWith(name));
      this.#reading.cannotTell(shortened ? "a shortened option" : "an option that is not known");
      return;
    }
    const attached = at < 0 ? undefined : part(word, at + 1);
    if (option.value === "none" && attached !== undefined) {
      this.#reading.cannotTell("a value of an option that takes none");
    }
    this.#use(`--${name}`, option, attached ?? this.#separate(option));
  }

  /** Reads short options in one word; one that takes a value takes the rest of the word. */
  #cluster(word: ShellWord): void {
    for (let at = 1; at < word.text.length; at++) {
      // A character of two units is no option, and half of it no text.
      const letter = String.fromCodePoint(word.text.codePointAt(at) ?? 0);
      const flag = `-${letter}`;
      const option = this.#style.table.short.get(letter);
      this.#flags.add(flag);
      if (option === undefined) {
        this.#reading.cannotTell("an option that is not known");
        return;
      }
      if (option.value !== "none") {
        const attached = at + 1 < word.text.length ? part(word, at + 1) : undefined;
        this.#use(flag, option, attached ?? this.#separate(option));
        return;
      }
      this.#use(flag, option, undefined);
    }
  }

  #separate(option: Option): ShellWord | undefined {
    if (option.value !== "required") return undefined;
    const value = this.#take();
    if (value === undefined) this.#reading.cannotTell("an option without its value");
    else if (value.splits || value.glob)
      this.#reading.cannotTell("a value that may be several words");
    else if (this.#style.cautious && (beginsUnknown(value) || value.text.startsWith("-"))) {
      this.#reading.cannotTell("a value of an option that looks like an option");
    }
    return value;
  }

  #use(flag: string, option: Option, value: ShellWord | undefined): void {
    if (value !== undefined) this.#values.push({ flag, word: value });
    if (option.kind === "run") {
      this.#reading.cannotTell("an option that runs something, or names what to read elsewhere");
    } else if (option.kind === "here") this.#reading.path(plainWord("."), "write");
    else if (value === undefined) return;
    else if (option.kind === "data") this.#useData(value);
    else if (option.kind === "write") this.#reading.path(value, "write");
    else if (option.kind === "read" && value.text !== "-") this.#reading.path(value, "read");
  }

  /** A text, or a file after `@`. */
  #useData(value: ShellWord): void {
    if (value.unknown || value.text.includes("%output{")) {
      this.#reading.cannotTell("data that may name a file");
    } else if (value.text.startsWith("@") && value.text !== "@-") {
      this.#reading.path(part(value, 1), "read");
    }
  }
}

/** Whether a word may turn out to be an option, or to be several words. */
function beginsUnknown(word: ShellWord): boolean {
  return !word.pipe && (word.splits || word.text.startsWith(unknownText));
}

/** The rest of a word from here. */
function part(word: ShellWord, from: number): ShellWord {
  const text = word.text.slice(from);
  return { ...word, text, unknown: text.includes(unknownText), pipe: false };
}
