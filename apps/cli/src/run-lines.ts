import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { parseJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { badArguments } from "./failure.ts";
import { notJson, unreadable } from "./input-file.ts";
import { inputLines } from "./input-lines.ts";
import type { InputLine } from "./input-lines.ts";

/**
 * The lines of a file of runs, or of its `.gz`, as JSON, each with its place.
 *
 * @throws CommandFailure exit 2 when the file cannot be read, is cut short, or holds a line that is no JSON
 */
export async function* readRuns(
  file: string,
): AsyncGenerator<{ readonly json: Json; readonly place: string }> {
  for await (const { number, bytes } of linesOf(file)) {
    const place = `${file}:${number}`;
    if (bytes === undefined) throw badArguments(`${place}: line is too long`);
    try {
      yield { json: parseJson(bytes), place };
    } catch (error) {
      throw notJson(error, { file, line: number });
    }
  }
}

async function* linesOf(file: string): AsyncGenerator<InputLine> {
  try {
    yield* inputLines(openText(file));
  } catch (error) {
    throw unreadable(file, error);
  }
}

function openText(file: string): Readable {
  const stream = createReadStream(file);
  if (!file.endsWith(".gz")) return stream;
  // Whatever goes wrong in either is thrown where the text is read.
  return pipeline(stream, createGunzip(), () => undefined);
}
