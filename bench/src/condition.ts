/** A condition on one action alone; every peer that holds conditions can say these six. */
export type Condition =
  | {
      readonly kind: "compare";
      readonly argument: "amount" | "quantity";
      readonly sign: "<" | ">";
      readonly number: number;
    }
  | { readonly kind: "equals"; readonly argument: "currency"; readonly text: string }
  | { readonly kind: "one-of"; readonly argument: "region"; readonly texts: readonly string[] }
  | { readonly kind: "prefix"; readonly argument: "path" | "to"; readonly text: string }
  | {
      readonly kind: "flag";
      readonly urgent: boolean;
      readonly sign: "<" | ">";
      readonly number: number;
    }
  /** the argument `owner` is the agent */
  | { readonly kind: "own" };

/** A condition on what happened before; only an engine with history can say these. */
export type HistoryCondition =
  | {
      readonly kind: "happened";
      readonly event: EventName;
      readonly minutes: number;
      readonly above: number;
    }
  | {
      readonly kind: "count";
      readonly event: EventName;
      readonly minutes: number;
      readonly more: number;
    }
  | { readonly kind: "limit"; readonly meter: MeterName; readonly max: number }
  /** the argument `to` comes from neither the user's prompt nor the directory of customers */
  | { readonly kind: "foreign" };

export type EventName = "untrusted-read" | "large-amount" | "egress-begun";
export type MeterName = "spend" | "calls";

/** A rule as every engine of a comparison holds it; rules of one policy share role and tool. */
export interface Rule {
  /** `policy/rule` */
  readonly name: string;
  readonly effect: "allow" | "deny";
  /** absent: any */
  readonly role?: string;
  readonly tool?: string;
  readonly label?: string;
  readonly condition: Condition | HistoryCondition;
}

/** The arguments of every tool. */
export interface Arguments {
  readonly amount: number;
  readonly quantity: number;
  readonly currency: string;
  readonly region: string;
  readonly path: string;
  readonly urgent: boolean;
  readonly owner: string;
  readonly to: string;
}

/** Whether a condition holds, in plain words of the language: what every engine must agree with. */
export function holds(condition: Condition, args: Arguments, agent: string): boolean {
  switch (condition.kind) {
    case "compare": {
      const { sign, number } = condition;
      return sign === "<" ? args[condition.argument] < number : args[condition.argument] > number;
    }
    case "equals":
      return args.currency === condition.text;
    case "one-of":
      return condition.texts.includes(args.region);
    case "prefix":
      return args[condition.argument].startsWith(condition.text);
    case "flag": {
      const { quantity } = args;
      const beyond =
        condition.sign === "<" ? quantity < condition.number : quantity > condition.number;
      return args.urgent === condition.urgent && beyond;
    }
    case "own":
      return args.owner === agent;
  }
}

/** Whether a condition asks what happened before. */
export function isHistory(condition: Rule["condition"]): condition is HistoryCondition {
  return ["happened", "count", "limit", "foreign"].includes(condition.kind);
}
