import { digestOf, HoldfastError } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import { isObject } from "./message.ts";
import { isMethodName } from "./method.ts";
import type { GatewayLimits } from "./limits.ts";

/** What the catalogue needs of the world. */
export interface CatalogueSource {
  /** asks the server for one page; rejects when it does not answer with a result */
  readonly page: (cursor: string | undefined) => Promise<JsonObject>;
  /** tells the guard the complete list */
  readonly register: (definitions: readonly JsonObject[]) => Promise<void>;
  /** false when no arguments could make a call of this tool allowed */
  readonly couldAllow: (name: string) => boolean;
  readonly limits: Pick<GatewayLimits, "listPagesMax" | "toolsMax">;
}

/** One complete list of a server's tools. */
export interface Listing {
  /** digest of the full definition by name; a name that was listed twice has none */
  readonly definitions: ReadonlyMap<string, string>;
  /** every listed name */
  readonly names: ReadonlySet<string>;
}

/** How often a list may change while it is being read. */
const attemptsMax = 5;

/**
 * The tools as the server lists them now: read whole by the gateway itself, registered with the
 * guard before any of them is shown or called. Stale from the moment the server says that its
 * list changed, or shows a definition that is not the one listed.
 */
export class ToolCatalogue {
  private readonly source: CatalogueSource;
  private generation = 0;
  private listing: (Listing & { readonly generation: number }) | undefined;
  private reading: Promise<void> | undefined;

  constructor(source: CatalogueSource) {
    this.source = source;
  }

  /** From here on the list must be read again before a tool is called. */
  expire(): void {
    this.generation++;
  }

  /** True while nothing says that this listing is out of date. */
  isCurrent(listing: Listing): boolean {
    return listing === this.listing && this.listing.generation === this.generation;
  }

  /**
   * The current listing, read and registered anew when it is stale.
   *
   * @throws HoldfastError `mcp_listing` when the server does not give a whole, stable list
   */
  async current(): Promise<Listing> {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      if (this.listing !== undefined && this.isCurrent(this.listing)) return this.listing;
      this.reading ??= this.read().finally(() => {
        this.reading = undefined;
      });
      await this.reading;
    }
    throw new HoldfastError("mcp_listing", "the tool list kept changing while it was read");
  }

  /**
   * What of one page of the server's answer may be shown: definitions that are exactly the
   * registered ones, of tools that could be allowed. Everything else of the answer is kept.
   *
   * @throws HoldfastError `mcp_listing`
   */
  async visible(page: JsonObject): Promise<JsonObject> {
    const tools = page["tools"];
    if (!Array.isArray(tools)) {
      throw new HoldfastError("mcp_listing", "the tool list has no array `tools`");
    }
    const definitions: readonly Json[] = tools;
    let listing = await this.current();
    if (!definitions.every((definition) => isListed(listing, definition))) {
      this.expire();
      listing = await this.current();
    }
    const shown = definitions.filter((definition) => {
      const name = usableName(definition);
      return name !== undefined && isListed(listing, definition) && this.source.couldAllow(name);
    });
    return { ...page, tools: shown };
  }

  private async read(): Promise<void> {
    const { generation } = this;
    const definitions = await this.readPages();
    const digests = new Map<string, string>();
    const twice = new Set<string>();
    for (const definition of definitions) {
      const name = usableName(definition);
      if (name === undefined) continue;
      if (digests.has(name)) twice.add(name);
      digests.set(name, digestOf(definition));
    }
    const names = new Set(digests.keys());
    for (const name of twice) digests.delete(name);
    await this.source.register(definitions);
    this.listing = { definitions: digests, names, generation };
  }

  private async readPages(): Promise<JsonObject[]> {
    const { listPagesMax, toolsMax } = this.source.limits;
    const definitions: JsonObject[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < listPagesMax; page++) {
      const result = await this.source.page(cursor);
      const tools = result["tools"];
      if (!Array.isArray(tools)) {
        throw new HoldfastError("mcp_listing", "the tool list has no array `tools`");
      }
      definitions.push(
        ...tools.filter((tool): tool is JsonObject => usableName(tool) !== undefined),
      );
      if (definitions.length > toolsMax) break;
      const next = result["nextCursor"];
      if (next === undefined || next === null) return definitions;
      if (typeof next !== "string") break;
      cursor = next;
    }
    throw new HoldfastError("mcp_listing", "the tool list is too long or its cursor is not text");
  }
}

/** The name of a definition that can be registered and called; others are never shown. */
function usableName(definition: Json): string | undefined {
  const name = isObject(definition) ? definition["name"] : undefined;
  if (typeof name !== "string" || name === "" || name.length > 256) return undefined;
  return isMethodName(name) ? undefined : name;
}

function isListed(listing: Listing, definition: Json): boolean {
  const name = usableName(definition);
  return name !== undefined && listing.definitions.get(name) === digestOf(definition);
}
