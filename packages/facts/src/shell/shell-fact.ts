import type { FactAnswer, Json, JsonObject } from "@holdfast/model";
import type { AnnotatedArgument } from "../annotated-argument.ts";
import { factError, textsOf } from "../fact-error.ts";
import { factLimits } from "../fact-limit.ts";
import { resolvePath } from "../path/resolution.ts";
import type { PathPlace } from "../path/resolution.ts";
import type { Frame } from "./shell-reading.ts";
import { ShellReading } from "./shell-reading.ts";
import { ShellRefusal } from "./shell-refusal.ts";
import { checkErrors, parseShell } from "./shell-text.ts";
import { walkStatements } from "./statement-walk.ts";

const outermost: Frame = { depth: 0, nested: false, variables: new Map() };

/**
 * The fact `shell` (POLICY.md section 1) of the arguments annotated `shell`: every simple command
 * that they can run, and what is read, written and reached. `place.root` is the folder where the
 * command runs. A text is read as `bash -c` reads it, not interactive, with no option changed.
 * What the texts do not show makes the fact opaque.
 *
 * Errors: `unannotated`, `invalid` (not a text, characters that cannot be seen, does not parse),
 * `limit` (64 KiB, 32 deep, 50 commands, or more syntax than is looked through). Never throws.
 */
export function shellFact(annotated: readonly AnnotatedArgument[], place: PathPlace): FactAnswer {
  const texts = textsOf(annotated, "shell", factLimits.entriesMax);
  if ("error" in texts) return texts;
  const reading = new ShellReading(
    (path) => resolvePath(path, place)?.real,
    (at, script, frame) => {
      checkErrors(script);
      walkStatements(at, script.commands, frame);
    },
    (at, text, frame) => {
      const { commands } = parseShell(text);
      const around = at.source;
      at.source = text;
      walkStatements(at, commands, frame);
      at.source = around;
    },
  );
  try {
    for (const { text } of texts as readonly { readonly text: string }[]) {
      reading.text(text, outermost);
    }
    return { value: factOf(reading) };
  } catch (error) {
    if (error instanceof ShellRefusal) return factError(error.code, error.message);
    // Only depth that the limits did not foresee, or a fault of the parser, comes here.
    return error instanceof RangeError
      ? factError("limit", "nested too deep to be read")
      : factError("invalid", "the command cannot be read");
  }
}

function factOf(reading: ShellReading): JsonObject {
  const commands: Json[] = reading.commands.map((command) => ({
    name: command.name,
    argv: command.argv,
    flags: command.flags,
    operands: command.operands,
    env: { ...command.env },
    redirects: command.redirects.map(({ op, path }) => ({ op, path })),
    nested: command.nested,
    interpreter: command.interpreter,
    bare: command.bare,
  }));
  return {
    commands,
    redirects: reading.redirects.map(({ op, path }) => ({ op, path })),
    constructs: [...reading.constructs].sort(),
    globs: [...reading.globs],
    reads: [...reading.reads],
    writes: [...reading.writes],
    network: reading.network,
    destructive: reading.destructive,
    unresolved: [...reading.unresolved],
    opaque: reading.unresolved.size > 0,
  };
}
