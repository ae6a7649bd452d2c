import type { Event, Meter } from "./history.ts";
import type {
  AgentDocument,
  Boundary,
  External,
  Group,
  List,
  PolicyTest,
  Resource,
  Sandbox,
  Settings,
  Tool,
} from "./kinds.ts";
import type { Policy } from "./policy.ts";
import type { ZoneTables } from "./zone-table.ts";

/**
 * A checked policy set: every name in it resolves, every condition is well typed. Immutable;
 * swapped as one reference. `digest` names it: `sha256:` over the RFC 8785 form of its
 * documents, sorted by kind and name, without positions, so that neither file layout nor
 * document order changes it, and over `zones`, so that other zone data is another bundle.
 * PolicyTests are not part of the digest.
 */
export interface Bundle {
  readonly digest: string;
  readonly settings: Settings;
  readonly policies: readonly Policy[];
  readonly events: readonly Event[];
  readonly meters: readonly Meter[];
  readonly tools: readonly Tool[];
  readonly agents: readonly AgentDocument[];
  readonly groups: readonly Group[];
  readonly lists: readonly List[];
  readonly resources: readonly Resource[];
  readonly sandboxes: readonly Sandbox[];
  readonly externals: readonly External[];
  readonly boundaries: readonly Boundary[];
  readonly tests: readonly PolicyTest[];
  /** the named time zones that expressions and Meters of the set can ask for */
  readonly zones: ZoneTables;
}

/** Any document of a policy set. */
export type PolicyDocument =
  | Policy
  | Event
  | Meter
  | Tool
  | AgentDocument
  | Group
  | List
  | Resource
  | Sandbox
  | External
  | Boundary
  | Settings
  | PolicyTest;
