import { openLog } from "@holdfast/log";
import type { LogFiles, LogHead, PayloadInput } from "@holdfast/log";
import { canonicalBytes, digestOfBytes } from "@holdfast/model";

export const directory = "/log";
export const origin = "example.org/test";
export const now = (): number => 1_700_000_000_000;

export interface Sample {
  readonly body: Uint8Array;
  readonly payload?: PayloadInput;
}

/** A record of its own kind, so that no record can be taken for another. */
export function sample(number: number, options: { payload?: boolean; pad?: number } = {}): Sample {
  const pad = "p".repeat(options.pad ?? 20);
  const common = { v: 1, kind: "decision", time: number, id: `record ${number}`, pad };
  if (options.payload !== true) return { body: canonicalBytes(common) };
  const bytes = canonicalBytes({ input: `payload of ${number}`, pad });
  const payload = { scheme: "plain-1", digest: digestOfBytes(bytes), bytes: bytes.length } as const;
  return { body: canonicalBytes({ ...common, payload }), payload: { scheme: "plain-1", bytes } };
}

/** Whether a record of a small log has a payload. */
export function hasPayload(number: number): boolean {
  return number % 3 !== 0;
}

/** Opens a log in small segments and appends groups of the given sizes. */
export async function writeLog(
  files: LogFiles,
  groups: readonly number[],
  options: { directory?: string; segmentBytes?: number } = {},
): Promise<LogHead> {
  const log = await openLog({
    directory: options.directory ?? directory,
    origin,
    now,
    files,
    segmentBytes: options.segmentBytes ?? 4096,
  });
  for (const size of groups) {
    let last: Promise<void> | undefined;
    for (let i = 0; i < size; i += 1) {
      const { body, payload } = sample(log.size, { payload: hasPayload(log.size) });
      last = log.append(body, payload).durable;
    }
    await last;
  }
  await log.close();
  return log.head;
}
