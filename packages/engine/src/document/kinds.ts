import type { FactName, Json, JsonObject, RequestInput, Span, Effect } from "@holdfast/model";
import type { Expression } from "./expression.ts";

interface Named {
  readonly name: string;
  readonly description?: string;
  /** of `metadata`: for people and reports, no condition reads them */
  readonly metadataLabels?: Readonly<Record<string, string>>;
  readonly source: Span;
}

export type ArgumentUse = "shell" | "sql" | "path" | "url" | "content" | "k8s";

/** A tool, labelled by a person (POLICY.md section 5). `name` is the pair `server.name`. */
export interface Tool extends Named {
  readonly kind: "Tool";
  readonly server: string;
  readonly tool: string;
  readonly labels: readonly string[];
  readonly classification?: string;
  readonly resources: readonly { readonly type: string; readonly id: Expression }[];
  readonly arguments: Readonly<Record<string, ArgumentUse>>;
  readonly results: Readonly<
    Record<string, { readonly as?: "content"; readonly labels: readonly string[] }>
  >;
  readonly acts: readonly string[];
  readonly root?: string;
  /** JSON Schema 2020-12; undeclared properties are refused unless it allows them */
  readonly schema?: JsonObject;
  readonly pin?: string;
  readonly audit: "required" | "batched";
  /** paths below `args` and `result` whose values no record keeps: those named, and those of a class that is not kept */
  readonly redact: readonly string[];
  /** what its document says of records */
  readonly log: {
    readonly redact: readonly string[];
    /** path below `args` or `result` -> how sensitive its values are, a declared classification */
    readonly classes: Readonly<Record<string, string>>;
  };
}

export interface AgentDocument extends Named {
  readonly kind: "Agent";
  readonly roles: readonly string[];
  readonly owner?: string;
  readonly created?: string;
  readonly version?: string;
  readonly attributes: JsonObject;
  readonly environments?: readonly string[];
  readonly credentials: readonly JsonObject[];
}

export interface Group extends Named {
  readonly kind: "Group";
  readonly members: readonly string[];
}

export interface List extends Named {
  readonly kind: "List";
  readonly type: "string" | "domain" | "cidr" | "digest";
  readonly items: readonly string[];
  readonly remote?: { readonly url: string; readonly everyMs?: number; readonly sha256?: string };
}

export interface Resource extends Named {
  readonly kind: "Resource";
  readonly match: { readonly type: string; readonly id: string };
  readonly classification?: string;
  readonly labels: readonly string[];
}

export interface Sandbox extends Named {
  readonly kind: "Sandbox";
  readonly rank: number;
  /** one entry per action kind it covers, as written */
  readonly covers: JsonObject;
}

export interface External extends Named {
  readonly kind: "External";
  readonly access: JsonObject;
  readonly input: Readonly<Record<string, Expression>>;
}

export interface Boundary extends Named {
  readonly kind: "Boundary";
  readonly folder: string;
  /** what allow rules in the folder can match at most; same shape as a Policy's match, without phase */
  readonly allows: {
    readonly agents?: readonly string[];
    readonly tools?: readonly string[];
    readonly labels?: readonly string[];
    readonly kinds?: readonly string[];
    readonly environments?: readonly string[];
  };
}

export interface Settings extends Named {
  readonly kind: "Settings";
  readonly environments: readonly string[];
  /** least sensitive first */
  readonly classifications: readonly string[];
  readonly labels: readonly string[];
  /** values of this classification and of all more sensitive ones are in no record */
  readonly redact?: string;
}

/** One case of a PolicyTest; `request` has its short text forms already unfolded. */
export interface PolicyTestCase {
  readonly name: string;
  readonly given: {
    readonly nowMs?: number;
    /** event name -> ms before now at which it occurred, any number of times */
    readonly events: Readonly<Record<string, readonly number[]>>;
    readonly meters: Readonly<Record<string, number>>;
    readonly restrictions: readonly string[];
    readonly external: JsonObject;
    /** facts by name: a value, whose records may leave members out, or `{error: CODE}` */
    readonly facts?: Readonly<Partial<Record<FactName, Json>>>;
    /** what a person typed in the session of the request */
    readonly prompt?: string;
    /** what the session came to read besides results, after the prompt */
    readonly documents: readonly {
      readonly source: string;
      readonly text: string;
      readonly labels: readonly string[];
    }[];
    /** actions of the session, in order, each granted and its result shown */
    readonly results: readonly {
      readonly tool: RequestInput["tool"];
      readonly args: JsonObject;
      readonly result: Json;
    }[];
  };
  readonly request: RequestInput;
  readonly expect: {
    readonly effect: Effect;
    readonly code?: string;
    readonly rules?: readonly string[];
    readonly reason?: string;
    readonly args?: JsonObject;
    readonly [key: string]: unknown;
  };
  readonly source: Span;
}

export interface PolicyTest extends Named {
  readonly kind: "PolicyTest";
  readonly cases: readonly PolicyTestCase[];
}
