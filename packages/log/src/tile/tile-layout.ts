/** Hashes of a whole tile, and entries of a whole bundle (C2SP tlog-tiles). */
export const tileWidth = 256;
/** Bytes of one hash in a tile. */
export const hashBytes = 32;
/** Where tiles and bundles lie; all of it is derived and may be deleted. */
const tileFolder = "tile";

/** Names a tile of hashes by its level, or a bundle of entries, which stand under level 0. */
export type TileSeries = number | "entries";

/** A tile or bundle: the `number`-th of its series, with fewer than 256 items when `width` says so. */
export interface TileName {
  readonly series: TileSeries;
  readonly number: number;
  /** 1 to 255 in a partial one; absent in a whole one */
  readonly width?: number;
}

/** Path relative to the log directory, as C2SP tlog-tiles writes it: `tile/0/x001/x234/067.p/8`. */
export function tilePath({ series, number, width }: TileName): string {
  const whole = `${tileFolder}/${series}/${numberPath(number)}`;
  return width === undefined ? whole : `${whole}.p/${width}`;
}

/** The folder that holds the partial ones of a tile: `tile/0/x001/x234/067.p`. */
export function partialFolder(series: TileSeries, number: number): string {
  return `${tileFolder}/${series}/${numberPath(number)}.p`;
}

/** Leaves under one hash of this level. */
export function leavesPerHash(level: number): number {
  return tileWidth ** level;
}

/** `x001/x234/067` for 1234067: three digits a part, an `x` before all but the last. */
function numberPath(number: number): string {
  const parts = [String(number % 1000).padStart(3, "0")];
  for (let rest = Math.floor(number / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    parts.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  }
  return parts.join("/");
}
