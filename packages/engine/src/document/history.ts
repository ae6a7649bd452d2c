import type { Span } from "@holdfast/model";
import type { Expression } from "./expression.ts";
import type { Match } from "./policy.ts";
import type { ZoneTable } from "./zone-table.ts";

/** When an Event occurs (POLICY.md section 3). */
export const eventMoments = [
  "decision",
  "begin",
  "success",
  "failure",
  "approved",
  "rejected",
] as const;
export type EventMoment = (typeof eventMoments)[number];

/** One part of a state key: a fixed name, or a path below `args`. */
export type KeyPart =
  | "agent.id"
  | "user.id"
  | "session.id"
  | "session.task"
  | "tool.server"
  | "tool.name"
  | "resource.type"
  | "resource.id"
  | "global"
  | { readonly args: readonly string[] };

export interface Event {
  readonly kind: "Event";
  readonly name: string;
  readonly description?: string;
  /** of `metadata`: for people and reports, no condition reads them */
  readonly metadataLabels?: Readonly<Record<string, string>>;
  readonly match: Match;
  readonly at: EventMoment;
  readonly when?: Expression;
  readonly key: readonly KeyPart[];
  readonly polarityAccepted: boolean;
  readonly source: Span;
}

export interface Meter {
  readonly kind: "Meter";
  readonly name: string;
  readonly description?: string;
  /** of `metadata`: for people and reports, no condition reads them */
  readonly metadataLabels?: Readonly<Record<string, string>>;
  readonly match: Match;
  /** charged in begin; absent means 1 */
  readonly reserve?: Expression;
  /** replaces the reservation in end */
  readonly settle?: Expression;
  readonly key: readonly KeyPart[];
  readonly window:
    | { readonly slidingMs: number }
    | {
        readonly calendar: "hour" | "day" | "week" | "month";
        readonly zone: string;
        /** what `zone` stands for */
        readonly table: ZoneTable;
      };
  readonly source: Span;
}
