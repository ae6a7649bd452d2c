/**
 * Whether a pattern matches a whole text: `*` runs within one part, `**` through all of it.
 * Parts are divided by `/`, in a dotted pattern without `/` by `.` as well. Linear in the
 * product of both lengths.
 */
export function fitsGlob(pattern: string, text: string): boolean {
  const dotted = pattern.includes(".") && !pattern.includes("/");
  const tokens = pattern.match(/\*+|[^*]/gu) ?? [];
  const points = Array.from(text);
  let open = new Uint8Array(points.length + 1);
  open[0] = 1;
  for (const token of tokens) {
    const next = new Uint8Array(points.length + 1);
    const star = token.startsWith("*");
    let running = 0;
    for (let place = 0; place <= points.length; place += 1) {
      const passed = place === 0 ? undefined : points[place - 1];
      if (!star) {
        if (passed === token && open[place - 1] === 1) next[place] = 1;
        continue;
      }
      const stops = token.length === 1 && (passed === "/" || (dotted && passed === "."));
      if (stops) running = 0;
      if (open[place] === 1) running = 1;
      next[place] = running;
    }
    open = next;
  }
  return open[points.length] === 1;
}
