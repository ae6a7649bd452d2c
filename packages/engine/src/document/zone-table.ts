/**
 * How the clocks of one named time zone stand: `offsets[0]` seconds ahead of UTC before the first
 * of `startsAt`, and `offsets[i + 1]` from the Unix second `startsAt[i]` on.
 */
export interface ZoneTable {
  /** ascending, in Unix seconds */
  readonly startsAt: readonly number[];
  /** one more than `startsAt` */
  readonly offsets: readonly number[];
}

/**
 * Named time zones as a bundle holds them: all that an engine knows of zones. What the machine's
 * own data say, and which release they are, changes no decision.
 */
export interface ZoneTables {
  /** Unix second from which on nothing is known of any named zone: the start of the year 2101 */
  readonly until: number;
  readonly byName: ReadonlyMap<string, ZoneTable>;
}
