import { z } from "zod";
import { actionKinds, phases } from "@holdfast/model";
import { filledList, labelSchema, textSchema } from "./field.ts";

const agentPattern = z
  .string()
  .regex(/^[!-)+-~]{0,256}\*?$/u, "an agent pattern is an id, or a prefix and `*`")
  .min(1);

/** `server.name`, `server.*` or `*`. */
const toolPatternSchema = z
  .string()
  .max(256)
  .regex(
    /^(?:\*|[a-z0-9-]+\.(?:\*|[!-)+-~]+))$/u,
    "a tool pattern is `server.name`, `server.*` or `*`",
  );

const matchShape = {
  agents: filledList(agentPattern).optional(),
  agent_roles: filledList(textSchema).optional(),
  user_roles: filledList(textSchema).optional(),
  tools: filledList(toolPatternSchema).optional(),
  labels: filledList(labelSchema).optional(),
  kinds: filledList(z.enum(actionKinds)).optional(),
  environments: filledList(textSchema).optional(),
};

/** What Events and Meters match: they have no phase of their own. */
export const actionMatchSchema = z.strictObject(matchShape);

/** What a Policy matches; the phase defaults to `call`. */
export const policyMatchSchema = z.strictObject({
  ...matchShape,
  phase: z.enum(phases).optional(),
});

/** What a Boundary lets the allow rules of its folder match. */
export const boundaryMatchSchema = z.strictObject({
  agents: matchShape.agents,
  tools: matchShape.tools,
  labels: matchShape.labels,
  kinds: matchShape.kinds,
  environments: matchShape.environments,
});

export type MatchSpec = z.output<typeof policyMatchSchema>;
