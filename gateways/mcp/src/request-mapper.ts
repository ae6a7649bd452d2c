import type { JsonObject, RequestInput } from "@holdfast/model";
import { isObject, lookAlike } from "./message.ts";
import { actionId, actionName } from "./method.ts";
import type { MessageId } from "./message.ts";
import type { Side } from "./method.ts";
import { traceIn } from "./trace-meta.ts";

/** What the operator fixed for the whole session. */
export interface Identity {
  readonly agent: RequestInput["agent"];
  /** minted by the guard */
  readonly session: string;
  /** tells this run from others that share its session; part of every action id */
  readonly run?: string;
  /** the alias of the server: the first part of every tool name */
  readonly server: string;
}

/** One message that asks for an action. */
export interface ActionCall {
  readonly id: MessageId | null;
  readonly method: string;
  readonly params: JsonObject | undefined;
  /** members of the message besides `jsonrpc`, `id`, `method` and `params`; sent on as they came */
  readonly others?: JsonObject;
  /** who asks */
  readonly from: Side;
  /** counts the actions of the session; never repeats */
  readonly sequence: number;
}

/** Fields of `params` that steer the protocol and are not arguments; they are kept as sent. */
const protocolFields: ReadonlySet<string> = new Set(["_meta", "task"]);

/** Fields of the params of `tools/call` that are decided on. */
const toolFields: ReadonlySet<string> = new Set(["name", "arguments"]);

/** Fields of the params of `tools/call` that mean something to a server. */
const callFields = ["name", "arguments", "_meta", "task"] as const;

/**
 * The request to decide. `tools/call` is an action of the tool it names, with its arguments.
 * Every other method is an action of a tool named for it (`actionName`), its arguments the
 * params without `_meta` and `task`: `fs.resources/read` has `args.uri`, `fs.prompts/get` has
 * `args.name`. `action.kind` is `mcp`, `action.operation` the method; `context.from` tells who
 * asked, `client` or `server`, as a method alone does not. What is sent on besides the
 * arguments is in `claims`: policies can look at it, and the log holds it. A `traceparent` in `_meta`
 * is the action's trace.
 */
export function toRequest(call: ActionCall, identity: Identity): RequestInput {
  const isTool = call.method === "tools/call";
  const traceparent = traceIn(call);
  return {
    id: actionId(identity, call.sequence, call.id),
    agent: identity.agent,
    session: { id: identity.session },
    tool: {
      server: identity.server,
      name: isTool ? toolName(call.params) : actionName(call.method),
    },
    action: { kind: "mcp", operation: call.method, phase: "call" },
    args: isTool ? toolArguments(call.params) : methodArguments(call.params),
    context: { from: call.from },
    ...(traceparent === undefined ? {} : { trace: { traceparent } }),
    ...claimsOf(call),
  };
}

/** What the sender put beside the arguments; nothing of it is decided on unless a policy asks. */
function claimsOf({ method, others, params }: ActionCall): Pick<RequestInput, "claims"> {
  const decided = method === "tools/call" ? toolFields : undefined;
  const beside = Object.entries(params ?? {}).filter(([name]) =>
    decided === undefined ? protocolFields.has(name) : !decided.has(name),
  );
  const claims = {
    ...(beside.length === 0 ? {} : { params: nullPrototype(beside) }),
    ...(others === undefined ? {} : { message: others }),
  };
  return Object.keys(claims).length === 0 ? {} : { claims };
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
  const alike = lookAlike(params ?? {}, callFields);
  if (alike !== undefined) return { problem: `\`params\` holds a look-alike of \`${alike}\`` };
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
