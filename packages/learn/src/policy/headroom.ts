/** Room above the most that was seen: four times as much, up to the next of 1, 2, 5, 10, 20, … */
export function roundHeadroom(most: number): number {
  const aim = Math.max(1, 4 * most);
  const unit = 10 ** Math.floor(Math.log10(aim));
  return [1, 2, 5, 10].map((each) => each * unit).find((each) => each >= aim) ?? 10 * unit;
}

/** The same for lengths: four times as much, up to the next power of two. */
export function lengthHeadroom(most: number): number {
  let power = 1;
  while (power < 4 * most) power *= 2;
  return power;
}
