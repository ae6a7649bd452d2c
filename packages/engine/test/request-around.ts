import type { Json, JsonObject, Request } from "@holdfast/model";

/**
 * Requests that differ from one in a single thing each: who acts, on what, with which arguments,
 * where. What holds of one and not of the other is what a decision may depend on.
 */
export function requestsAround(request: Request): readonly Request[] {
  const { agent, args } = request;
  const changes: readonly Partial<Request>[] = [
    { agent: { ...agent, id: "other" } },
    { agent: { ...agent, roles: [] } },
    { agent: { ...agent, roles: ["lead", ...agent.roles] } },
    { user: null },
    { user: { id: "u2", roles: ["staff", "admin"], attributes: {} } },
    { environment: "staging" },
    { environment: "production" },
    { tool: { server: "fs", name: "write" } },
    { tool: { server: "mail", name: "send" } },
    { tool: { server: "mail", name: "other" } },
    { session: { id: "s9", task: "t9" } },
    { context: {} },
    { context: { x: 1 } },
    { action: { ...request.action, kind: "mcp" } },
    { action: { ...request.action, kind: "http" } },
    { tenant: "other" },
    { resources: [{ type: "file", id: "/other", attributes: {} }] },
    { args: {} },
    ...argumentsAround(args).map((each) => ({ args: each })),
  ];
  const { session: _session, ...alone } = request;
  const { environment: _environment, ...nowhere } = request;
  return [...changes.map((change) => Object.assign({}, request, change)), alone, nowhere];
}

/** Arguments with one of them gone, or a little different. */
function argumentsAround(args: JsonObject): readonly JsonObject[] {
  const changed = Object.entries(args).flatMap(([name, value]) =>
    valuesAround(value).map((other) => Object.assign({}, args, { [name]: other })),
  );
  const removed = Object.keys(args).map((gone) =>
    Object.fromEntries(Object.entries(args).filter(([name]) => name !== gone)),
  );
  return [{ ...args, extra: 1 }, ...changed, ...removed];
}

function valuesAround(value: Json): readonly Json[] {
  if (typeof value === "number") return [value + 1, value - 1, value + 0.5, String(value), null];
  if (typeof value === "string") return [`${value}x`, `x${value}`, "", 3, [value]];
  if (typeof value === "boolean") return [!value, null];
  return [null, "text", 0, [], {}];
}
