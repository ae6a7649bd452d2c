import type { CelType } from "./type.ts";

/** A type as messages show it: `list(int)`, `map(string, dyn)`, the name of an object type. */
export function typeText(type: CelType): string {
  switch (type.kind) {
    case "list":
      return `list(${typeText(type.element)})`;
    case "map":
      return `map(${typeText(type.key)}, ${typeText(type.value)})`;
    case "object":
      return type.name;
    case "nullable":
      return `${typeText(type.of)} or null`;
    case "optional":
      return `optional(${typeText(type.of)})`;
    case "type":
      return `type(${typeText(type.of)})`;
    case "variable":
      return type.id;
    case "bool":
    case "bytes":
    case "double":
    case "duration":
    case "dyn":
    case "int":
    case "null":
    case "number":
    case "string":
    case "timestamp":
    case "uint":
      return type.kind;
  }
}
