import type { Chance } from "../engine-fuzz/chance.ts";

/** A command written in two ways that mean one thing, and the programs that it runs, in order. */
export interface ShellLine {
  readonly plain: string;
  readonly adorned: string;
  readonly programs: readonly string[];
}

/** Commands that the fact shows whole: the program and words that may follow. */
const simpleCommands: readonly (readonly [string, readonly string[]])[] = [
  ["ls", ["-l", "-a", "a", "a/b", "/w"]],
  ["cat", ["-n", "notes.md", "a/b/c.txt", "missing"]],
  ["grep", ["word"]],
  ["head", ["notes.md"]],
  ["wc", ["-l", "notes.md"]],
  ["sort", ["-r", "notes.md"]],
  ["echo", ["one", "two", "a.b", "x-y"]],
  ["pwd", []],
  ["true", []],
  ["git", ["status"]],
];

const gaps = ["  ", "\t", " \\\n", " \t ", "   "];
const ends = ["\n", " \n", "\n\n", "; ", " ;\n", " # a comment\n", "\t# it's\n"];

class LineMaker {
  readonly programs: string[] = [];
  readonly #chance: Chance;
  #loops = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  list(depth: number): readonly [string, string] {
    const chance = this.#chance;
    const parts = Array.from({ length: 1 + chance.below(3) }, () => this.pipeline(depth));
    const [first = ["true", "true"], ...others] = parts;
    return others.reduce<readonly [string, string]>(
      ([plain, adorned], [nextPlain, nextAdorned]) => {
        const joint = chance.of([" && ", " || ", ";"]);
        const between = joint === ";" ? chance.of(ends) : `${chance.of(gaps)}${joint}\n `;
        return [
          plain + (joint === ";" ? "; " : joint) + nextPlain,
          adorned + between + nextAdorned,
        ];
      },
      first,
    );
  }

  pipeline(depth: number): readonly [string, string] {
    const count = this.#chance.once(4) ? 2 : 1;
    const parts = Array.from({ length: count }, () => this.command(depth));
    const adorned = parts
      .map(([, text]) => text)
      .join(`|${this.#chance.of(["", " ", "\n", "\t"])}`);
    return [parts.map(([text]) => text).join(" | "), adorned];
  }

  command(depth: number): readonly [string, string] {
    const chance = this.#chance;
    if (depth >= 3 || this.programs.length > 12 || !chance.once(3)) return this.simple(depth);
    const body = (): readonly [string, string] => this.list(depth + 1);
    switch (chance.below(6)) {
      case 0:
        return around(["( ", " )"], body(), [chance.of(["(\t", "(\n"]), chance.of([")", "\n)"])]);
      case 1:
        return around(["{ ", "; }"], body(), ["{\t", "\n}"]);
      case 2: {
        const [test, testAdorned] = body();
        const [then, thenAdorned] = body();
        return [`if ${test}; then ${then}; fi`, `if\n${testAdorned}\nthen ${thenAdorned} ;\nfi`];
      }
      case 3: {
        const [plain, adorned] = body();
        const name = `i${(this.#loops += 1)}`;
        return [
          `for ${name} in x y; do ${plain}; done`,
          `for  ${name} in x "y"\ndo\n${adorned}\ndone`,
        ];
      }
      case 4: {
        const [plain, adorned] = body();
        return [`case x in x) ${plain};; esac`, `case "x" in\n(x)\n${adorned}\n;;\nesac`];
      }
      default: {
        const [plain, adorned] = this.list(depth + 1);
        this.programs.push("echo");
        return [`echo "$( ${plain} )"`, `echo${chance.of(gaps)}"$( ${adorned} )"`];
      }
    }
  }

  simple(depth: number): readonly [string, string] {
    const chance = this.#chance;
    const [program, words] = chance.of(simpleCommands);
    this.programs.push(program);
    const given = words.length === 0 ? [] : chance.some(words, 2);
    const all = [program, ...(program === "git" ? words : given)];
    const redirect =
      chance.once(6) && depth < 3 ? chance.of([">/dev/null", "2>&1", "<notes.md"]) : "";
    const adorned = all.map((word) => this.quoted(word)).join(chance.of(gaps));
    return [
      redirect === "" ? all.join(" ") : `${all.join(" ")} ${redirect}`,
      redirect === "" ? adorned : `${adorned}\t${redirect}`,
    ];
  }

  /** A word quoted in some way that leaves its text as it is. */
  quoted(word: string): string {
    const chance = this.#chance;
    const at = chance.below(word.length + 1);
    switch (chance.below(7)) {
      case 0:
        return `'${word}'`;
      case 1:
        return `"${word}"`;
      case 2:
        return `${word.slice(0, at)}'${word.slice(at)}'`;
      case 3:
        return `"${word.slice(0, at)}"${word.slice(at)}`;
      case 4:
        return `\\${word}`;
      case 5:
        return `$'${word}'`;
      default:
        return word;
    }
  }
}

function around(
  [open, close]: readonly [string, string],
  [plain, adorned]: readonly [string, string],
  [openAdorned, closeAdorned]: readonly [string, string],
): readonly [string, string] {
  return [open + plain + close, openAdorned + adorned + closeAdorned];
}

/** A command of up to some twenty simple ones, in lists, pipelines, groups, loops and substitutions. */
export function madeLine(chance: Chance): ShellLine {
  const maker = new LineMaker(chance);
  const [plain, adorned] = maker.list(0);
  return { plain, adorned, programs: maker.programs };
}
