import { digestOf } from "@holdfast/model";
import type { JsonObject } from "@holdfast/model";
import { isObject } from "./message.ts";
import type { ResponseMessage } from "./message.ts";
import type { Side } from "./method.ts";
import type { ActionCall } from "./request-mapper.ts";

/** Gives the reply that may be shown for the result of the task. */
export type Conclude = (message: ResponseMessage) => Promise<JsonObject | undefined>;

interface OpenTask {
  readonly conclude: Conclude;
  /** the first answer decides; the same answer again gives the same reply */
  concluded:
    | { readonly digest: string; readonly reply: Promise<JsonObject | undefined> }
    | undefined;
}

/** Tasks of one gateway; beyond it the oldest is forgotten, and stays without an outcome. */
const tasksMax = 4096;

/**
 * Task-augmented actions whose result is fetched later with `tasks/result` (MCP 2025-11-25).
 * Their permits stay open until then, so that the result is decided with the action it belongs
 * to, and never slips past as the answer to another method.
 */
export class TaskTable {
  private readonly tasks = new Map<string, OpenTask>();

  /**
   * Keeps the action of a task open; false when the response is no task handle, or its task id
   * is already another action's.
   */
  open(from: Side, call: ActionCall, { body }: ResponseMessage, conclude: Conclude): boolean {
    const taskId = "result" in body ? taskHandle(call, body.result) : undefined;
    if (taskId === undefined || this.tasks.has(key(from, taskId))) return false;
    const [oldest] = this.tasks.keys();
    if (this.tasks.size >= tasksMax && oldest !== undefined) this.tasks.delete(oldest);
    this.tasks.set(key(from, taskId), { conclude, concluded: undefined });
    return true;
  }

  has(from: Side, taskId: string): boolean {
    return this.tasks.has(key(from, taskId));
  }

  /**
   * The reply that may be shown for an answer to `tasks/result`: decided once, and repeated for
   * the same answer. Undefined for any other answer: the action has had its result.
   */
  async result(
    from: Side,
    taskId: string,
    message: ResponseMessage,
  ): Promise<JsonObject | undefined> {
    const task = this.tasks.get(key(from, taskId));
    if (task === undefined) return undefined;
    const digest = digestOf({ ...message.json, id: null });
    task.concluded ??= { digest, reply: task.conclude(message) };
    return task.concluded.digest === digest ? task.concluded.reply : undefined;
  }
}

/** The id of the task a response creates; a response that also holds a result is a result. */
function taskHandle({ params }: ActionCall, result: JsonObject): string | undefined {
  const task = result["task"];
  if (params?.["task"] === undefined || !isObject(task)) return undefined;
  if (Object.keys(result).some((name) => name !== "task" && name !== "_meta")) return undefined;
  const taskId = task["taskId"];
  return typeof taskId === "string" ? taskId : undefined;
}

function key(from: Side, taskId: string): string {
  return `${from}:${taskId}`;
}
