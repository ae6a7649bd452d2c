import { originTiers } from "@holdfast/engine";
import type { ArgumentOrigins } from "./argument-origin.ts";
import type { ObservedCall } from "./observed-run.ts";
import { shapeOf, sizeOf } from "./value-shape.ts";

/** In what ways behaviour can be new. */
export const dimensions = ["tools", "transitions", "shapes", "origins", "environments"] as const;
export type Dimension = (typeof dimensions)[number];

/** Something that a run does or does not show, by which runs are compared. */
export interface Feature {
  readonly dimension: Dimension;
  /** what it is about: a tool, two tools in a row, an argument of a tool */
  readonly of: readonly string[];
  /** what is seen of it: a shape, a tier, an environment; empty where it is seen at all */
  readonly value: string;
  /** in an order in which less is never new once more was seen; powers of two, or tiers from the best on */
  readonly rank?: number;
}

/** What stands before the first call of a run. */
export const start = "(start)";

/** The features of a call, after the tool that the agent called before it in the run. */
export function featuresOf(
  { server, tool: name, args, environment }: ObservedCall,
  before: string,
  origins: ArgumentOrigins,
): readonly Feature[] {
  const tool = `${server}.${name}`;
  const features: Feature[] = [
    { dimension: "tools", of: [tool], value: "" },
    { dimension: "transitions", of: [before, tool], value: "" },
  ];
  if (environment !== undefined) {
    features.push({ dimension: "environments", of: [tool], value: environment });
  }
  for (const argument of Object.keys(args).sort()) {
    const value = args[argument] ?? null;
    const of = [tool, argument];
    features.push({ dimension: "shapes", of, value: shapeOf(value) });
    const size = sizeOf(value);
    if (size !== undefined) {
      features.push({ dimension: "shapes", of, value: "size", rank: size });
    }
    const tier = origins[argument];
    if (tier !== undefined) {
      features.push({ dimension: "origins", of, value: "tier", rank: originTiers.indexOf(tier) });
    }
  }
  return features;
}

/** A text by which equal features are equal. */
export function featureKey({ dimension, of, value }: Feature): string {
  return JSON.stringify([dimension, ...of, value]);
}
