import type { CelType } from "./type.ts";

type Variable = Extract<CelType, { readonly kind: "variable" }>;

/**
 * What is known of type variables while an expression is checked (langdef.md, "Gradual Type
 * Checking"): a variable takes the most general of the types it meets. An attempt that fails can
 * be undone.
 */
export class Unifier {
  private readonly bindings = new Map<string, CelType>();
  private readonly trail: (readonly [string, CelType | undefined])[] = [];
  private created = 0;

  fresh(): CelType {
    return { kind: "variable", id: `_${++this.created}` };
  }

  /** Runs `attempt`; when it says false, forgets what it learned. */
  try(attempt: () => boolean): boolean {
    const mark = this.trail.length;
    const ok = attempt();
    if (!ok) {
      this.undoTo(mark);
    }
    return ok;
  }

  /** Runs `attempt` and forgets what it learned. */
  peek(attempt: () => boolean): boolean {
    const mark = this.trail.length;
    const ok = attempt();
    this.undoTo(mark);
    return ok;
  }

  /** The type with what is known put in for its outermost variable. */
  resolve(type: CelType): CelType {
    let current = type;
    while (current.kind === "variable") {
      const bound = this.bindings.get(current.id);
      if (bound === undefined) {
        return current;
      }
      current = bound;
    }
    return current;
  }

  /** The type with everything known put in; `unknown` stands for variables nothing is known of. */
  substitute(type: CelType, unknown?: CelType): CelType {
    const inner = (part: CelType): CelType => this.substitute(part, unknown);
    const resolved = this.resolve(type);
    if (resolved.kind === "variable") {
      return unknown ?? resolved;
    }
    if (resolved.kind === "list") {
      return { kind: "list", element: inner(resolved.element) };
    }
    if (resolved.kind === "map") {
      return { kind: "map", key: inner(resolved.key), value: inner(resolved.value) };
    }
    return "of" in resolved ? { kind: resolved.kind, of: inner(resolved.of) } : resolved;
  }

  /** Whether a value of the first type can stand where the second is wanted. */
  assign(actual: CelType, wanted: CelType): boolean {
    const from = this.root(actual);
    const to = this.root(wanted);
    if (to.kind === "variable") {
      return this.bind(to, from);
    }
    if (from.kind === "variable") {
      const known = this.resolve(from);
      if (known.kind !== "variable") {
        return this.assign(known, to);
      }
      // WHY: `number` only says what a parameter takes; it is no type a value can have.
      return to.kind === "number" || this.set(from, to);
    }
    if (from.kind === "dyn" || to.kind === "dyn") {
      return true;
    }
    if (to.kind === "nullable" || from.kind === "nullable") {
      return this.assignNullable(from, to);
    }
    return this.assignParts(from, to);
  }

  private assignNullable(from: CelType, to: CelType): boolean {
    if (to.kind === "nullable") {
      return from.kind === "null" || this.assign(from.kind === "nullable" ? from.of : from, to.of);
    }
    return from.kind === "nullable" && (to.kind === "null" || this.assign(from.of, to));
  }

  private assignParts(from: CelType, to: CelType): boolean {
    if (to.kind === "list") {
      return from.kind === "list" && this.assign(from.element, to.element);
    }
    if (to.kind === "map") {
      return this.assignMap(from, to.key, to.value);
    }
    if (to.kind === "object") {
      return from.kind === "object" && from.name === to.name;
    }
    if (to.kind === "optional") {
      return from.kind === "optional" && this.assign(from.of, to.of);
    }
    if (to.kind === "number") {
      return ["int", "uint", "double", "number"].includes(from.kind);
    }
    return from.kind === to.kind;
  }

  /** WHY: at run time an object is a map with string keys and values of different types. */
  private assignMap(from: CelType, key: CelType, value: CelType): boolean {
    if (from.kind === "object") {
      return this.assign({ kind: "string" }, key) && this.assign({ kind: "dyn" }, value);
    }
    return from.kind === "map" && this.assign(from.key, key) && this.assign(from.value, value);
  }

  /** The last variable of a chain, bound or not; the type itself when it is no variable. */
  private root(type: CelType): CelType {
    let current = type;
    while (current.kind === "variable") {
      const bound = this.bindings.get(current.id);
      if (bound?.kind !== "variable") {
        return current;
      }
      current = bound;
    }
    return current;
  }

  private bind(variable: Variable, type: CelType): boolean {
    if (type.kind === "variable" && type.id === variable.id) {
      return true;
    }
    const bound = this.bindings.get(variable.id);
    if (bound === undefined) {
      return this.set(variable, type);
    }
    const met = this.resolve(type);
    if (met.kind === "variable") {
      return this.set(met, variable);
    }
    if (!this.assign(met, bound)) {
      return false;
    }
    return this.isMoreGeneral(met, bound) ? this.set(variable, met) : true;
  }

  private set(variable: Variable, type: CelType): boolean {
    if (this.occurs(variable, type)) {
      return false;
    }
    this.trail.push([variable.id, this.bindings.get(variable.id)]);
    this.bindings.set(variable.id, type);
    return true;
  }

  private occurs(variable: Variable, type: CelType): boolean {
    const resolved = this.root(type);
    if (resolved.kind === "variable") {
      if (resolved.id === variable.id) {
        return true;
      }
      const bound = this.bindings.get(resolved.id);
      return bound !== undefined && this.occurs(variable, bound);
    }
    if (resolved.kind === "map") {
      return this.occurs(variable, resolved.key) || this.occurs(variable, resolved.value);
    }
    if (resolved.kind === "list") {
      return this.occurs(variable, resolved.element);
    }
    return "of" in resolved && this.occurs(variable, resolved.of);
  }

  /** Whether the first type says as little as the second or less. */
  isMoreGeneral(first: CelType, second: CelType): boolean {
    const a = this.resolve(first);
    const b = this.resolve(second);
    if (a.kind === "dyn" || a.kind === "variable") {
      return true;
    }
    if (a.kind === "nullable" && b.kind !== "dyn" && b.kind !== "variable") {
      return b.kind === "null" || this.isMoreGeneral(a.of, b.kind === "nullable" ? b.of : b);
    }
    if (a.kind === "list") {
      return b.kind === "list" && this.isMoreGeneral(a.element, b.element);
    }
    if (a.kind === "map") {
      return (
        b.kind === "object" ||
        (b.kind === "map" &&
          this.isMoreGeneral(a.key, b.key) &&
          this.isMoreGeneral(a.value, b.value))
      );
    }
    if (a.kind === "optional") {
      return b.kind === "optional" && this.isMoreGeneral(a.of, b.of);
    }
    return a.kind === b.kind && (a.kind !== "string" || a.names === undefined);
  }

  private undoTo(mark: number): void {
    for (const [id, before] of this.trail.splice(mark).toReversed()) {
      if (before === undefined) {
        this.bindings.delete(id);
      } else {
        this.bindings.set(id, before);
      }
    }
  }
}
