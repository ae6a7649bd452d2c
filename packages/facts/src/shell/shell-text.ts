import type { ParsedScript } from "unbash";
import { parse } from "unbash";
import { isHidden } from "@holdfast/model";
import { factLimits } from "../fact-limit.ts";
import { utf8Bytes } from "../text-bytes.ts";
import { ShellRefusal } from "./shell-refusal.ts";

/** Characters that only appear where the syntax does something, at most, before parsing is slow. */
const syntaxCharactersMax = 8192;
const hereDocumentsMax = 1024;
const marksMax = 16_384;

/** Formats and fillers that show nothing, beyond those that {@link isHidden} knows. */
const filler = new RegExp(
  String.raw`[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0e\uffa0\ufff0-\ufff8\u{e0000}-\u{e0fff}]`,
  "u",
);

/** The selector of an emoji, where it follows a symbol that has two looks. */
const emojiSelector = /([\u00a9\u00ae\u203c-\u33ff\u{1f000}-\u{1faff}])\ufe0f/gu;

/**
 * Parses a line as `bash` does when it reads it from `-c`. Throws {@link ShellRefusal} on what is
 * too large, holds characters that cannot be seen, or does not parse.
 */
export function parseShell(text: string): ParsedScript {
  if (utf8Bytes(text) > factLimits.textBytesMax) {
    throw new ShellRefusal("limit", `more than ${factLimits.textBytesMax} bytes`);
  }
  const seen = text.replace(/[\t\n]/g, " ").replace(emojiSelector, "$1");
  if (isHidden(seen) || filler.test(seen) || seen.includes("\ufe0f")) {
    throw new ShellRefusal("invalid", "a control character, or one that cannot be seen");
  }
  const syntax = text.match(/[;&|<>$`({\n]/g)?.length ?? 0;
  const documents = text.match(/<</g)?.length ?? 0;
  const marks = text.match(/[[*~"']/g)?.length ?? 0;
  if (syntax > syntaxCharactersMax || documents > hereDocumentsMax || marks > marksMax) {
    throw new ShellRefusal("limit", "more syntax than is looked through");
  }
  const script = parse(text);
  checkErrors(script);
  return script;
}

/** Throws {@link ShellRefusal} when a script does not parse; inner scripts tell their own errors. */
export function checkErrors(script: ParsedScript): void {
  const [error] = script.errors ?? [];
  if (error !== undefined) {
    throw new ShellRefusal("invalid", `the command does not parse: ${error.message}`);
  }
}
