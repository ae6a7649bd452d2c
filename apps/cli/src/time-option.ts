import { InvalidArgumentError } from "commander";

/** A date, or a date and time with its offset: `Date.parse` alone takes `5` for a month of 2001. */
const rfc3339 = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?$/iu;

/**
 * The Unix time in ms that an option says: RFC 3339, or a span back from now.
 * @throws InvalidArgumentError for any other text
 */
export function readTime(text: string): number {
  const span = /^(\d{1,6})(s|m|h|d)$/u.exec(text);
  if (span?.[1] !== undefined) {
    const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[
      span[2] as "s" | "m" | "h" | "d"
    ];
    return Date.now() - Number(span[1]) * unitMs;
  }
  const timeMs = rfc3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(timeMs))
    throw new InvalidArgumentError("write RFC 3339, or a span such as 15m, 24h, 7d");
  return timeMs;
}
