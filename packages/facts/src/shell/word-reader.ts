import type {
  ArithmeticExpansionPart,
  CommandExpansionPart,
  DoubleQuotedChild,
  ParameterExpansionPart,
  Word,
  WordPart,
} from "unbash";
import { arithmeticValue } from "./arithmetic-value.ts";
import { expandBraces } from "./brace-expansion.ts";
import type { Frame, ShellReading } from "./shell-reading.ts";
import type { Atom, ShellWord } from "./shell-word.ts";
import { atomsOf, bareAtoms, isBare, plainWord, unknownWord, wordOf } from "./shell-word.ts";

/** Text that means the same quoted or not. */
const plainText = /^[^\\~{}<>()|&;`$'"\s]*$/;

/**
 * What no unquoted text of a word can hold, and no text within double quotes: where the parser says
 * that it does, a shell reads the word otherwise. That holds the parser to the rules of tokens.
 */
const dollar = String.raw`\$(?=[\w{(?!#@*$[-])`;
const bareSyntax = new RegExp(String.raw`[<>()|&;\x60'"\s]|${dollar}`);
const operandSyntax = new RegExp(String.raw`\x60|${dollar}`);
const regexSyntax = new RegExp(String.raw`[<>&;\x60'"\s]|${dollar}`);
const quotedSyntax = new RegExp(String.raw`[\x60"]|${dollar}`);

/** Reads the words of one part of the line: what they become, and the commands within them. */
export class WordReader {
  readonly #reading: ShellReading;
  readonly #frame: Frame;
  /** where the text stands: other characters are text in each */
  #where: "word" | "regex" | "operand" | "document" = "word";

  constructor(reading: ShellReading, frame: Frame) {
    this.#reading = reading;
    this.#frame = frame;
  }

  /** What a word of a command becomes: none, one or several words. */
  words(word: Word): readonly ShellWord[] {
    if (word.parts === undefined && plainText.test(word.text)) return [plainWord(word.text)];
    const atoms = this.#atoms(word);
    const spread = expandBraces(atoms);
    const braced = word.parts?.some((part) => part.type === "BraceExpansion") ?? false;
    if (spread === undefined || braced !== spread.length > 1) {
      if (spread === undefined || !isSingleBrace(word, spread)) {
        this.#reading.cannotTell("braces may be read in different ways");
        return [unknownWord];
      }
    }
    if (braced) {
      this.#reading.constructs.add("brace");
      // Braces are text before anything is expanded: `{$,a}b` is `$b`.
      if (atoms.some((atom) => isBare(atom, "$"))) this.#opaque("a variable made by braces", false);
    }
    const words: ShellWord[] = [];
    for (const alternative of spread) {
      this.#checkTilde(alternative, false);
      const made = wordOf(alternative);
      if (made === undefined) continue;
      if (made.glob) this.#reading.constructs.add("glob");
      words.push(made);
    }
    return words;
  }

  /** What a word becomes where it stays one: the value of an assignment, a here-string, a test. */
  single(word: Word, assigned = false): ShellWord {
    if (word.parts === undefined && plainText.test(word.text)) return plainWord(word.text);
    const atoms = this.#atoms(word);
    this.#checkTilde(atoms, assigned);
    const { text, unknown, pipe } = wordOf(atoms) ?? plainWord("");
    return { text, unknown, pipe, splits: false, glob: false };
  }

  /** What the regular expression of a test becomes. */
  regex(word: Word): ShellWord {
    this.#where = "regex";
    const made = this.single(word);
    this.#where = "word";
    return made;
  }

  /** Walks the parts of a here-document that expands. */
  body(parts: readonly WordPart[]): void {
    this.#where = "document";
    for (const part of parts) this.#part(part, true);
    this.#where = "word";
  }

  #atoms(word: Word): Atom[] {
    if (word.parts === undefined) return this.#bare(word.text, word.value);
    return word.parts.flatMap((part) => this.#part(part, false));
  }

  /** Unquoted text, held to what the parser makes of it. */
  #bare(text: string, value = text): Atom[] {
    const atoms = bareAtoms(text);
    if (text !== value && atoms.map((atom) => atom.char).join("") !== value) {
      this.#reading.cannotTell("quoting may be read in different ways");
    }
    const bare = atoms.map((atom) => (atom.quoted ? "." : atom.char)).join("");
    if (this.#bareSyntax().test(bare)) {
      this.#reading.cannotTell("a text that a shell would not read as text");
    }
    return atoms;
  }

  #bareSyntax(): RegExp {
    if (this.#where === "operand") return operandSyntax;
    return this.#where === "regex" ? regexSyntax : bareSyntax;
  }

  /** Text within double quotes. */
  #quoted(text: string, value: string): Atom[] {
    if (
      (this.#where === "document" ? operandSyntax : quotedSyntax).test(text.replace(/\\[^]/g, "."))
    ) {
      this.#reading.cannotTell("a text that a shell would not read as text");
    }
    return atomsOf(value, true);
  }

  #part(part: WordPart, quoted: boolean): Atom[] {
    switch (part.type) {
      case "Literal":
        return quoted ? this.#quoted(part.text, part.value) : this.#bare(part.text, part.value);
      case "SingleQuoted":
        return atomsOf(part.value, true);
      case "AnsiCQuoted":
        if (/\\(?:x[89a-fA-F]|[2-7]\d\d|c)/.test(part.text)) {
          this.#reading.cannotTell("bytes that are no text");
        }
        // WHY: what is beyond ASCII depends on the locale, and half of a pair is no text in any.
        if (/\\[uU]/.test(part.text) && /[^\0-\x7f]/.test(part.value)) {
          return this.#opaque("characters that depend on the locale", true);
        }
        return atomsOf(part.value, true);
      case "DoubleQuoted":
        return this.#quotedParts(part.parts);
      case "LocaleString":
        this.#reading.cannotTell("a text that is translated");
        return this.#quotedParts(part.parts);
      case "Glob":
        if (part.parts?.some((inner) => inner.type !== "Literal") ?? false) {
          for (const inner of part.parts ?? []) this.#part(inner, false);
          this.#reading.cannotTell("a pattern with quoting or expansions in brackets");
        }
        return this.#bare(part.text);
      case "BraceExpansion":
        return part.parts === undefined
          ? this.#bare(part.text)
          : [
              ...bareAtoms("{"),
              ...part.parts.flatMap((inner) => this.#part(inner, false)),
              ...bareAtoms("}"),
            ];
      case "ExtendedGlob":
        for (const inner of part.parts ?? []) this.#part(inner, false);
        return this.#opaque("an extended pattern", quoted);
      case "ProcessSubstitution":
        this.#reading.constructs.add("process_substitution");
        if (part.script === undefined) return this.#opaque("a substitution without text", quoted);
        this.#reading.script(part.script, this.#reading.deeper(this.#frame, true));
        return [{ kind: "pipe", char: "", quoted }];
      case "SimpleExpansion":
        return this.#variable(part.text.slice(1), quoted);
      case "ParameterExpansion":
        return this.#parameter(part, quoted);
      case "CommandExpansion":
        return this.#substitution(part, quoted);
      case "ArithmeticExpansion":
        return this.#arithmetic(part, quoted);
    }
  }

  #quotedParts(parts: readonly DoubleQuotedChild[]): Atom[] {
    if (parts.length === 0) return atomsOf("", true);
    return parts.flatMap((part) => this.#part(part, true));
  }

  #substitution(part: CommandExpansionPart, quoted: boolean): Atom[] {
    this.#reading.constructs.add("substitution");
    if (part.script === undefined || part.text.startsWith("${")) {
      return this.#opaque("a substitution that shells read in different ways", quoted);
    }
    this.#reading.script(part.script, this.#reading.deeper(this.#frame, true));
    return unknownAtoms(quoted);
  }

  #arithmetic(part: ArithmeticExpansionPart, quoted: boolean): Atom[] {
    this.#reading.constructs.add("arithmetic");
    const value = arithmeticValue(part.expression);
    if (value === undefined) return this.#opaque("arithmetic on what is not a number", quoted);
    return atomsOf(String(value), true);
  }

  #variable(name: string, quoted: boolean): Atom[] {
    const value = this.#frame.variables.get(name);
    if (value === undefined) {
      this.#reading.constructs.add("variable");
      return unknownAtoms(quoted);
    }
    this.#reading.constructs.add("loop_variable");
    if (quoted || /^[^\s*?[\]\\]+$/.test(value)) return atomsOf(value, true);
    return this.#opaque("a value that is split or matched against files", quoted);
  }

  #parameter(part: ParameterExpansionPart, quoted: boolean): Atom[] {
    const { prefix, index, operation } = part;
    if (prefix === "!" || operation?.type === "Names") {
      return this.#opaque("a variable that is named by a variable", quoted);
    }
    if (index !== undefined && !/^(?:@|\*|\d{1,9})$/.test(index.text)) {
      return this.#opaque("a subscript that is computed", quoted);
    }
    if (!/^(?:\w+|[@*#?$!-])$/.test(part.parameter)) {
      return this.#opaque("a variable whose name is none", quoted);
    }
    if (operation === undefined && prefix === undefined && index === undefined) {
      return this.#variable(part.parameter, quoted);
    }
    this.#reading.constructs.add("parameter_operator");
    return this.#operator(part, quoted) ?? unknownAtoms(quoted);
  }

  #operator(part: ParameterExpansionPart, quoted: boolean): Atom[] | undefined {
    const { operation } = part;
    if (operation === undefined) return undefined;
    switch (operation.type) {
      case "Transform":
      case "Unknown":
      case "Names":
        return this.#opaque("an expansion that evaluates the value of a variable", quoted);
      case "Slice": {
        const plain = (word: Word | undefined): boolean =>
          word === undefined || /^ ?-?\d{1,9}$/.test(word.text);
        if (plain(operation.offset) && plain(operation.length)) return undefined;
        return this.#opaque("a place in a text that is computed", quoted);
      }
      case "Default":
        if (operation.operator.includes("=")) {
          return this.#opaque("an expansion that sets a variable", quoted);
        }
        return this.#operand(operation.operand, quoted);
      case "Remove":
      case "CaseModification":
        return this.#operand(operation.operand, quoted);
      case "Replace":
        return (
          this.#operand(operation.pattern, quoted) ?? this.#operand(operation.replacement, quoted)
        );
    }
  }

  /** Walks the commands in an operand. Within double quotes, single ones may not quote. */
  #operand(word: Word | undefined, quoted: boolean): Atom[] | undefined {
    if (word === undefined) return undefined;
    const where = this.#where;
    this.#where = "operand";
    this.#atoms(word);
    this.#where = where;
    if (!quoted || !word.text.includes("'")) return undefined;
    return this.#opaque("quotes within quotes of an expansion", quoted);
  }

  /** Notes a tilde that becomes a folder of somebody. */
  #checkTilde(atoms: readonly Atom[], assigned: boolean): void {
    const named = /^[A-Za-z_]\w*\+?=/.test(atoms.map((atom) => atom.char).join(""));
    const found = atoms.some((atom, index) => {
      if (!isBare(atom, "~")) return false;
      const before = atoms[index - 1];
      if (before === undefined) return true;
      return (assigned || named) && (isBare(before, "=") || isBare(before, ":"));
    });
    if (found) this.#opaque("the folder of a user", false);
  }

  #opaque(reason: string, quoted: boolean): Atom[] {
    this.#reading.cannotTell(reason);
    return unknownAtoms(quoted);
  }
}

function unknownAtoms(quoted: boolean): Atom[] {
  return [{ kind: quoted ? "one" : "many", char: "", quoted }];
}

/** Braces that the parser calls an expansion and that become one word, as `{1..1}`. */
function isSingleBrace(word: Word, spread: readonly (readonly Atom[])[]): boolean {
  return spread.length === 1 && /\{[^{},]*\.\.[^{},]*\}/.test(word.text);
}
