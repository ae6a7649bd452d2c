/**
 * What stands in a text of the fact where the command puts something that is only known when it
 * runs. No word of a command can hold this character.
 */
export const unknownText = "\u0000";

/** One word of a command, after quoting, brace expansion and the values of loop variables. */
export interface ShellWord {
  /** the text, with {@link unknownText} for what is not known */
  readonly text: string;
  readonly unknown: boolean;
  /** it may become any number of words, of any text */
  readonly splits: boolean;
  /** it is a pattern: it becomes the names of files that match, or itself */
  readonly glob: boolean;
  /** it is a process substitution: it becomes the name of a pipe */
  readonly pipe: boolean;
}

/** A word that is known. */
export function plainWord(text: string): ShellWord {
  return { text, unknown: false, splits: false, glob: false, pipe: false };
}

/** A word of which nothing is known, not even that it is one. */
export const unknownWord: ShellWord = {
  text: unknownText,
  unknown: true,
  splits: true,
  glob: false,
  pipe: false,
};

/**
 * One character of a word, or something whose text is not known: `one` stays within its word,
 * `many` may end it and begin others.
 */
export interface Atom {
  readonly kind: "char" | "one" | "many" | "pipe";
  readonly char: string;
  readonly quoted: boolean;
}

/** Atoms of a text, each of them a UTF-16 code unit. An empty quoted text is one empty atom. */
export function atomsOf(text: string, quoted: boolean): Atom[] {
  if (text === "") return [{ kind: "char", char: "", quoted }];
  const atoms: Atom[] = [];
  for (let index = 0; index < text.length; index++) {
    atoms.push({ kind: "char", char: text.charAt(index), quoted });
  }
  return atoms;
}

/** Whether an atom is this character, written without quoting. */
export function isBare(atom: Atom | undefined, char: string): boolean {
  return atom?.kind === "char" && !atom.quoted && atom.char === char;
}

/** The atoms of unquoted text: a backslash quotes the next character, and takes a newline away. */
export function bareAtoms(text: string): Atom[] {
  const atoms: Atom[] = [];
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index);
    if (char !== "\\" || index === text.length - 1) {
      atoms.push({ kind: "char", char, quoted: false });
      continue;
    }
    index++;
    const next = text.charAt(index);
    if (next !== "\n") atoms.push({ kind: "char", char: next, quoted: true });
  }
  return atoms;
}

/** The word that these atoms make once braces are expanded; none when nothing is left of it. */
export function wordOf(atoms: readonly Atom[]): ShellWord | undefined {
  if (atoms.length === 0) return undefined;
  const kinds = new Set(atoms.map(({ kind }) => kind));
  const pipe = kinds.has("pipe") && atoms.length === 1;
  const unknown = kinds.has("one") || kinds.has("many") || kinds.has("pipe");
  let text = "";
  let open = false;
  let glob = false;
  for (const { kind, char, quoted } of atoms) {
    text += kind === "char" ? char : unknownText;
    if (kind !== "char" || quoted) continue;
    if (char === "*" || char === "?" || (char === "]" && open)) glob = true;
    if (char === "[") open = true;
  }
  return { text, unknown, splits: kinds.has("many"), glob, pipe };
}
