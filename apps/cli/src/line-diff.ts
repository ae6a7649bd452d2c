/** One line of the way from one text to another. */
interface Step {
  readonly mark: " " | "-" | "+";
  readonly line: string;
}

/** Lines around a change that are shown with it. */
const contextLines = 3;

/**
 * The unified difference of two texts, as `diff -u` and `git apply` write and read it; empty when
 * they are equal. The fewest changed lines that there can be (Myers 1986), where that is not
 * too far.
 */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return "";
  const steps = script(linesOf(before), linesOf(after));
  const hunks: string[] = [];
  for (let at = steps.findIndex(isChange); at >= 0;) {
    const from = Math.max(0, at - contextLines);
    let last = at;
    for (let next = at; next < steps.length && next - last <= 2 * contextLines; next += 1) {
      if (isChange(steps[next])) last = next;
    }
    const to = Math.min(steps.length, last + contextLines + 1);
    hunks.push(hunk(steps, from, to));
    const more = steps.slice(to).findIndex(isChange);
    at = more < 0 ? -1 : to + more;
  }
  return [`--- a/${path}`, `+++ b/${path}`, ...hunks].join("\n");
}

function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  return last === "" ? lines : [...lines, `${last}\n\\ No newline at end of file`];
}

function isChange(step: Step | undefined): boolean {
  return step !== undefined && step.mark !== " ";
}

function hunk(steps: readonly Step[], from: number, to: number): string {
  const count = (until: readonly Step[], mark: Step["mark"]): number =>
    until.filter((step) => step.mark === " " || step.mark === mark).length;
  const range = (mark: Step["mark"]): string => {
    const length = count(steps.slice(from, to), mark);
    const start = count(steps.slice(0, from), mark) + (length === 0 ? 0 : 1);
    return `${start},${length}`;
  };
  const body = steps.slice(from, to).map(({ mark, line }) => `${mark}${line}`);
  return [`@@ -${range("-")} +${range("+")} @@`, ...body].join("\n");
}

/**
 * The most steps that the shortest way is looked for: what it takes grows with their square. Past
 * them the old lines go and the new ones come, between what both begin and end with.
 */
const editsMax = 2000;

/** A way from one list of lines to another, the shortest where that is not far. */
function script(before: readonly string[], after: readonly string[]): readonly Step[] {
  let first = 0;
  while (first < before.length && first < after.length && before[first] === after[first])
    first += 1;
  let last = 0;
  const room = Math.min(before.length, after.length) - first;
  while (last < room && before.at(-1 - last) === after.at(-1 - last)) last += 1;
  const kept = (line: string): Step => ({ mark: " ", line });
  const [old, now] = [
    before.slice(first, before.length - last),
    after.slice(first, after.length - last),
  ];
  const between = shortest(old, now) ?? [
    ...old.map((line): Step => ({ mark: "-", line })),
    ...now.map((line): Step => ({ mark: "+", line })),
  ];
  return [
    ...before.slice(0, first).map(kept),
    ...between,
    ...before.slice(before.length - last).map(kept),
  ];
}

/** The shortest way, unless it is too far. */
function shortest(
  before: readonly string[],
  after: readonly string[],
): readonly Step[] | undefined {
  const furthest = new Map<number, number>([[1, 0]]);
  const trail: ReadonlyMap<number, number>[] = [];
  for (let edits = 0; edits <= Math.min(before.length + after.length, editsMax); edits += 1) {
    trail.push(new Map(furthest));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const down = goesDown(furthest, diagonal, edits);
      let x = down ? at(furthest, diagonal + 1) : at(furthest, diagonal - 1) + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal])
        x += 1;
      furthest.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return walkBack(trail, before, after);
    }
  }
  return undefined;
}

function at(furthest: ReadonlyMap<number, number>, diagonal: number): number {
  return furthest.get(diagonal) ?? -1;
}

function goesDown(furthest: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  return diagonal !== edits && at(furthest, diagonal - 1) < at(furthest, diagonal + 1);
}

function walkBack(
  trail: readonly ReadonlyMap<number, number>[],
  before: readonly string[],
  after: readonly string[],
): readonly Step[] {
  const steps: Step[] = [];
  let x = before.length;
  let y = after.length;
  for (let edits = trail.length - 1; edits >= 0; edits -= 1) {
    const furthest = trail[edits] ?? new Map<number, number>();
    const diagonal = x - y;
    const down = goesDown(furthest, diagonal, edits);
    const from = down ? at(furthest, diagonal + 1) : at(furthest, diagonal - 1);
    const fromY = from - (down ? diagonal + 1 : diagonal - 1);
    while (x > Math.max(from, 0) && y > Math.max(fromY, 0)) {
      x -= 1;
      y -= 1;
      steps.push({ mark: " ", line: before[x] ?? "" });
    }
    if (edits === 0) break;
    if (down) steps.push({ mark: "+", line: after[--y] ?? "" });
    else steps.push({ mark: "-", line: before[--x] ?? "" });
  }
  return steps.toReversed();
}
