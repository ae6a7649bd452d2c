/**
 * Room above the most that was seen: four times as much, up to the next of 1, 2, 5, 10, 20, … Finite whatever was
 * seen, sums that are infinite too, and a number that a policy can hold: beyond the whole numbers that are kept
 * exactly one from 1e21 on, which is written with an exponent.
 */
export function roundHeadroom(most: number): number {
  const aim = Math.min(Math.max(1, 4 * most), greatest);
  const unit = 10 ** Math.floor(Math.log10(aim));
  const round = [1, 2, 5, 10].map((each) => each * unit).find((each) => each >= aim) ?? 10 * unit;
  return round <= Number.MAX_SAFE_INTEGER ? round : Math.min(Math.max(1e21, round), greatest);
}

/** The greatest limit. */
const greatest = 1e308;

/** The same for lengths: four times as much, up to the next power of two. */
export function lengthHeadroom(most: number): number {
  let power = 1;
  while (power < 4 * most) power *= 2;
  return power;
}
