const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A whole number and one unit: `150ms`, `30s`, `15m`, `1h`, `2d`. */
export const durationPattern = /^(?:0|[1-9]\d{0,8})(?:ms|s|m|h|d)$/u;

/** Milliseconds of a text that matches {@link durationPattern}. */
export function durationMs(text: string): number {
  const unit = /[a-z]+$/u.exec(text)?.[0] ?? "ms";
  return Number.parseInt(text, 10) * (unitMs[unit] ?? 1);
}

/** The shortest duration text that reads as exactly `ms`. */
export function durationText(ms: number): string {
  for (const unit of ["d", "h", "m", "s"] as const) {
    const size = unitMs[unit] ?? 1;
    if (ms > 0 && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}
