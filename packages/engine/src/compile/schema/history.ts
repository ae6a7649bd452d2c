import { z } from "zod";
import { eventMoments } from "../../document/history.ts";
import {
  documentSchema,
  durationSchema,
  expressionSchema,
  filledList,
  nameSchema,
} from "./field.ts";
import { actionMatchSchema } from "./match.ts";

const keySchema = filledList(
  z
    .string()
    .regex(
      /^(?:agent\.id|user\.id|session\.id|session\.task|tool\.server|tool\.name|resource\.type|resource\.id|global|args(?:\.[A-Za-z_][A-Za-z0-9_-]*)+)$/u,
      "a key part is `agent.id`, `user.id`, `session.id`, `session.task`, `tool.server`, `tool.name`, `resource.type`, `resource.id`, a path below `args`, or `global`",
    ),
);

/** The document kind Event (POLICY.md section 3). */
export const eventSchema = documentSchema(
  "Event",
  nameSchema,
  z.strictObject({
    match: actionMatchSchema.optional(),
    at: z.enum(eventMoments).describe("the moment of an action at which the Event occurs"),
    when: expressionSchema.optional(),
    key: keySchema.describe("whose history it is"),
    polarity: z
      .literal("accepted")
      .optional()
      .describe("the moment is meant, though it does not fit every use"),
  }),
);

/** The document kind Meter (POLICY.md section 3). */
export const meterSchema = documentSchema(
  "Meter",
  nameSchema,
  z.strictObject({
    match: actionMatchSchema.optional(),
    reserve: expressionSchema.optional().describe("the amount charged in begin; 1 when left out"),
    settle: expressionSchema.optional().describe("the amount that replaces it in end"),
    key: keySchema,
    window: z.union(
      [
        durationSchema,
        z.strictObject({
          calendar: z.enum(["hour", "day", "week", "month"]),
          zone: z.string().min(1).max(64),
        }),
      ],
      { error: "a window is a duration, or `{calendar: day, zone: Europe/London}`" },
    ),
  }),
);

export type EventFile = z.output<typeof eventSchema>;
export type MeterFile = z.output<typeof meterSchema>;
