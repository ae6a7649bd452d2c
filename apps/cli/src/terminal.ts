import type { Readable, Writable } from "node:stream";
import pc from "picocolors";
import { printable } from "@holdfast/model";

/** What a command needs of the process it runs in; tests pass their own. */
export interface Host {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Colors = ReturnType<typeof pc.createColors>;

/** Where a command writes: data on stdout, words on stderr, colour only on a terminal. */
export interface Terminal {
  readonly colors: Colors;
  /** one or more lines of data */
  data(text: string): void;
  /** one line of words for the person */
  words(text: string): void;
}

/**
 * Writes words for the person, one line or more. What files, receivers and requests say goes into
 * them: **guarantees** that nothing of it moves the cursor.
 */
export function writeWords({ stderr }: Pick<Host, "stderr">, text: string): void {
  stderr.write(`${text.split("\n").map(printable).join("\n")}\n`);
}

/** **Guarantees** that no escape code is written unless stdout is a terminal and colour is wanted. */
export function createTerminal(host: Host, options: { readonly color: boolean }): Terminal {
  const colorful =
    options.color && host.stdout.isTTY === true && host.env["NO_COLOR"] === undefined;
  return {
    colors: pc.createColors(colorful),
    data: (text) => void host.stdout.write(text.endsWith("\n") ? text : `${text}\n`),
    words: (text) => writeWords(host, text),
  };
}
