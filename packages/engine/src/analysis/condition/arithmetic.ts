import type { SlotTable } from "../formula/slot.ts";
import { absentTerm } from "./term.ts";
import type { Term } from "./term.ts";

type Operator = "_+_" | "_-_" | "_*_";
type Scaled = Extract<Term, { readonly kind: "scaled" }>;

/** Ints beyond it are not looked into: what is made of them could be too large for an int. */
const constantMax = 1_000_000n;
const offsetMax = 2n ** 40n;
const factorMax = 500n;

/**
 * `left + right`, `left - right` or `left * right` of ints, at most one of which is no constant;
 * `undefined` for what is not looked into.
 */
export function arithmetic(
  operator: Operator,
  left: Term | undefined,
  right: Term | undefined,
  table: SlotTable,
): Term | undefined {
  if (left === undefined || right === undefined) return undefined;
  if ([left, right].some((term) => isNoOperand(operator, term))) return absentTerm;
  const [first, second] = [smallInt(left), smallInt(right)];
  if (first !== undefined && second !== undefined) {
    const { offset } = combined(operator, { factor: 0n, offset: first }, second, false);
    return { kind: "constant", data: { type: "int", value: offset } };
  }
  const by = first ?? second;
  const linear = linearOf(first === undefined ? left : right, table);
  if (by === undefined || linear === undefined) return undefined;
  const { factor, offset } = combined(operator, linear, by, first !== undefined);
  if (!within(offset, offsetMax - 1n) || !within(factor, factorMax)) return undefined;
  return { ...linear, factor, offset };
}

/** Whether arithmetic with a value is an error whatever the other is. */
function isNoOperand(operator: Operator, term: Term): boolean {
  if (term.kind === "absent") return true;
  if (term.kind !== "constant") return false;
  const { type } = term.data;
  return type === "bool" || type === "null" || (type === "string" && operator !== "_+_");
}

function smallInt(term: Term): bigint | undefined {
  if (term.kind !== "constant" || term.data.type !== "int") return undefined;
  return within(term.data.value, constantMax) ? term.data.value : undefined;
}

function within(value: bigint, most: bigint): boolean {
  return value <= most && value >= -most;
}

/** `swapped`: the constant stands first. */
function combined(
  operator: Operator,
  { factor, offset }: Pick<Scaled, "factor" | "offset">,
  by: bigint,
  swapped: boolean,
): Pick<Scaled, "factor" | "offset"> {
  if (operator === "_*_") return { factor: factor * by, offset: offset * by };
  if (operator === "_+_") return { factor, offset: offset + by };
  return swapped ? { factor: -factor, offset: by - offset } : { factor, offset: offset - by };
}

function linearOf(term: Term, table: SlotTable): Scaled | undefined {
  if (term.kind === "scaled") return term;
  if (term.kind !== "slot") return undefined;
  const { meaning } = table.get(term.slot);
  // What JSON holds is an int where it is whole, unless a schema reads it as a double.
  const numeric =
    meaning.kind === "count" || (meaning.kind === "place" && meaning.path[0] !== "now");
  if (!numeric) return undefined;
  const whole = { kind: "scaled", slot: term.slot, factor: 1n, offset: 0n } as const;
  return "otherwise" in term ? { ...whole, otherwise: term.otherwise } : whole;
}
