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
  agents: filledList(agentPattern).optional().describe("ids of agents, or prefixes ending in `*`"),
  agent_roles: filledList(textSchema).optional().describe("roles of the agent, any of them"),
  user_roles: filledList(textSchema)
    .optional()
    .describe("roles of the user it acts for, any of them"),
  tools: filledList(toolPatternSchema)
    .optional()
    .describe("`server.name`, or `server.*` and `*`, which cover registered tools only"),
  labels: filledList(labelSchema).optional().describe("labels of the action, any of them"),
  kinds: filledList(z.enum(actionKinds)).optional().describe("kinds of action, any of them"),
  environments: filledList(textSchema).optional().describe("environments that Settings declares"),
};

/** What Events and Meters match: they have no phase of their own. */
export const actionMatchSchema = z.strictObject(matchShape);

/** What a Policy matches; the phase defaults to `call`. */
export const policyMatchSchema = z.strictObject({
  ...matchShape,
  phase: z.enum(phases).optional().describe("before the call (the default) or on its result"),
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
