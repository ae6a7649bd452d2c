import { modificationPathText } from "../compile/modification-path.ts";
import { pathOf } from "../compile/check/syntax-walk.ts";
import { builtIn } from "./built.ts";
import { conditionText } from "./condition-text.ts";
import { definitionError } from "./definition-error.ts";
import { literalNode } from "./literal.ts";
import type { CelDouble, CelInt, CelTerm, OperandOf } from "./term.ts";

/** One path that a rule modifies. */
export type Change =
  | { readonly operation: "set"; readonly path: string; readonly value: string }
  | { readonly operation: "remove"; readonly path: string }
  | { readonly operation: "mask"; readonly path: string; readonly mask: Mask };

/** What of a value is not shown: all of it, or what content finds in it. */
export type Mask = "whole" | readonly ("secrets" | "pii")[];

/** What an argument can be set to: a whole number stands for any number. */
type SettableTo<Target extends CelTerm> =
  | OperandOf<Target>
  | (Target extends CelDouble ? CelInt : never);

/** The action runs with this value at the path of `target`: `set(args.note, "by an agent")`. */
export function set<Target extends CelTerm>(
  target: Target,
  value: SettableTo<NoInfer<Target>>,
): Change {
  const type = builtIn(target)?.type;
  // A number is what its schema says, so `5` may stand for `5.0`.
  const node = type?.kind === "double" ? literalNode(value) : literalNode(value, type);
  return { operation: "set", path: pathText(target, "set"), value: conditionText(value, node) };
}

/** The action runs without the path of `target`. */
export function remove(target: CelTerm): Change {
  return { operation: "remove", path: pathText(target, "remove") };
}

/** The action runs, or its result is shown, with the path of `target` masked. */
export function mask(target: CelTerm, what: Mask): Change {
  return { operation: "mask", path: pathText(target, "mask"), mask: what };
}

/** The `set`, `remove` and `mask` of a rule, as they are written down. */
export function changesForm(changes: readonly Change[]): Readonly<Record<string, unknown>> {
  const paths = new Set<string>();
  for (const { path } of changes) {
    if (paths.has(path)) throw definitionError(`\`${path}\` is changed twice by one rule`);
    paths.add(path);
  }
  const sets = changes.flatMap((each) =>
    each.operation === "set" ? [[each.path, each.value] as const] : [],
  );
  const removes = changes.flatMap((each) => (each.operation === "remove" ? [each.path] : []));
  const masks = changes.flatMap((each) =>
    each.operation === "mask" ? [[each.path, each.mask] as const] : [],
  );
  return {
    ...(sets.length === 0 ? {} : { set: Object.fromEntries(sets) }),
    ...(removes.length === 0 ? {} : { remove: removes }),
    ...(masks.length === 0 ? {} : { mask: Object.fromEntries(masks) }),
  };
}

function pathText(target: CelTerm, operation: string): string {
  const term = builtIn(target);
  const path = term === undefined ? undefined : pathOf(term.ast);
  if (path === undefined || (path.root !== "args" && path.root !== "result")) {
    throw definitionError(`\`${operation}\` takes a path, as \`args.note\` or \`result.note\``);
  }
  return modificationPathText({ root: path.root, segments: path.fields });
}
