import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { factLimits, shellFact } from "@holdfast/facts";
import type { FilePort } from "@holdfast/facts";
import type { FactAnswer, Json, JsonObject } from "@holdfast/model";
import { expectFact, keepCases, readCases } from "./fact-case.ts";
import type { FactCases } from "./fact-case.ts";
import { madeFiles } from "./made-files.ts";
import type { MadeEntry } from "./made-files.ts";
import { shellText } from "./shell-arbitrary.ts";

type ShellCases = FactCases<{ readonly command: Json }> & {
  readonly files: Record<string, MadeEntry>;
};

const nothing: FilePort = { entry: () => undefined };
const command = (value: Json) => ({ arg: "command", use: "shell", value }) as const;
const factOf = (text: Json, files = nothing): FactAnswer =>
  shellFact([command(text)], { root: "/work", files });

function valueOf(answer: FactAnswer): JsonObject {
  if ("error" in answer) throw new Error(answer.error.reason);
  return answer.value as JsonObject;
}

describe("the cases of conformance/facts/shell.json", () => {
  const file = readCases("shell") as ShellCases;
  const files = madeFiles(file.files);
  afterAll(() => keepCases("shell", file));
  test.each(file.cases.map((each) => [each.name, each] as const))("%s", (_, each) => {
    expectFact(each, factOf(each.input.command, files));
  });
});

describe("the fact `shell`", () => {
  test("needs an annotated argument, and joins several", () => {
    const path = { arg: "p", use: "path", value: "ls" } as const;
    const place = { root: "/work", files: nothing };
    expect(shellFact([path], place)).toMatchObject({ error: { code: "unannotated" } });
    const both = valueOf(shellFact([command("ls a"), command("cat b")], place));
    expect(both).toMatchObject({ commands: [{ name: "ls" }, { name: "cat" }], opaque: false });
    expect(shellFact([command("ls"), command("if")], place)).toHaveProperty("error");
  });

  test("is opaque where relative paths begin nowhere", () => {
    const answer = shellFact([command("cat a")], { files: nothing });
    expect(answer).toMatchObject({ value: { opaque: true } });
  });

  test("counts the commands of the text, not how often a loop runs them", () => {
    const loop = (count: number): string => `for i in {1..${count}}; do echo $i; done`;
    expect(valueOf(factOf(loop(900)))["commands"]).toHaveLength(900);
    const many = `for i in {1..40}; do for j in {1..40}; do echo $i; done; done`;
    expect(factOf(many)).toMatchObject({ error: { code: "limit" } });
  });

  test("has every reading of what is hidden in many places", () => {
    for (const place of hidingPlaces) {
      const answer = factOf(place.replace("X", "$(rm -rf /)"));
      if ("error" in answer) continue;
      const { commands, opaque } = answer.value as { commands: JsonObject[]; opaque: boolean };
      const shown = commands.some(({ name }) => name === "rm");
      expect([place, shown || opaque]).toEqual([place, true]);
    }
  });

  test("is an answer for any text, the same each time, within its bounds", () => {
    fc.assert(
      fc.property(fc.oneof(shellText, fc.string({ unit: "binary" })), (text) => {
        const answer = factOf(text);
        expect(factOf(text)).toEqual(answer);
        if ("error" in answer) return;
        const { opaque, unresolved, ...lists } = answer.value as Record<string, Json>;
        expect(opaque).toBe((unresolved as Json[]).length > 0);
        for (const list of Object.values(lists)) {
          if (Array.isArray(list)) expect(list.length).toBeLessThanOrEqual(factLimits.entriesMax);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("is an error, and no exception, for texts that are nested without end", () => {
    const parts = [
      "$(",
      "(",
      "{ ",
      '"$(',
      "${x:-",
      "`",
      "$((",
      "if ",
      "coproc ",
      "<(",
      "a[$(",
      "1+",
    ];
    for (const part of parts) {
      const text = part.repeat(Math.floor(8000 / part.length));
      expect([part, typeof factOf(text)]).toEqual([part, "object"]);
      expect([part, typeof factOf(`echo $((${text}1))`)]).toEqual([part, "object"]);
    }
  });
});

/** Where a command can hide; `X` is replaced by a substitution. */
const hidingPlaces = [
  "X",
  "X=1",
  "ls X",
  'ls "X"',
  'ls "a`rm -rf /`"',
  "ls `echo X`",
  "ls > X",
  "ls < X",
  "ls 2> X",
  "ls <<< X",
  "cat <<E\nX\nE",
  "cat <<E\n${y:-X}\nE",
  "cat <<-E\n\t`rm -rf /`\nE",
  "cat <(X)",
  "ls > >(X)",
  "y=X",
  "y=(X)",
  "y[X]=1",
  "y=1 ls X",
  "y=X ls",
  "export y=X",
  "declare -a y=(X)",
  "echo ${y:-X} ${y:=X} ${y:+X} ${y:?X}",
  "echo ${y#X}",
  "echo ${y/a/X}",
  "echo ${y/X/a}",
  "echo ${y:X}",
  "echo ${y:1:X}",
  "echo ${y^X}",
  "echo ${y[X]}",
  "echo ${#y[X]}",
  "echo ${!y[X]}",
  'echo "${y:-"X"}"',
  "echo \"${y:-'X'}\"",
  "echo $((X))",
  "echo $((1 ? X : 2))",
  "echo $[X]",
  "((X))",
  "for ((i=X;;)); do ls; done",
  "for ((;;i=X)); do ls; done",
  "for i in X; do ls; done",
  "for i in a; do X; done",
  "select i in X; do ls; done",
  "while X; do ls; done",
  "until ls; do X; done",
  "if X; then ls; fi",
  "if ls; then X; fi",
  "if ls; then ls; elif X; then ls; fi",
  "if ls; then ls; elif ls; then X; fi",
  "if ls; then ls; else X; fi",
  "case X in a) ls;; esac",
  "case a in X) ls;; esac",
  "case a in b|X) ls;; esac",
  "case a in a) X;; esac",
  "case a in a) ls;& b) X;; esac",
  "[[ X ]]",
  "[[ -f X ]]",
  "[[ a == X ]]",
  "[[ a =~ X ]]",
  "[[ a && ( ! X ) ]]",
  "[ X ]",
  "(X)",
  "{ X; }",
  "{ ls; } > X",
  "(ls) <<< X",
  "ls | X",
  "ls |& X",
  "ls & X",
  "! X",
  "time X",
  "coproc X",
  "coproc n { X; }",
  "f() { X; }",
  "f() { ls; } > X",
  "function f { X; }",
  "ls {a,X}",
  "ls a{b,X}c",
  "ls [X]*",
  "ls @(a|X)",
  "X/ls",
  "ls $'a'X",
  'ls $"X"',
  "env X",
  "env ls X",
  "bash -c 'X'",
  'bash -c "ls; X"',
  "find . -exec X \\;",
  "find . -name X",
  "xargs X",
  "timeout 5 X",
  "nice X",
  "sudo X",
  "git log X",
  "ls \\\nX",
  "# a\nX",
  "ls;X",
  "ls\n\n\nX",
];
