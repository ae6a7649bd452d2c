/** Units of a literal up to which the platform's own search is quick, whatever it searches in. */
const plainMax = 32;

/** What places found may cost in any text. */
const spareUnits = 1_024;

/** Whether a text holds a literal anywhere, in time linear in the text. */
export function holds(text: string, literal: string): boolean {
  if (literal.length > text.length) return false;
  if (literal.length <= plainMax) return text.includes(literal);
  return somePlace(text, literal, () => true);
}

/**
 * Whether a literal occurs at a place that is accepted, places being tried in order. Takes time
 * linear in the text. WHY not `indexOf` alone: of texts such as `aaaa…` it takes the product.
 */
export function somePlace(
  text: string,
  literal: string,
  accepts: (at: number) => boolean,
): boolean {
  const isShort = literal.length <= plainMax;
  const head = isShort ? literal : literal.slice(0, plainMax);
  // Each place found costs as much as the literal is long: before that is much more than the text, it ends.
  let left = text.length + spareUnits;
  let from = 0;
  while (left >= 0) {
    const at = text.indexOf(head, from);
    if (at < 0 || at + literal.length > text.length) return false;
    if ((isShort || text.startsWith(literal, at)) && accepts(at)) return true;
    from = at + 1;
    left -= literal.length + plainMax;
  }
  return somePlaceFrom(text, literal, from, accepts);
}

/** As `somePlace`, from a place on, by the method of Knuth, Morris and Pratt. */
function somePlaceFrom(
  text: string,
  literal: string,
  from: number,
  accepts: (at: number) => boolean,
): boolean {
  const borders = bordersOf(literal);
  let held = 0;
  for (let at = from; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    while (held > 0 && literal.charCodeAt(held) !== unit) held = borders[held - 1] ?? 0;
    if (literal.charCodeAt(held) === unit) held += 1;
    if (held < literal.length) continue;
    if (accepts(at - held + 1)) return true;
    held = borders[held - 1] ?? 0;
  }
  return false;
}

/** For each beginning of a text the longest part that both begins and ends it. */
function bordersOf(text: string): Int32Array {
  const borders = new Int32Array(text.length);
  let held = 0;
  for (let at = 1; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    while (held > 0 && text.charCodeAt(held) !== unit) held = borders[held - 1] ?? 0;
    if (text.charCodeAt(held) === unit) held += 1;
    borders[at] = held;
  }
  return borders;
}
