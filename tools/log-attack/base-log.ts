import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keyPairOfSeed, nodeFiles, Notary, openFileSigner, openLog, signerOf } from "@holdfast/log";
import type { LogHead, PayloadInput, Signer } from "@holdfast/log";
import { canonicalBytes, digestOfBytes } from "@holdfast/model";

/** The files of a log by their paths below it. */
export type LogContents = ReadonlyMap<string, Buffer>;

/** A log to attack, and what somebody who cannot be attacked has kept of it. */
export interface BaseLog {
  readonly files: LogContents;
  readonly head: LogHead;
  /** the same log as it was when it had half of its records */
  readonly earlier: { readonly files: LogContents; readonly head: LogHead };
}

export interface BaseOptions {
  readonly records: number;
  /** sign the head after so many records; never when absent */
  readonly signEvery?: number;
  /** every so many records has a payload; none when absent */
  readonly payloadEvery?: number;
  readonly segmentBytes?: number;
  /** this record says something else */
  readonly forged?: number;
  /** records say next to nothing, in larger groups and smaller files: there are few bytes to try */
  readonly small?: true;
}

export const baseOrigin = "example.org/attacked";
const now = (): number => 1_700_000_000_000;
const ownSeed = new Uint8Array(32).fill(11);

/** The key of the log, and that of somebody who has no part in it. */
export const ownSigner: Signer = signerOf(baseOrigin, keyPairOfSeed(ownSeed));
export const strangeSigner: Signer = signerOf(
  baseOrigin,
  keyPairOfSeed(new Uint8Array(32).fill(66)),
);

/** Writes a log to a disk as any writer does, and reads its files; the same for the same options. */
export async function writeBaseLog(options: BaseOptions): Promise<BaseLog> {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-attack-"));
  try {
    const isSmall = options.small === true;
    const { segmentBytes = isSmall ? 8_192 : 16_384 } = options;
    const log = await openLog({ directory, origin: baseOrigin, now, segmentBytes });
    const parts = { files: nodeFiles, directory };
    const notary =
      options.signEvery === undefined
        ? undefined
        : await Notary.open({
            ...parts,
            log,
            signers: [await openFileSigner({ ...parts, origin: baseOrigin, seed: () => ownSeed })],
          });
    const half = Math.floor(options.records / 2);
    let earlier: BaseLog["earlier"] | undefined;
    const groupMax = isSmall ? 41 : 17;
    for (let group = 1; log.size < options.records; group = (group % groupMax) + 1) {
      const end = Math.min(log.size + group, log.size < half ? half : options.records);
      let last: Promise<void> | undefined;
      while (log.size < end) {
        const { body, payload } = baseRecord(log.size, options);
        last = log.append(body, payload).durable;
      }
      await last;
      if (options.signEvery !== undefined && log.size % options.signEvery < group) {
        await notary?.sign();
      }
      if (log.size === half) earlier = { files: contentsOf(directory), head: log.head };
    }
    await notary?.sign();
    await notary?.close();
    await log.close();
    if (earlier === undefined) throw new Error("a log of less than two records has no half");
    return { files: contentsOf(directory), head: log.head, earlier };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A record of its own kind, so that no record can be taken for another. */
function baseRecord(
  number: number,
  { payloadEvery, forged, small }: Pick<BaseOptions, "payloadEvery" | "forged" | "small">,
): { readonly body: Uint8Array; readonly payload?: PayloadInput } {
  const effect = number === forged ? "allow" : "deny";
  const full = {
    v: 1,
    kind: "decision",
    time: 1_700_000_000_000 + number,
    agent: { id: "mail-agent", version: `1.${number % 7}` },
    tool: { server: "files", name: "read_file" },
    effect,
    code: "no_grant",
    rules: [`files/rule-${number % 5}`],
    granted: false,
  };
  // Nearly all bytes of a log that is tried byte by byte are its records.
  const short = number === forged ? { f: number } : { n: number };
  const common = small === true ? short : full;
  if (payloadEvery === undefined || number % payloadEvery !== 0) {
    return { body: canonicalBytes(common) };
  }
  const bytes = canonicalBytes({ input: `arguments of ${number}` });
  const payload = { scheme: "plain-1", digest: digestOfBytes(bytes), bytes: bytes.length } as const;
  return { body: canonicalBytes({ ...common, payload }), payload: { scheme: "plain-1", bytes } };
}

/** The files of a log in a folder, but for what is prepared. */
export function contentsOf(directory: string): LogContents {
  const paths = readdirSync(directory, { recursive: true }).map((path) =>
    String(path).replaceAll("\\", "/"),
  );
  const files = paths.filter((path) => statSync(join(directory, path)).isFile()).sort();
  return new Map(
    files
      .filter((path) => !path.endsWith("/prepared"))
      .map((path) => [path, readFileSync(join(directory, path))]),
  );
}
