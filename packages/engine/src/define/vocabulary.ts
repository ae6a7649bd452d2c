import type {
  CelBool,
  CelDouble,
  CelDyn,
  CelInt,
  CelList,
  CelMap,
  CelObject,
  CelString,
  CelTimestamp,
  OrNull,
} from "./term.ts";

/**
 * The variables of every condition (POLICY.md section 1), as `compile/check/variable-types.ts`
 * types them for the compiler.
 */
export interface CommonVariables {
  /** from the credential; the implicit first part of every state key */
  readonly tenant: CelString;
  /** from a verified credential, never from the payload */
  readonly agent: AgentTerm;
  /** on whose behalf, or null: ask `notNull(user)` before `user.id` in a rule that narrows */
  readonly user: UserTerm & OrNull;
  /** outermost first */
  readonly delegation: CelList<
    CelObject<{ readonly agent: AgentTerm; readonly scopes: CelList<CelString> }>
  >;
  readonly session: CelObject<{
    readonly id: CelString;
    readonly root: CelString;
    readonly task: CelString;
    readonly started: CelTimestamp;
  }>;
  readonly tool: ToolTerm;
  readonly action: CelObject<{
    readonly kind: CelString;
    readonly operation: CelString;
    readonly phase: CelString;
    readonly labels: CelList<CelString>;
  }>;
  readonly resources: CelList<ResourceTerm>;
  /** a compile error where a tool can touch several */
  readonly resource: ResourceTerm;
  readonly environment: CelString;
  /** what the enforcement point attests */
  readonly context: CelMap;
  /** what the agent says of itself; an allow that depends on it is a lint error */
  readonly claims: CelMap;
  readonly now: CelTimestamp;
  readonly shell: ShellFact;
  readonly sql: SqlFact;
  readonly urls: CelList<UrlFact>;
  readonly paths: CelList<PathFact>;
  readonly content: ContentFact;
  readonly k8s: KubernetesFact;
}

/** Only in phase `result`, and in Events and Meters when the action has run. */
export interface OutcomeVariables {
  readonly result: CelDyn;
  readonly outcome: CelObject<{
    readonly status: CelString<"success" | "failure">;
    readonly durationMs: CelDouble;
    readonly cost: CelDouble;
  }>;
}

type AgentTerm = CelObject<{
  readonly id: CelString;
  readonly roles: CelList<CelString>;
  readonly version: CelString;
  readonly owner: CelString;
  readonly created: CelTimestamp;
  readonly attributes: CelMap;
}>;

type UserTerm = CelObject<{
  readonly id: CelString;
  readonly roles: CelList<CelString>;
  readonly attributes: CelMap;
}>;

export type ToolTerm = CelObject<{
  readonly server: CelString;
  readonly name: CelString;
  readonly labels: CelList<CelString>;
  readonly classification: CelString;
}>;

type ResourceTerm = CelObject<{
  readonly type: CelString;
  readonly id: CelString;
  readonly classification: CelString;
  readonly labels: CelList<CelString>;
  readonly attributes: CelMap;
}>;

type ShellRedirect = CelObject<{ readonly op: CelString; readonly path: CelString }>;

type ShellFact = CelObject<{
  readonly commands: CelList<
    CelObject<{
      readonly name: CelString;
      readonly argv: CelList<CelString>;
      readonly flags: CelList<CelString>;
      readonly operands: CelList<CelString>;
      readonly env: CelMap<CelString>;
      readonly redirects: CelList<ShellRedirect>;
      readonly nested: CelBool;
      readonly interpreter: CelBool;
      readonly bare: CelBool;
    }>
  >;
  readonly redirects: CelList<ShellRedirect>;
  readonly constructs: CelList<CelString>;
  readonly globs: CelList<CelString>;
  readonly reads: CelList<CelString>;
  readonly writes: CelList<CelString>;
  readonly network: CelBool;
  readonly destructive: CelBool;
  readonly unresolved: CelList<CelString>;
  readonly opaque: CelBool;
}>;

type SqlFact = CelObject<{
  readonly statements: CelList<
    CelObject<{
      readonly kind: CelString;
      readonly tables_read: CelList<CelString>;
      readonly tables_written: CelList<CelString>;
      readonly columns: CelList<CelString>;
      readonly functions: CelList<CelString>;
      readonly has_where: CelBool;
      readonly limit: CelInt & OrNull;
      readonly single_row: CelBool;
      readonly locks: CelBool;
    }>
  >;
  readonly writes: CelBool;
  readonly opaque: CelBool;
}>;

type UrlFact = CelObject<{
  readonly arg: CelString;
  readonly scheme: CelString;
  readonly host: CelString;
  readonly port: CelInt;
  readonly path: CelString;
  readonly query: CelString;
  readonly ip_literal: CelBool;
  readonly private: CelBool;
  readonly userinfo: CelBool;
  readonly odd: CelList<CelString>;
  readonly opaque: CelBool;
}>;

export type PathFact = CelObject<{
  readonly arg: CelString;
  readonly mode: CelString;
  readonly raw: CelString;
  readonly real: CelString;
  readonly exists: CelBool;
  readonly link: CelBool;
  readonly kind: CelString;
  readonly links: CelInt;
  readonly parts: CelList<CelString>;
  readonly odd: CelList<CelString>;
  readonly opaque: CelBool;
}>;

type ContentFact = CelObject<{
  readonly secrets: CelList<CelObject<{ readonly type: CelString; readonly arg: CelString }>>;
  readonly pii: CelList<CelObject<{ readonly type: CelString; readonly arg: CelString }>>;
  readonly injection: CelList<CelObject<{ readonly marker: CelString; readonly arg: CelString }>>;
  readonly invisible: CelBool;
  readonly bytes: CelInt;
}>;

interface KubernetesObject {
  readonly verb: CelString;
  readonly group: CelString;
  readonly version: CelString;
  readonly resource: CelString;
  readonly namespace: CelString;
  readonly name: CelString;
}

type KubernetesFact = CelObject<
  KubernetesObject & {
    readonly objects: CelList<CelObject<KubernetesObject>>;
    readonly images: CelList<CelString>;
    readonly privileged: CelBool;
    readonly capabilities: CelList<CelString>;
    readonly host_paths: CelList<CelString>;
    readonly host_network: CelBool;
    readonly host_pid: CelBool;
    readonly host_ipc: CelBool;
    readonly service_accounts: CelList<CelString>;
    readonly secrets: CelList<CelString>;
    readonly escalation: CelBool;
    readonly root: CelBool;
    readonly unconfined: CelBool;
    readonly rbac_verbs: CelList<CelString>;
    readonly rbac_escalation: CelBool;
    readonly roles: CelList<CelString>;
    readonly opaque: CelBool;
  }
>;
