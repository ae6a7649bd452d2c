import type { Bundle } from "../../document/bundle.ts";
import type { Formula } from "../formula/formula.ts";
import { SlotTable } from "../formula/slot.ts";
import type { Languages } from "../formula/slot.ts";
import type { Tool } from "../../document/kinds.ts";
import { nameOf } from "../condition/surroundings.ts";
import type { Place } from "../condition/surroundings.ts";
import { historyRead } from "./history-read.ts";
import { fitsPattern } from "./match-region.ts";
import { declaredNames } from "./schema-region.ts";
import { meaningOf, readSide } from "./side.ts";
import type { KnownRule, Side } from "./side.ts";

/** One policy set, read once: its enforced rules, found by tool. */
export class PolicyRules {
  readonly bundle: Bundle;
  readonly historyRead: ReadonlySet<string>;
  readonly #byTool = new Map<string, KnownRule[]>();
  readonly #wide: KnownRule[] = [];
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #shared: string;
  readonly #names = new Map<string, { readonly identity: string; readonly annotations: string }>();

  constructor(bundle: Bundle) {
    this.bundle = bundle;
    this.historyRead = historyRead(bundle);
    this.#tools = new Map(bundle.tools.map((tool) => [tool.name, tool]));
    const { settings, resources, events, meters, lists } = bundle;
    this.#shared = nameOf({ settings, resources, events, meters, lists });
    for (const policy of bundle.policies) {
      if (policy.mode === "observe") continue;
      const { tools } = policy.match;
      const exact = tools?.every((pattern) => !pattern.endsWith("*")) === true;
      for (const rule of policy.rules) {
        const name = `${policy.name}/${rule.id}`;
        const known: KnownRule = { name, policy, rule, meaning: meaningOf(policy, rule, bundle) };
        if (!exact) this.#wide.push(known);
        for (const tool of exact ? new Set(tools) : []) {
          const rules = this.#byTool.get(tool) ?? [];
          rules.push(known);
          this.#byTool.set(tool, rules);
        }
      }
    }
  }

  /** The rules that can cover actions of a place, sorted by name. */
  at({ server, name, listed, phase }: Place): readonly KnownRule[] {
    const tool = name === undefined ? undefined : `${server}.${name}`;
    const wide = this.#wide.filter(({ policy }) => {
      const { tools } = policy.match;
      if (tools === undefined) return true;
      if (tool !== undefined) return tools.some((pattern) => fitsPattern(pattern, tool));
      return tools.some((pattern) =>
        listed ? pattern === "*" || pattern.startsWith(`${server}.`) : pattern === "*",
      );
    });
    const own = tool === undefined ? [] : (this.#byTool.get(tool) ?? []);
    return [...wide, ...own]
      .filter(({ policy }) => policy.match.phase === phase)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The Tool document of a place's tool. */
  toolAt({ server, name }: Place): Tool | undefined {
    return name === undefined ? undefined : this.#tools.get(`${server}.${name}`);
  }

  /**
   * Names for all that an expression at a place may read besides the request and the rules, and for
   * what annotates arguments there: two sets with one name give every expression one meaning.
   */
  namesAt(place: Place): { readonly identity: string; readonly annotations: string } {
    const tool = this.toolAt(place);
    const known = this.#names.get(tool?.name ?? "");
    if (known !== undefined) return known;
    const annotations = nameOf([tool?.arguments ?? null, tool?.root ?? null]);
    const names = { identity: `${this.#shared}${nameOf(tool)}`, annotations };
    this.#names.set(tool?.name ?? "", names);
    return names;
  }
}

/** What one or two policy sets make of a place, over the same slots. */
export interface PlacedSides {
  readonly place: Place;
  readonly table: SlotTable;
  readonly hops: number;
  readonly sides: readonly Side[];
  /** what is always so of the slots */
  axioms(): readonly Formula[];
}

/** Reads policy sets at a place, actions that come through so many delegating agents. */
export function sidesAt(
  sets: readonly PolicyRules[],
  place: Place,
  hops: number,
  languages?: Languages,
): PlacedSides {
  const table = new SlotTable(languages);
  const axioms = new Map<string, Formula>();
  const schemas = sets.map((set) => JSON.stringify(set.toolAt(place)?.schema ?? null));
  const shared = new Set(schemas).size === 1;
  const sides = sets.map((set, index) => {
    const otherNames = sets
      .filter((_, other) => other !== index)
      .flatMap((other) => declaredNames(other.toolAt(place)?.schema));
    return readSide({
      bundle: set.bundle,
      place,
      table,
      axioms,
      hops,
      rules: set.at(place),
      historyRead: set.historyRead,
      tool: set.toolAt(place),
      ...set.namesAt(place),
      schema: { shared, otherNames },
    });
  });
  return { place, table, hops, sides, axioms: () => [...axioms.values()] };
}
