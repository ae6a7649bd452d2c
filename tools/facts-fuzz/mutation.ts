import type { Chance } from "../engine-fuzz/chance.ts";

/** Characters that parsers trip over, whatever they parse. */
const oddCharacters = [
  "\u{1f600}\u{e0041}\u{10ffff}",
  "\0\u0001\u0007\u001b\u007f\u0085\u00a0\u00ad\u0301\u0430\u200b\u200d\u202e\u2028\u2044",
  "\u2066\u3000\u3002\ufe0f\ufeff\uff0e\uff0f\uff21\ufffd\ud800A\udc00",
  "\t\n\r\v\f \\/'\"`$%&|;:<>()[]{}*?!#~^@=+-_.,0aZ\u00e9\u00df\u0130",
].flatMap((characters) => Array.from(characters));

/** The most UTF-16 units of a mutated text: some are beyond every limit, none takes long to make. */
const unitsMax = 70_000;

/** A text that is like one of the seeds, changed in one to six places, now and then very long. */
export function mutated(
  seeds: readonly string[],
  pieces: readonly string[],
  chance: Chance,
): string {
  let text = chance.of(seeds);
  const changes = 1 + chance.below(chance.once(4) ? 6 : 2);
  for (let count = 0; count < changes; count += 1) text = changed(text, seeds, pieces, chance);
  if (chance.once(150)) text = swollen(text, pieces, chance);
  return text.slice(0, unitsMax);
}

function changed(
  text: string,
  seeds: readonly string[],
  pieces: readonly string[],
  chance: Chance,
): string {
  const at = chance.below(text.length + 1);
  const end = Math.min(text.length, at + chance.below(chance.once(3) ? 20 : 4));
  const put = (between: string, to = at): string => text.slice(0, at) + between + text.slice(to);
  switch (chance.below(8)) {
    case 0:
      return put("", end);
    case 1:
      return put(chance.of(oddCharacters));
    case 2:
      return put(chance.of(oddCharacters), at + 1);
    case 3:
      return put(text.slice(at, end) + text.slice(at, end), end);
    case 4:
      return put(chance.of(seeds).slice(chance.below(8)));
    case 5:
      return put(text.slice(end) + text.slice(at, end), text.length);
    default:
      return put(` ${chance.of(pieces)}${chance.once(2) ? " " : ""}`.slice(chance.below(2)));
  }
}

/** A text with something in it repeated very often. */
function swollen(text: string, pieces: readonly string[], chance: Chance): string {
  const at = chance.below(text.length + 1);
  const piece = chance.once(2) ? chance.of(pieces) : text.slice(at, at + 1 + chance.below(12));
  const times = Math.floor(2 ** (4 + chance.unit() * 13));
  const often = piece.repeat(Math.min(times, Math.ceil(unitsMax / Math.max(1, piece.length))));
  return text.slice(0, at) + often + text.slice(at);
}
