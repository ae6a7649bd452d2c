import type { MessageId } from "./message.ts";
import { isObject } from "./message.ts";
import type { JsonObject } from "@holdfast/model";

/** Who sent a message. */
export type Side = "client" | "server";

/** The protocol revisions this gateway speaks, newest first. */
export const protocolRevisions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] as const;

/**
 * What happens to a request or notification:
 * - `pass`: session upkeep and lists; it asks nothing to be done and is forwarded at once
 * - `list`: `tools/list`; forwarded, and only what could be allowed is shown of the answer
 * - `tool`: `tools/call`; decided as an action of the named tool
 * - `task`: `tasks/result`; its answer is the result of a task-augmented action, and is decided
 *   with that action
 * - `action`: everything else; decided as an action named by the method, so that a method nobody
 *   knows is a tool nobody granted
 * - `drop`: a request method without an id; nobody could be told its outcome
 * - `revision`: only exists in protocol revisions this gateway does not speak
 */
export type Treatment = "pass" | "list" | "tool" | "task" | "action" | "drop" | "revision";

const clientRequests: ReadonlyMap<string, Treatment> = new Map([
  ["initialize", "pass"],
  ["ping", "pass"],
  ["logging/setLevel", "pass"],
  ["prompts/list", "pass"],
  ["resources/list", "pass"],
  ["resources/templates/list", "pass"],
  ["resources/unsubscribe", "pass"],
  ["tasks/get", "pass"],
  ["tasks/list", "pass"],
  ["tasks/cancel", "pass"],
  ["tasks/result", "task"],
  ["tools/list", "list"],
  ["tools/call", "tool"],
  ["server/discover", "revision"],
  ["subscriptions/listen", "revision"],
]);

const serverRequests: ReadonlyMap<string, Treatment> = new Map([
  ["ping", "pass"],
  ["roots/list", "pass"],
  ["tasks/get", "pass"],
  ["tasks/list", "pass"],
  ["tasks/cancel", "pass"],
  ["tasks/result", "task"],
]);

const clientNotifications: ReadonlySet<string> = new Set([
  "notifications/initialized",
  "notifications/cancelled",
  "notifications/progress",
  "notifications/roots/list_changed",
  "notifications/tasks/status",
]);

/** Actions of the protocol itself; a tool of one of these names would be taken for the method. */
const methodActions: ReadonlySet<string> = new Set([
  "resources/read",
  "resources/subscribe",
  "prompts/get",
  "completion/complete",
  "sampling/createMessage",
  "elicitation/create",
  "tasks/result",
]);

/** What stands before the name of a method that the protocol does not know. */
const unknownMethodPrefix = "rpc:";

/**
 * The name that a method other than `tools/call` has as an action: itself when the protocol
 * knows it, else behind `rpc:`. Without that, a server's tool and a method of the same name
 * would be one action, and whoever sends the method would act in the tool's name.
 */
export function actionName(method: string): string {
  return isKnownMethod(method) ? method : `${unknownMethodPrefix}${method}`;
}

/** Whether a tool may not be called by this name, as the name means a method. */
export function isMethodName(toolName: string): boolean {
  return toolName.startsWith(unknownMethodPrefix) || isKnownMethod(toolName);
}

function isKnownMethod(toolName: string): boolean {
  return (
    methodActions.has(toolName) ||
    clientRequests.has(toolName) ||
    serverRequests.has(toolName) ||
    toolName.startsWith("notifications/")
  );
}

/** The treatment of a request; total over all methods, unknown ones are actions. */
export function requestTreatment(from: Side, method: string): Treatment {
  return (from === "client" ? clientRequests : serverRequests).get(method) ?? "action";
}

/**
 * The treatment of a notification. What a server notifies of asks nothing of anyone and passes;
 * of a client's, only the known ones do, as a server may act on any other.
 */
export function notificationTreatment(from: Side, method: string): Treatment {
  const isRequest = (from === "client" ? clientRequests : serverRequests).has(method);
  if (isRequest || methodActions.has(method)) return "drop";
  return from === "server" || clientNotifications.has(method) ? "pass" : "action";
}

/**
 * The revision a stateless request names in its `_meta` (MCP 2026-07-28), when it is none of
 * those spoken here. Such a request has no `initialize` before it and may be answered with
 * `input_required`: it is refused whole rather than half understood.
 */
export function foreignRevision(params: JsonObject | undefined): string | undefined {
  const meta = params?.["_meta"];
  if (!isObject(meta)) return undefined;
  const revision = meta["io.modelcontextprotocol/protocolVersion"];
  if (revision === undefined) return undefined;
  const known: readonly string[] = protocolRevisions;
  if (typeof revision !== "string") return "unknown";
  return known.includes(revision) ? undefined : revision;
}

/**
 * The id of an action: unique in the log, as the session, or the run in it, is and the counter
 * never returns.
 */
export function actionId(
  { session, run }: { readonly session: string; readonly run?: string },
  sequence: number,
  id: MessageId | null,
): string {
  const plain = id !== null && /^[\x21-\x7e]{1,64}$/u.test(String(id)) ? `:${id}` : "";
  const counted = run === undefined ? `${sequence}` : `${run}:${sequence}`;
  return `${session}:${counted}${plain}`;
}
