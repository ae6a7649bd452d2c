import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { HoldfastError, parseJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { badArguments } from "./failure.ts";
import { inputLines } from "./input-lines.ts";

/** The lines of a file of runs, or of its `.gz`, as JSON, each with its place. */
export async function* readRuns(
  file: string,
): AsyncGenerator<{ readonly json: Json; readonly place: string }> {
  for await (const { number, bytes } of inputLines(openText(file))) {
    const place = `${file}:${number}`;
    if (bytes === undefined) throw badArguments(`${place}: line is too long`);
    try {
      yield { json: parseJson(bytes), place };
    } catch (error) {
      if (!(error instanceof HoldfastError) || !error.code.startsWith("json_")) throw error;
      throw badArguments(`${place}: ${error.message}`);
    }
  }
}

function openText(file: string): Readable {
  const stream = createReadStream(file);
  if (!file.endsWith(".gz")) return stream;
  // Whatever goes wrong in either is thrown where the text is read.
  return pipeline(stream, createGunzip(), () => undefined);
}
