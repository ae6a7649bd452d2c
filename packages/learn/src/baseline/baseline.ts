import { z } from "zod";
import { HoldfastError, problemsOf } from "@holdfast/model";
import type { Json } from "@holdfast/model";

/** What a baseline is known by. */
export const baselineKind = "holdfast-baseline";

const count = z.int().min(0);
/** how many tasks showed each: runs with one prompt are one */
const counts = z.record(z.string(), count);

const argumentSchema = z.strictObject({
  shapes: counts,
  /** by powers of two */
  sizes: counts,
  /** by tier; of tasks that told their prompt */
  origins: counts,
});

const toolSchema = z.strictObject({
  tasks: count,
  mostPerRun: count,
  arguments: z.record(z.string(), argumentSchema),
  /** by name; absent where no call told one */
  environments: counts.optional(),
});

const agentSchema = z.strictObject({
  agent: z.string(),
  version: z.string().optional(),
  model: z.string().optional(),
  tasks: count,
  runs: count,
  calls: count,
  mostCallsPerRun: count,
  /** first and last call, Unix ms; absent where no source told a time */
  from: z.number().optional(),
  to: z.number().optional(),
  /** by `server.name` */
  tools: z.record(z.string(), toolSchema),
  /** tool before, `(start)` at first, and tool after */
  transitions: z.record(z.string(), counts),
});

const baselineSchema = z.strictObject({
  kind: z.literal(baselineKind),
  v: z.literal(1),
  agents: z.array(agentSchema),
});

/** How agents behave, as runs showed it: counts of tasks, and no value of any. */
export type Baseline = z.output<typeof baselineSchema>;
/** One agent in one version, with one model. */
export type AgentBaseline = Baseline["agents"][number];

/**
 * Reads a baseline.
 *
 * @throws HoldfastError `baseline_invalid` with every problem
 */
export function readBaseline(json: Json, place: string): Baseline {
  const parsed = baselineSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = problemsOf(baselineSchema, parsed.error.issues).map(
    ({ path, message }) => `\`${path}\` ${message}`,
  );
  throw new HoldfastError("baseline_invalid", `${place}: not a baseline: ${problems.join("; ")}`);
}

/** A baseline as a file: names sorted, one line for each, so that a change of it is read as a diff. */
export function baselineText(baseline: Baseline): string {
  return `${JSON.stringify(sorted(baseline), undefined, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => sorted(each));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}
