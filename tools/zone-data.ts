import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import moment from "moment-timezone";

interface PackedZones {
  readonly version: string;
  readonly zones: readonly string[];
  readonly links: readonly string[];
}

/** From `startsAt` on, in Unix seconds, clocks are `offset` seconds ahead of UTC. */
interface Transition {
  readonly startsAt: number;
  readonly offset: number;
}

/** The first year that the table says nothing of; moment-timezone has four centuries more. */
const yearMax = 2101;

const packed = createRequire(import.meta.url)(
  "moment-timezone/data/packed/latest.json",
) as PackedZones;

/** What `npm run zones` writes to `packages/engine/src/zone/zone-data.ts`. */
export function zoneDataText(): string {
  const aliases = new Map<string, string[]>();
  for (const link of packed.links) {
    const [zone = "", alias = ""] = link.split("|");
    aliases.set(zone, [...(aliases.get(zone) ?? []), alias]);
  }
  const until = Date.UTC(yearMax, 0, 1) / 1_000;
  const lines = packed.zones.map((zone) => zoneLine(zone, aliases, until)).sort();
  return `// Written by \`npm run zones\`; do not edit.

/** Unix seconds from which on the table says nothing: the start of the year ${yearMax}. */
export const zoneDataUntil = ${until.toLocaleString("en").replaceAll(",", "_")};

/**
 * Release ${packed.version} of the IANA time zone database, as moment-timezone ships it compiled. A zone
 * to the line, \`names|offsets|order|times\`: its name and aliases; its offsets in seconds
 * ahead of UTC; which of them holds at first and after each transition, one digit to base 36 each;
 * and when the transitions are, each as quarters of an hour to base 36 after the one before (the
 * first after 1970), \`.seconds\` when some are left over. Read by \`unpackZone\`.
 */
export const zoneData = \`
${lines.join("\n")}
\`;
`;
}

function zoneLine(
  zone: string,
  aliases: ReadonlyMap<string, readonly string[]>,
  until: number,
): string {
  const [name = ""] = zone.split("|");
  const { first, transitions } = transitionsOf(name, zone, until);
  const order = [first, ...transitions.map(({ offset }) => offset)];
  const offsets = [...new Set(order)];
  if (offsets.length > 36) throw new Error(`${name} has too many offsets`);
  let before = 0;
  const times = transitions.map(({ startsAt }) => {
    const quarters = Math.floor((startsAt - before) / 900);
    const rest = startsAt - before - quarters * 900;
    before = startsAt;
    return quarters.toString(36) + (rest === 0 ? "" : `.${rest.toString(36)}`);
  });
  return [
    [name, ...(aliases.get(name) ?? []).toSorted()].join(","),
    offsets.join(" "),
    order.map((offset) => offsets.indexOf(offset).toString(36)).join(""),
    times.join(" "),
  ].join("|");
}

/**
 * The transitions before `until` at which the offset changes, and the offset before them all.
 * @throws Error when the data ends before `until` for a zone that still changes its clocks
 */
function transitionsOf(
  name: string,
  zone: string,
  until: number,
): { readonly first: number; readonly transitions: readonly Transition[] } {
  const { untils, offsets } = moment.tz.unpack(zone);
  const seconds = offsets.map((west) => -Math.round(west * 60));
  const first = seconds[0] ?? Number.NaN;
  const all = seconds.slice(1).map((offset, index) => {
    const startsAt = Math.round((untils[index] ?? Number.NaN) / 1_000);
    return { startsAt, offset };
  });
  if (![first, ...all.map(({ startsAt }) => startsAt)].every(Number.isSafeInteger)) {
    throw new Error(`${name} has a transition without a time`);
  }
  const last = all.at(-1)?.startsAt ?? 0;
  const still = last > Date.UTC(2030, 0, 1) / 1_000;
  if (still && last < until) throw new Error(`${name} is not known until ${yearMax}`);
  const changes = all.filter(({ offset }, index) => offset !== (all[index - 1]?.offset ?? first));
  return { first, transitions: changes.filter(({ startsAt }) => startsAt < until) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = "packages/engine/src/zone/zone-data.ts";
  writeFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), zoneDataText());
  console.log(path);
}
