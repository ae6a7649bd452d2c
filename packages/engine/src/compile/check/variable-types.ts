import type { Json, JsonObject } from "@holdfast/model";
import { pathFactType, toolType } from "../../cel/declaration-policy.ts";
import {
  boolType,
  doubleType,
  dynType,
  intType,
  stringType,
  timestampType,
} from "../../cel/type.ts";
import type { CelType } from "../../cel/type.ts";
import { listOf, mapOf, nameOf, nullable, objectOf } from "../../cel/type-builder.ts";

const attributes = mapOf(stringType, dynType);

const agentType = objectOf("agent", {
  id: stringType,
  roles: listOf(nameOf("role")),
  "version?": stringType,
  "owner?": stringType,
  "created?": timestampType,
  attributes,
});

const userType = objectOf("user", { id: stringType, roles: listOf(stringType), attributes });

const resourceType: CelType = objectOf("resource", {
  type: stringType,
  id: stringType,
  classification: nameOf("classification"),
  labels: listOf(nameOf("label")),
  attributes,
});

const finding = (detail: string): CelType =>
  listOf(objectOf(`content.${detail}`, { type: stringType, arg: stringType }));

const redirectsType = listOf(objectOf("shell.redirect", { op: stringType, path: stringType }));

const shellType = objectOf("shell", {
  commands: listOf(
    objectOf("shell.command", {
      name: stringType,
      argv: listOf(stringType),
      flags: listOf(stringType),
      operands: listOf(stringType),
      env: mapOf(stringType, stringType),
      redirects: redirectsType,
      nested: boolType,
      interpreter: boolType,
      bare: boolType,
    }),
  ),
  redirects: redirectsType,
  constructs: listOf(stringType),
  globs: listOf(stringType),
  reads: listOf(stringType),
  writes: listOf(stringType),
  network: boolType,
  destructive: boolType,
  unresolved: listOf(stringType),
  opaque: boolType,
});

const sqlType = objectOf("sql", {
  statements: listOf(
    objectOf("sql.statement", {
      kind: stringType,
      tables_read: listOf(stringType),
      tables_written: listOf(stringType),
      columns: listOf(stringType),
      functions: listOf(stringType),
      has_where: boolType,
      limit: nullable(intType),
      single_row: boolType,
      locks: boolType,
    }),
  ),
  writes: boolType,
  opaque: boolType,
});

const urlType = objectOf("url", {
  arg: stringType,
  scheme: stringType,
  host: stringType,
  port: intType,
  path: stringType,
  query: stringType,
  ip_literal: boolType,
  private: boolType,
  userinfo: boolType,
  odd: listOf(stringType),
  opaque: boolType,
});

const contentType = objectOf("content", {
  secrets: finding("secret"),
  pii: finding("pii"),
  injection: listOf(objectOf("content.injection", { marker: stringType, arg: stringType })),
  invisible: boolType,
  bytes: intType,
});

const kubernetesObject = {
  verb: stringType,
  group: stringType,
  version: stringType,
  resource: stringType,
  namespace: stringType,
  name: stringType,
};

const kubernetesType = objectOf("k8s", {
  ...kubernetesObject,
  objects: listOf(objectOf("k8s.object", kubernetesObject)),
  images: listOf(stringType),
  privileged: boolType,
  capabilities: listOf(stringType),
  host_paths: listOf(stringType),
  host_network: boolType,
  host_pid: boolType,
  host_ipc: boolType,
  service_accounts: listOf(stringType),
  secrets: listOf(stringType),
  escalation: boolType,
  root: boolType,
  unconfined: boolType,
  rbac_verbs: listOf(stringType),
  rbac_escalation: boolType,
  roles: listOf(stringType),
  opaque: boolType,
});

/** Facts: computed from annotated arguments (POLICY.md section 1). */
export const factTypes: ReadonlyMap<string, CelType> = new Map([
  ["shell", shellType],
  ["sql", sqlType],
  ["urls", listOf(urlType)],
  ["paths", listOf(pathFactType)],
  ["content", contentType],
  ["k8s", kubernetesType],
]);

/** The variables of every condition but those that depend on the tool or the policy. */
export const commonTypes: ReadonlyMap<string, CelType> = new Map<string, CelType>([
  ["tenant", stringType],
  ["agent", agentType],
  ["user", nullable(userType)],
  ["delegation", listOf(objectOf("delegation", { agent: agentType, scopes: listOf(stringType) }))],
  [
    "session",
    objectOf("session", {
      id: stringType,
      root: stringType,
      "task?": stringType,
      "started?": timestampType,
    }),
  ],
  ["tool", toolType],
  [
    "action",
    objectOf("action", {
      kind: nameOf("action_kind"),
      operation: stringType,
      phase: nameOf("phase"),
      labels: listOf(nameOf("label")),
    }),
  ],
  ["resources", listOf(resourceType)],
  ["resource", resourceType],
  ["environment", nameOf("environment")],
  ["context", attributes],
  ["claims", attributes],
  ["now", timestampType],
  ...factTypes,
]);

/** The variables that exist only after the call. */
export const outcomeTypes: ReadonlyMap<string, CelType> = new Map<string, CelType>([
  ["result", dynType],
  [
    "outcome",
    objectOf("outcome", { status: nameOf("status"), durationMs: doubleType, "cost?": doubleType }),
  ],
]);

/** The type of a value of the policy text: whole numbers are int, others double. */
function valueType(value: Json, name: string): CelType {
  if (value === null) return dynType;
  if (typeof value === "string") return stringType;
  if (typeof value === "boolean") return boolType;
  if (typeof value === "number") return Number.isInteger(value) ? intType : doubleType;
  if (!isList(value)) return recordType(value, name);
  const types = value.map((item, index) => valueType(item, `${name}[${index}]`));
  const [first] = types;
  const same = first !== undefined && types.every((type) => type.kind === first.kind);
  const plain = first !== undefined && !["object", "list", "dyn"].includes(first.kind);
  return listOf(same && plain ? first : dynType);
}

/** The object type of a map of the policy text: its members are all there is. */
export function recordType(value: JsonObject, name: string): CelType {
  const fields = new Map(
    Object.entries(value).map(([key, member]) => [
      key,
      { type: valueType(member, `${name}.${key}`), optional: false },
    ]),
  );
  return { kind: "object", name, fields };
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
