import { originTiers } from "@holdfast/engine";
import type { AgentBaseline } from "./baseline.ts";
import { dimensions, start } from "./feature.ts";
import type { Dimension, Feature } from "./feature.ts";

/** Sizes count as new from more than twice the greatest on, as they are powers of two. */
const sizeSteps = 1;

/** What is new of a feature beside a baseline, in words; undefined when it was seen before. */
export function newOf(
  { dimension, of, value, rank = 0 }: Feature,
  { tools, transitions }: AgentBaseline,
): string | undefined {
  const [first = "", second = ""] = of;
  const tool = own(tools, first);
  switch (dimension) {
    case "tools":
      return tool === undefined ? `\`${first}\` is called` : undefined;
    case "transitions": {
      // A new tool is new once, and not by what stands around it too.
      const known = own(tools, second) !== undefined && (first === start || tool !== undefined);
      const isNew = known && own(own(transitions, first) ?? {}, second) === undefined;
      return isNew ? `\`${second}\` comes after \`${first}\`` : undefined;
    }
    case "shapes": {
      if (tool === undefined) return undefined;
      const argument = own(tool.arguments, second);
      if (argument === undefined) {
        return value === "size" ? undefined : `\`${first}\` has the argument \`${second}\``;
      }
      if (value !== "size") {
        return own(argument.shapes, value) === undefined
          ? `\`${second}\` of \`${first}\` is ${value}`
          : undefined;
      }
      const most = greatest(Object.keys(argument.sizes).map(Number));
      return most !== undefined && rank > most + sizeSteps
        ? `\`${second}\` of \`${first}\` is over ${2 ** (rank - 1)}, before at most ${2 ** most}`
        : undefined;
    }
    case "environments": {
      // Of a tool of which no run told where it was used nothing is known.
      const known = tool?.environments;
      return known !== undefined && own(known, value) === undefined
        ? `\`${first}\` is called in \`${value}\``
        : undefined;
    }
    case "origins": {
      const known = own(tool?.arguments ?? {}, second)?.origins ?? {};
      const worst = greatest(
        Object.keys(known).map((tier) => originTiers.findIndex((t) => t === tier)),
      );
      return worst !== undefined && rank > worst
        ? `\`${second}\` of \`${first}\` comes from \`${originTiers[rank]}\`, before \`${originTiers[worst]}\` at worst`
        : undefined;
    }
  }
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function greatest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => Math.max(a, b));
}

/** How many things a baseline has seen in one way, counted once for each task, and how many in one task alone. */
export interface Seen {
  readonly all: number;
  readonly once: number;
}

/** What a baseline has seen in each way. */
export function seenIn({ tools, transitions }: AgentBaseline): ReadonlyMap<Dimension, Seen> {
  const all = new Map<Dimension, number[]>(dimensions.map((each) => [each, []]));
  for (const { tasks, arguments: args, environments = {} } of Object.values(tools)) {
    all.get("tools")?.push(tasks);
    all.get("environments")?.push(...Object.values(environments));
    for (const { shapes, sizes, origins } of Object.values(args)) {
      all.get("shapes")?.push(...Object.values(shapes), ...atMost(sizes, Number));
      all
        .get("origins")
        ?.push(...atMost(origins, (tier) => originTiers.findIndex((t) => t === tier)));
    }
  }
  for (const after of Object.values(transitions)) {
    all.get("transitions")?.push(...Object.values(after));
  }
  return new Map(
    [...all].map(([dimension, counts]) => [
      dimension,
      {
        all: counts.reduce((sum, count) => sum + count, 0),
        once: counts.filter((count) => count === 1).length,
      },
    ]),
  );
}

/** Of ranked things only the greatest can have been new: the others count for it, and none is seen once. */
function atMost(
  counts: Readonly<Record<string, number>>,
  rankOf: (name: string) => number,
): readonly number[] {
  const names = Object.keys(counts).toSorted((a, b) => rankOf(b) - rankOf(a));
  const [most, ...rest] = names.map((name) => counts[name] ?? 0);
  if (most === undefined) return [];
  const others = rest.reduce((sum, count) => sum + count, 0);
  return others === 0 ? [most] : [most, Math.max(others, 2)];
}

/** Standard deviations that chance is allowed. */
const deviations = 3;

/**
 * How many of `count` things may be new though nothing has changed: the share of what was seen only
 * once is the chance that the next thing is new (Good and Turing), and three standard deviations are allowed.
 * Of a baseline of one task everything was seen once, and of none nothing is known: then nothing is too much.
 */
export function expectedNew(count: number, { all, once }: Seen): number {
  const chance = all === 0 ? 1 : once / all;
  return Math.floor(count * chance + deviations * Math.sqrt(count * chance * (1 - chance)));
}

/**
 * How far a count of tasks that do something may stand from what a share of others says, both ways:
 * the share of `tasks` of which `did` is known only as well as there were tasks.
 */
export function expectedShare(
  count: number,
  { tasks, did }: { readonly tasks: number; readonly did: number },
): { readonly least: number; readonly most: number } {
  const share = (did + 1) / (tasks + 2);
  const spread = deviations * Math.sqrt(count * share * (1 - share) * (1 + count / (tasks + 2)));
  return { least: count * share - spread, most: count * share + spread };
}
