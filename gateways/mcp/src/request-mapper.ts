import type { JsonObject, RequestInput } from "@holdfast/model";
import { isObject } from "./message.ts";
import { actionId } from "./method.ts";
import type { MessageId } from "./message.ts";
import type { Side } from "./method.ts";

/** What the operator fixed for the whole session. */
export interface Identity {
  readonly agent: RequestInput["agent"];
  /** minted by the guard */
  readonly session: string;
  /** the alias of the server: the first part of every tool name */
  readonly server: string;
}

/** One message that asks for an action. */
export interface ActionCall {
  readonly id: MessageId | null;
  readonly method: string;
  readonly params: JsonObject | undefined;
  /** who asks */
  readonly from: Side;
  /** counts the actions of the session; never repeats */
  readonly sequence: number;
}

/** Fields of `params` that steer the protocol and are not arguments; they are kept as sent. */
const protocolFields: ReadonlySet<string> = new Set(["_meta", "task"]);

/**
 * The request to decide. `tools/call` is an action of the tool it names, with its arguments.
 * Every other method is an action of the tool `<server>.<method>`, its arguments the params
 * without `_meta` and `task`: `fs.resources/read` has `args.uri`, `fs.prompts/get` has
 * `args.name`. `action.kind` is `mcp`, `action.operation` the method; `context.from` tells who
 * asked, `client` or `server`, as a method alone does not.
 */
export function toRequest(call: ActionCall, identity: Identity): RequestInput {
  const isTool = call.method === "tools/call";
  return {
    id: actionId(identity.session, call.sequence, call.id),
    agent: identity.agent,
    session: { id: identity.session },
    tool: { server: identity.server, name: isTool ? toolName(call.params) : call.method },
    action: { kind: "mcp", operation: call.method, phase: "call" },
    args: isTool ? toolArguments(call.params) : methodArguments(call.params),
    context: { from: call.from },
  };
}

/**
 * The params to send: the decided arguments in the place of those that came, every other field
 * as it came. Undefined when the arguments cannot be put there without losing one.
 */
export function withArguments(call: ActionCall, args: JsonObject): JsonObject | undefined {
  const params = call.params ?? {};
  if (call.method === "tools/call") {
    const absent = params["arguments"] === undefined && Object.keys(args).length === 0;
    return absent ? params : { ...params, arguments: args };
  }
  if (Object.keys(args).some((name) => protocolFields.has(name))) return undefined;
  const kept = Object.entries(params).filter(([name]) => protocolFields.has(name));
  return nullPrototype([...Object.entries(args), ...kept]);
}

/** The tool a `tools/call` names, or what is wrong with its params. */
export function calledTool(
  params: JsonObject | undefined,
): { readonly name: string } | { readonly problem: string } {
  const name = params?.["name"];
  if (typeof name !== "string" || name === "") {
    return { problem: "`params.name` must be the name of a tool" };
  }
  const args = params?.["arguments"];
  if (args !== undefined && !isObject(args)) {
    return { problem: "`params.arguments` must be an object" };
  }
  return { name };
}

function toolName(params: JsonObject | undefined): string {
  const name = params?.["name"];
  return typeof name === "string" ? name : "";
}

function toolArguments(params: JsonObject | undefined): JsonObject {
  const args = params?.["arguments"];
  return isObject(args) ? args : {};
}

function methodArguments(params: JsonObject | undefined): JsonObject {
  return nullPrototype(Object.entries(params ?? {}).filter(([name]) => !protocolFields.has(name)));
}

function nullPrototype(entries: readonly (readonly [string, JsonObject[string]])[]): JsonObject {
  const object: Record<string, JsonObject[string]> = Object.create(null);
  for (const [name, value] of entries) object[name] = value;
  return object;
}
