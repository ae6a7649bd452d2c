import { copyJson, HoldfastError } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import { apiVersion } from "../compile/schema/field.ts";
import type { DocumentKind } from "../compile/schema/documents.ts";
import { callSiteOf } from "./call-site.ts";
import type { CallSite } from "./call-site.ts";
import { definitionError } from "./definition-error.ts";

/**
 * A document as data, in the shape in which it is written in YAML: what `holdfast print` writes
 * down. It holds no functions and no classes, so any copy of this package reads it.
 */
export interface Definition<
  Kind extends DocumentKind = DocumentKind,
  Name extends string = string,
> {
  readonly apiVersion: typeof apiVersion;
  readonly kind: Kind;
  readonly metadata: {
    readonly name: Name;
    readonly description?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: JsonObject;
  /** the folder its file lies in, below the policy folder; what a Boundary speaks of */
  readonly folder?: string;
}

/** What every definition says besides its spec. */
export interface Described<Name extends string = string> {
  readonly name: Name;
  readonly description?: string;
  /** `metadata.labels`: for people and reports, no condition reads them */
  readonly metadataLabels?: Readonly<Record<string, string>>;
}

/** A document by its definition or its name. */
export type Reference<Kind extends DocumentKind> = string | Definition<Kind>;

/** WHY a registered symbol: the command that prints may hold another copy of this package. */
const definedAt = Symbol.for("holdfast.definedAt");

/**
 * Makes a definition of plain data; `below` is the function that the author called.
 *
 * @throws HoldfastError `definition_invalid` when `spec` holds what JSON has not
 */
export function definition<Kind extends DocumentKind, Name extends string>(
  kind: Kind,
  { name, description, metadataLabels }: Described<Name>,
  { spec, below }: { readonly spec: object; readonly below: (...args: never[]) => unknown },
): Definition<Kind, Name> {
  const made: Definition<Kind, Name> = {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(metadataLabels === undefined ? {} : { labels: metadataLabels }),
    },
    spec: plainObject(spec, `${kind} \`${name}\``),
  };
  // Not enumerable: a place of a program is no part of the document.
  Object.defineProperty(made, definedAt, { value: callSiteOf(below) });
  return made;
}

/** What of the options of a kind is its `spec`: everything that {@link Described} does not name. */
export function specOf(options: Partial<Described>): object {
  const { name: _, description: __, metadataLabels: ___, ...spec } = options;
  return spec;
}

function plainObject(spec: object, what: string): JsonObject {
  try {
    return members(copyJson(spec));
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw cause;
    throw definitionError(`${what} cannot be written down: ${cause.message}`, cause);
  }
}

function members(value: Json): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw definitionError("a definition is an object");
}

/** Whether a value is a definition, of this copy of the package or another. */
export function isDefinition(value: unknown): value is Definition {
  if (typeof value !== "object" || value === null) return false;
  if (!("kind" in value && "metadata" in value && "spec" in value)) return false;
  const { metadata } = value;
  return typeof metadata === "object" && metadata !== null && "name" in metadata;
}

/** The name that a reference means. */
export function nameOf(reference: string | Definition): string {
  return typeof reference === "string" ? reference : reference.metadata.name;
}

/** Where the author wrote a definition; undefined when no stack tells. */
export function placeOf(made: Definition): CallSite | undefined {
  const site: unknown = Reflect.get(made, definedAt);
  return typeof site === "object" ? (site as CallSite) : undefined;
}

/** The same definitions, to lie in a folder: what a Boundary of the folder narrows. */
export function inFolder<const Definitions extends readonly Definition[]>(
  folder: string,
  definitions: Definitions,
): Definitions {
  const moved = definitions.map((each) => {
    const within = each.folder === undefined ? folder : `${folder}/${each.folder}`;
    const copy = { ...each, folder: within };
    Object.defineProperty(copy, definedAt, { value: placeOf(each) });
    return copy;
  });
  // Each is what it was, with a folder.
  return moved as unknown as Definitions;
}
