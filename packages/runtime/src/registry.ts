import { digestOf, HoldfastError } from "@holdfast/model";
import type { Bundle, DecisionInput } from "@holdfast/engine";
import type { JsonObject, RecordOf } from "@holdfast/model";

/** A tool's identity: never what the server calls itself, always the operator's alias. */
export interface ToolName {
  readonly server: string;
  readonly name: string;
}

/** A Tool document of the policy set. */
export type ToolDocument = Bundle["tools"][number];

/** What a definition just seen means: to be recorded, then applied with `apply`. */
export type RegistryChange = Pick<RecordOf<"registry">, "tool" | "definition" | "change">;

/** What was seen of one tool. */
export interface SeenDefinition {
  /** digest of the first definition seen */
  readonly pinned?: string;
  /** digest of the definition seen last */
  readonly current: string;
}

/** What servers have shown, whatever the policies say of it. */
interface Seen {
  readonly entries: Map<string, SeenDefinition>;
  readonly ambiguous: Set<string>;
}

/**
 * What is known of tool definitions (POLICY.md section 5). The first definition of a tool is
 * pinned by the digest of all of it: name, description, schemas, annotations. Another one, or
 * two at once, is a change until the pinned one is seen again; a `pin` in a Tool document is
 * the operator's word and wins over what was seen first.
 */
export class Registry {
  readonly #seen: Seen;
  readonly #documents: ReadonlyMap<string, ToolDocument>;
  readonly #redacts: boolean;

  constructor(
    tools: readonly ToolDocument[],
    seen: Seen = { entries: new Map(), ambiguous: new Set() },
  ) {
    this.#documents = new Map(tools.map((tool) => [tool.name, tool]));
    this.#redacts = tools.some(({ redact }) => redact.length > 0);
    this.#seen = seen;
  }

  /** The same definitions, seen and yet to be seen, beside the Tool documents of another bundle. */
  withDocuments(tools: readonly ToolDocument[]): Registry {
    return new Registry(tools, this.#seen);
  }

  /** What was seen of each tool, by `server.name`. */
  seen(): readonly (readonly [string, SeenDefinition])[] {
    return [...this.#seen.entries];
  }

  /** Whether any Tool document keeps values out of records. */
  get redacts(): boolean {
    return this.#redacts;
  }

  /** The policy set's own words on a tool. */
  document(tool: ToolName): ToolDocument | undefined {
    return this.#documents.get(keyOf(tool));
  }

  /**
   * Compares the complete list of a server's definitions with what is known.
   *
   * @throws HoldfastError `tool_definition` on a definition without a name
   */
  compare(server: string, definitions: readonly JsonObject[]): RegistryChange[] {
    const byName = new Map<string, JsonObject[]>();
    for (const definition of definitions) {
      const name = definition["name"];
      if (typeof name !== "string" || name === "" || name.length > 256) {
        throw new HoldfastError("tool_definition", "tool definition without a usable `name`");
      }
      byName.set(name, [...(byName.get(name) ?? []), definition]);
    }
    const changes: RegistryChange[] = [];
    for (const [name, same] of byName) {
      const tool = { server, name };
      const [only] = same;
      // Two definitions are one thing that equals no definition, so it can never be pinned.
      const definition = same.length === 1 && only !== undefined ? digestOf(only) : digestOf(same);
      if (same.length > 1) this.#seen.ambiguous.add(keyOf(tool));
      else this.#seen.ambiguous.delete(keyOf(tool));
      const entry = this.#seen.entries.get(keyOf(tool));
      if (entry?.current === definition) continue;
      const isPin = same.length === 1 && (entry?.pinned ?? definition) === definition;
      changes.push({ tool, definition, change: isPin ? "pinned" : "changed" });
    }
    return changes;
  }

  /** Takes over a recorded change: what `compare` found, or what the log holds. */
  apply({ tool, definition, change }: RegistryChange): void {
    const pinned = change === "pinned" ? definition : this.#seen.entries.get(keyOf(tool))?.pinned;
    this.#seen.entries.set(keyOf(tool), {
      current: definition,
      ...(pinned === undefined ? {} : { pinned }),
    });
  }

  /** Digest of the definition seen last. */
  definition(tool: ToolName): string | undefined {
    return this.#seen.entries.get(keyOf(tool))?.current;
  }

  /**
   * `unregistered`: no Tool document, so nobody has labelled it. A document's pin that no seen
   * definition meets counts as `changed`, also before any was seen.
   */
  status(tool: ToolName): NonNullable<DecisionInput["registry"]> {
    const key = keyOf(tool);
    const entry = this.#seen.entries.get(key);
    const document = this.#documents.get(key);
    if (this.#seen.ambiguous.has(key)) return "ambiguous";
    if (document?.pin !== undefined) return entry?.current === document.pin ? "known" : "changed";
    if (entry !== undefined && entry.current !== entry.pinned) {
      return entry.pinned === undefined ? "ambiguous" : "changed";
    }
    return document === undefined ? "unregistered" : "known";
  }
}

/** `server` holds no dot, so the text names the pair. */
function keyOf({ server, name }: ToolName): string {
  return `${server}.${name}`;
}
