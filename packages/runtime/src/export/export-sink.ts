import { open } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { HoldfastError, parseJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { z } from "zod";

/** Where an export goes. */
export interface ExportSink {
  /** Resolves when the text has arrived for good. */
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

/** How a receiver is asked again. */
export interface RetryOptions {
  /** attempts after the first */
  readonly retries: number;
  /** before the first retry; doubled before each further one, at most 30 s */
  readonly firstWaitMs: number;
}

const waitMsMax = 30_000;
/** One answer may take this long. */
const answerMs = 30_000;

/** Appends to a file, which begins with `opening` when it is new; each write is on the disk when it resolves. */
export async function fileSink(path: string, opening: string): Promise<ExportSink> {
  const file = await open(path, "a", 0o600);
  if ((await file.stat()).size === 0 && opening !== "") await file.appendFile(opening);
  return {
    async write(text) {
      await file.appendFile(text);
      await file.sync();
    },
    close: () => file.close(),
  };
}

/**
 * Posts each batch, again and again while the receiver is away, asks to wait (429, 503 with
 * `Retry-After`) or fails (5xx).
 *
 * @throws HoldfastError (from `write`) `export_refused` when it refuses for good, or after the last retry
 */
export function httpSink(
  url: string,
  contentType: string,
  {
    headers,
    retry,
  }: { readonly headers: Readonly<Record<string, string>>; readonly retry: RetryOptions },
): ExportSink {
  return {
    async write(body) {
      let waitMs = retry.firstWaitMs;
      for (let attempt = 0; ; attempt += 1) {
        const answer = await post(url, body, { ...headers, "content-type": contentType });
        if (answer.kind === "taken") return;
        if (answer.kind === "refused" || attempt >= retry.retries) {
          const message = `\`${url}\` did not take the export: ${answer.why}; run it again to go on`;
          throw new HoldfastError("export_refused", message);
        }
        await pause(Math.min(waitMsMax, answer.afterMs ?? waitMs));
        waitMs = Math.min(waitMsMax, waitMs * 2);
      }
    },
    close: async () => undefined,
  };
}

type Answer =
  | { readonly kind: "taken" }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "later"; readonly why: string; readonly afterMs?: number };

async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  let response: Response;
  try {
    const signal = AbortSignal.timeout(answerMs);
    response = await fetch(url, { method: "POST", body, headers, redirect: "error", signal });
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return { kind: "later", why: cause instanceof Error ? cause.message : String(cause) };
  }
  const text = await response.text().catch(() => "");
  if (response.ok) return rejectedSpans(text);
  const why = `${response.status} ${response.statusText}`.trim();
  if (response.status !== 429 && response.status < 500) return { kind: "refused", why };
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isNaN(seconds)
    ? { kind: "later", why }
    : { kind: "later", why, afterMs: Math.max(0, seconds * 1000) };
}

const partialSchema = z.object({
  partialSuccess: z.object({
    rejectedSpans: z.coerce.number(),
    errorMessage: z.string().optional(),
  }),
});

/** An OTLP receiver may take a batch and say that it dropped a part of it; any other text is none of that. */
function rejectedSpans(text: string): Answer {
  const partial = partialSchema.safeParse(jsonOf(text));
  if (!partial.success || !(partial.data.partialSuccess.rejectedSpans > 0))
    return { kind: "taken" };
  const { rejectedSpans: count, errorMessage = "no reason given" } = partial.data.partialSuccess;
  return { kind: "refused", why: `${count} spans were rejected, ${errorMessage}` };
}

function jsonOf(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof HoldfastError) return undefined;
    throw error;
  }
}
