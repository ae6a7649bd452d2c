/** Labels that only say what is read; any other one means that the tool may change something. */
const readLikeLabels: ReadonlySet<string> = new Set([
  "read",
  "untrusted",
  "internal",
  "pii",
  "secrets",
]);

/** Whether a tool with these labels only reads: it says so, and nothing it says means more. */
export function isReadLike(labels: readonly string[]): boolean {
  return labels.includes("read") && labels.every((label) => readLikeLabels.has(label));
}
