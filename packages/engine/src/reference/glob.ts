/**
 * Whether a pattern matches a whole text. `*` stands for any run of characters that stays within
 * one part, `**` for any run at all; everything else stands for itself. Parts are divided by `/`;
 * in a pattern that has a `.` and no `/`, a dotted name such as a host or a table, by `.` as well.
 *
 * Takes time proportional to the product of both lengths.
 */
export function globMatches(pattern: string, text: string): boolean {
  const dividers = !pattern.includes("/") && pattern.includes(".") ? "/." : "/";
  const points = Array.from(text);
  let reached = Array.from({ length: points.length + 1 }, (_, place) => place === 0);
  for (const token of pattern.match(/\*+|[^*]/gu) ?? []) {
    reached = token.startsWith("*")
      ? spread(reached, points, token.length > 1 ? "" : dividers)
      : reached.map(
          (_, place) => place > 0 && reached[place - 1] === true && points[place - 1] === token,
        );
  }
  return reached[points.length] === true;
}

/** From each place reached, every later place with none of `stops` in between. */
function spread(reached: readonly boolean[], points: readonly string[], stops: string): boolean[] {
  const next: boolean[] = [];
  let open = false;
  for (const [place, here] of reached.entries()) {
    const passed = points[place - 1];
    if (passed !== undefined && stops !== "" && stops.includes(passed)) open = false;
    open = open || here;
    next.push(open);
  }
  return next;
}
