import {
  combiningClassOf,
  decompose,
  decompositionTable,
  hangulOf,
  pointsOf,
} from "./decomposition.ts";
import { compositionExclusions } from "./fold-data.ts";
import { atFirstUse, readTable } from "./unicode-table.ts";

/** Characters by the two that they are composed of. */
const compositeTable = atFirstUse(() => {
  const excluded = readTable(compositionExclusions);
  const whole = new Map<string, number>();
  for (const [point, parts] of decompositionTable()) {
    if (!excluded.has(point)) whole.set(parts.join(), point);
  }
  const composites = new Map<number, number>();
  for (const [key, point] of whole) {
    const parts = key.split(",").map(Number);
    const last = parts.pop() ?? 0;
    const first = parts.length === 1 ? parts[0] : whole.get(parts.join());
    if (first !== undefined) composites.set(pairOf(first, last), point);
  }
  return composites;
});

function pairOf(first: number, second: number): number {
  return first * 0x20_00_00 + second;
}

/**
 * Whether a text is in Normalization Form C (Unicode Standard Annex 15), of the one version of Unicode
 * that this package carries: two such texts that look alike by canonical equivalence are the same text.
 */
export function isComposed(text: string): boolean {
  // Below U+0300 nothing combines and everything is composed.
  if (/^[\0-\u02ff]*$/.test(text)) return true;
  const points = pointsOf(text);
  const composed = compose(decompose(points));
  return composed.length === points.length && composed.every((point, at) => point === points[at]);
}

/** Of a text in canonical decomposition. */
function compose(points: readonly number[]): number[] {
  const composed: number[] = [];
  let starter = -1;
  let lastClass = 0;
  for (const point of points) {
    const own = combiningClassOf(point);
    const first = composed[starter];
    // A mark is blocked by one of its class, or of none, that stands between.
    const isNext = starter === composed.length - 1;
    const composite =
      first !== undefined && (isNext || (lastClass !== 0 && lastClass < own))
        ? compositeOf(first, point)
        : undefined;
    if (composite !== undefined) {
      composed[starter] = composite;
      continue;
    }
    composed.push(point);
    if (own === 0) starter = composed.length - 1;
    lastClass = own;
  }
  return composed;
}

function compositeOf(first: number, second: number): number | undefined {
  return hangulOf(first, second) ?? compositeTable().get(pairOf(first, second));
}
