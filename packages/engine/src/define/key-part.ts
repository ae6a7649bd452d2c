import type { ArgsOf, Tools } from "./scope.ts";
import type { CelDyn, CelObject, CelTerm } from "./term.ts";

/** One part of the key of an Event or Meter: `session.id`, or a path below `args`. */
export type KeyPart<Matched extends Tools> =
  | "agent.id"
  | "user.id"
  | "session.id"
  | "session.task"
  | "tool.server"
  | "tool.name"
  | "resource.type"
  | "resource.id"
  | "global"
  | `args.${PathIn<ArgsOf<Matched>>}`;

/** The paths through the fields of an object, joined by dots; any text where they are not known. */
export type PathIn<Term> = Term extends CelDyn
  ? string
  : Term extends CelObject
    ? { [Name in FieldOf<Term>]: Name | `${Name}.${Below<Term, Name>}` }[FieldOf<Term>]
    : never;

type FieldOf<Term> = Exclude<keyof Term, symbol | number>;

type Below<Term, Name extends keyof Term> = Term[Name] extends CelTerm ? PathIn<Term[Name]> : never;
