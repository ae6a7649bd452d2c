import type { OriginTier } from "../document/origin-vocabulary.ts";
import type { Reference } from "./definition.ts";
import type {
  CelBool,
  CelDouble,
  CelDuration,
  CelDyn,
  CelInt,
  CelList,
  CelObject,
  CelString,
  CelTerm,
  CelTimestamp,
  Condition,
  Literal,
  OperandOf,
  OrNull,
} from "./term.ts";
import type { PathFact, ToolTerm } from "./vocabulary.ts";

/** A duration as conditions write it: `90s`, `15m`, `1h`. */
export type Within = `${number}${"ms" | "s" | "m" | "h"}` | CelDuration | CelDyn;

type Text = OperandOf<CelString>;
type Texts = readonly Text[] | CelList<CelString> | CelDyn;
type Value = Literal | CelTerm;
type Ordered = CelInt | CelDouble | CelTimestamp | CelDuration;
type Origin = CelObject<{ readonly tier: CelString<OriginTier>; readonly source: CelString }>;

/**
 * The functions of conditions that are no operation of one value. Standard CEL has more; write
 * those with `cel`.
 */
export interface ConditionFunctions {
  /** Whether a field is there; reading one that is not is an error. */
  readonly has: (field: CelTerm) => CelBool;
  /** `x == null` */
  readonly isNull: (value: OrNull | CelDyn) => CelBool;
  /** `x != null` */
  readonly notNull: (value: OrNull | CelDyn) => CelBool;
  /** `condition ? whenTrue : whenFalse` */
  readonly choose: <Term extends CelTerm>(
    condition: Condition,
    whenTrue: OperandOf<NoInfer<Term>>,
    whenFalse: Term,
  ) => Term;
  /** A field that the schema allows and does not declare. */
  readonly field: (object: CelObject, name: string) => CelDyn;
  readonly duration: (text: Text) => CelDuration;
  readonly timestamp: (text: Text) => CelTimestamp;
  readonly min: <Term extends Ordered>(
    first: Term,
    ...others: readonly OperandOf<NoInfer<Term>>[]
  ) => Term;
  readonly max: <Term extends Ordered>(
    first: Term,
    ...others: readonly OperandOf<NoInfer<Term>>[]
  ) => Term;

  /** The items of a List. */
  readonly lists: (list: Reference<"List">) => CelList<CelString>;
  /** The answer of an External. */
  readonly external: (external: Reference<"External">) => CelDyn;
  /** Whether an Event has occurred for this key, ever or within a duration. */
  readonly happened: (event: Reference<"Event">, within?: Within) => CelBool;
  /** How often an Event occurred for this key within a duration. */
  readonly count: (event: Reference<"Event">, within: Within) => CelInt;
  /** Whether the first Event occurred after the latest of the second. */
  readonly since: (event: Reference<"Event">, after: Reference<"Event">) => CelBool;
  /** What a Meter holds for this key, this action not counted. */
  readonly meter: (meter: Reference<"Meter">) => CelDouble;

  /** Where a value was first seen: the worst tier of its leaves. */
  readonly origin: (value: Value) => Origin;
  readonly noWorse: (origin: Origin, tier: OriginTier) => CelBool;
  /** Whether every leaf was first seen in the prompt or a whole field with one of these labels. */
  readonly fromOnly: (value: Value, labels: Texts) => CelBool;
  /** A hint, for narrowing alone. */
  readonly touches: (value: Value, label: Text) => CelBool;
  /** A hint, for narrowing alone. */
  readonly requestedBy: (args: CelTerm) => CelObject<{
    readonly mood: CelString;
    readonly literals: CelInt;
    readonly on_topic: CelBool;
  }>;
  /** Whether the prompt holds one of the act words of a tool. */
  readonly namesAct: (tool: ToolTerm | Reference<"Tool">) => CelBool;

  /** Whether a path lies in a folder, links resolved. */
  readonly under: (path: PathFact, root: Text) => CelBool;
  /** Whether a host is a domain or lies below it. */
  readonly domain: (host: Text, suffix: Text) => CelBool;
  readonly inNet: (address: Text, cidr: Text) => CelBool;
  /** `*` stops at `/`, `**` does not. */
  readonly glob: (pattern: Text, text: Text) => CelBool;
  /** Whether a text is just what a reader sees of it: NFC, no controls, nothing that is not shown. */
  readonly plainText: (text: Text) => CelBool;
  /** Weekly hours, such as `mon-fri 09:00-17:00`, of a zone. */
  readonly inWindow: (moment: CelTimestamp, zone: string, hours: string) => CelBool;
  /** Whether a classification is at least as sensitive as another. */
  readonly atLeast: (classification: Text, least: Text) => CelBool;
  /** Whether two lists share an element. */
  readonly overlap: (first: Texts, second: Texts) => CelBool;
}
