/** Replaces a stretch of a text, in UTF-16 units. */
export interface StretchEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with all edits made. **Contract:** no two of them overlap. */
export function edited(text: string, edits: readonly StretchEdit[]): string {
  let changed = text;
  for (const edit of edits.toSorted((a, b) => b.start - a.start || b.end - a.end)) {
    changed = changed.slice(0, edit.start) + edit.text + changed.slice(edit.end);
  }
  return changed;
}
