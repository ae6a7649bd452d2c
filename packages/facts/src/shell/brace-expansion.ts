import type { Atom } from "./shell-word.ts";
import { atomsOf, isBare } from "./shell-word.ts";

/** How many words one word may become. */
const wordsMax = 1000;

/**
 * The words that the braces of a word make of it: `a{b,c}` is two. `undefined` when it is not plain
 * that the shell would read them so: braces that do not match, padded or very long sequences.
 */
export function expandBraces(atoms: readonly Atom[]): readonly (readonly Atom[])[] | undefined {
  const hasOpen = atoms.some((atom) => isBare(atom, "{"));
  const hasClose = atoms.some((atom) => isBare(atom, "}"));
  if (!hasOpen || !hasClose) return [atoms];
  return isBalanced(atoms) ? expand(atoms) : undefined;
}

function isBalanced(atoms: readonly Atom[]): boolean {
  let depth = 0;
  for (const atom of atoms) {
    if (isBare(atom, "{")) depth++;
    if (isBare(atom, "}")) depth--;
    if (depth < 0) return false;
  }
  return depth === 0;
}

function expand(atoms: readonly Atom[]): readonly (readonly Atom[])[] | undefined {
  for (let from = 0; from < atoms.length; from++) {
    if (!isBare(atoms[from], "{")) continue;
    const { end, commas } = groupAt(atoms, from);
    const choices =
      commas.length > 0
        ? alternatives(atoms, [from, ...commas, end])
        : sequence(atoms.slice(from + 1, end));
    if (choices === undefined) return undefined;
    if (choices.length === 0) continue;
    const rest = expand(atoms.slice(end + 1));
    if (rest === undefined || choices.length * rest.length > wordsMax) return undefined;
    const before = atoms.slice(0, from);
    return choices.flatMap((choice) => rest.map((tail) => before.concat(choice, tail)));
  }
  return [atoms];
}

/** Where the group that begins at `from` ends, and the commas that part it. */
function groupAt(atoms: readonly Atom[], from: number): { end: number; commas: number[] } {
  const commas: number[] = [];
  let depth = 0;
  for (let index = from; index < atoms.length; index++) {
    const atom = atoms[index];
    if (isBare(atom, "{")) depth++;
    if (isBare(atom, "}")) depth--;
    if (depth === 0) return { end: index, commas };
    if (depth === 1 && isBare(atom, ",")) commas.push(index);
  }
  return { end: atoms.length, commas };
}

function alternatives(
  atoms: readonly Atom[],
  borders: readonly number[],
): readonly (readonly Atom[])[] | undefined {
  const all: (readonly Atom[])[] = [];
  for (let index = 1; index < borders.length; index++) {
    const part = expand(atoms.slice((borders[index - 1] ?? 0) + 1, borders[index]));
    if (part === undefined || all.length + part.length > wordsMax) return undefined;
    all.push(...part);
  }
  return all;
}

/** The words of `1..3`, `a..e` or `1..9..2`; empty when the text is no sequence. */
function sequence(atoms: readonly Atom[]): readonly (readonly Atom[])[] | undefined {
  const text = atoms.map((atom) => (atom.kind === "char" ? atom.char : "\u0000")).join("");
  if (!text.includes("..")) return [];
  if (atoms.some((atom) => atom.kind !== "char" || atom.quoted)) return undefined;
  const numbers = /^(0|-?[1-9]\d{0,8})\.\.(0|-?[1-9]\d{0,8})(?:\.\.(-?[1-9]\d{0,8}))?$/.exec(text);
  const letters = /^(?:([a-z])\.\.([a-z])|([A-Z])\.\.([A-Z]))$/.exec(text);
  if (letters !== null) {
    const [, a, b, c, d] = letters;
    const codes = steps((a ?? c ?? "").charCodeAt(0), (b ?? d ?? "").charCodeAt(0), 1);
    return codes?.map((code) => atomsOf(String.fromCharCode(code), true));
  }
  if (numbers === null) return undefined;
  const by = Math.abs(Number(numbers[3] ?? "1"));
  return steps(Number(numbers[1]), Number(numbers[2]), by)?.map((n) => atomsOf(String(n), true));
}

function steps(from: number, to: number, by: number): number[] | undefined {
  const count = Math.floor(Math.abs(to - from) / by) + 1;
  if (count > wordsMax) return undefined;
  const step = to >= from ? by : -by;
  return Array.from({ length: count }, (_, index) => from + index * step);
}
