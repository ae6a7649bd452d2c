import { HoldfastError } from "@holdfast/model";
import type { JsonObject, RequestInput } from "@holdfast/model";
import type { Caller, Guard, Permit, Refusal } from "@holdfast/runtime";
import { fromDecision } from "./decision-mapper.ts";
import { concluded, guardedAction } from "./guarded-action.ts";
import { errorCodes } from "./message.ts";
import { isMethodName } from "./method.ts";
import { printable } from "./operator-line.ts";
import { relayed } from "./relay.ts";
import { errorReply, reply } from "./reply.ts";
import { calledTool, toRequest, withArguments } from "./request-mapper.ts";
import { handedOn } from "./trace-meta.ts";
import { keptWords, observeWords, unfoldedWords } from "./session-document.ts";
import { TaskTable } from "./task-table.ts";
import { ToolCatalogue } from "./tool-catalogue.ts";
import type { Denial } from "./decision-mapper.ts";
import type { Forward, Judge } from "./exchange.ts";
import type { GuardedAction } from "./guarded-action.ts";
import type { Answer } from "./in-flight.ts";
import type { GatewayLimits } from "./limits.ts";
import type { NotificationMessage, RequestMessage } from "./message.ts";
import type { Side, Treatment } from "./method.ts";
import type { DecisionReport } from "./operator-line.ts";
import type { ActionCall, Identity } from "./request-mapper.ts";
import type { Listing } from "./tool-catalogue.ts";

/** What a gateway asks of a guard. */
export type GatewayGuard = Pick<
  Guard,
  "begin" | "bundle" | "couldAllow" | "end" | "observe" | "registerTools"
>;

export interface PolicyJudgeOptions {
  readonly guard: GatewayGuard;
  readonly caller: Caller | undefined;
  readonly identity: Identity;
  readonly limits: GatewayLimits;
  /** a request of the gateway's own to the server */
  readonly ask: (method: string, params: JsonObject, timeoutMs: number) => Promise<JsonObject>;
  readonly report: (report: DecisionReport) => void;
  readonly note: (text: string) => void;
}

/** One request that asks for an action. */
interface Ask {
  readonly message: RequestMessage;
  readonly treatment: Treatment;
  readonly from: Side;
}

/** A granted message, and the arguments that it goes on with. */
interface Sending {
  readonly call: ActionCall;
  readonly message: RequestMessage;
  readonly args: JsonObject;
  readonly permit: Permit;
}

/** Decides with a guard: tools by their listed definition, everything else by its method. */
export class PolicyJudge implements Judge {
  private readonly options: PolicyJudgeOptions;
  private readonly catalogue: ToolCatalogue;
  private readonly tasks = new TaskTable();
  private sequence = 0;

  constructor(options: PolicyJudgeOptions) {
    const { ask, caller, guard, identity, limits } = options;
    this.options = options;
    this.catalogue = new ToolCatalogue({
      limits,
      page: (cursor) =>
        ask("tools/list", cursor === undefined ? {} : { cursor }, limits.listTimeoutMs),
      register: (definitions) => guard.registerTools(identity.server, definitions),
      couldAllow: (name) => guard.couldAllow(toolRequest(name, identity), caller),
    });
  }

  toolsChanged(): void {
    this.catalogue.expire();
  }

  async request(ask: Ask, forward: Forward): Promise<JsonObject | undefined> {
    const { from, message, treatment } = ask;
    switch (treatment) {
      case "list":
        return this.list(message, forward);
      case "tool":
        return this.callTool(message, forward);
      case "task":
        return this.taskResult(from, message, forward);
      case "action":
        return guardedAction(this.methodAction(from, message, forward));
      case "pass":
      case "drop":
      case "revision":
        throw new HoldfastError("mcp_judge", "this message is not one to decide");
    }
  }

  async notification(
    message: NotificationMessage,
    from: Side,
    send: (message: JsonObject) => void,
  ): Promise<void> {
    const asked: RequestMessage = { ...message, kind: "request", id: "" };
    const forward: Forward = (json) => {
      send(json);
      // Nothing answers a notification, so nobody may conclude that it was done: rules that rest
      // on a success must not rest on this.
      return Promise.resolve({ kind: "garbled", reason: "a notification has no answer" });
    };
    await guardedAction(this.methodAction(from, asked, forward));
  }

  private async list(message: RequestMessage, forward: Forward): Promise<JsonObject | undefined> {
    const answer = await forward(message.json);
    if (answer.kind !== "response" || !("result" in answer.message.body)) {
      return relayed(message.id, answer);
    }
    const { body, json } = answer.message;
    return { ...json, result: await this.catalogue.visible(body.result) };
  }

  private async callTool(
    message: RequestMessage,
    forward: Forward,
  ): Promise<JsonObject | undefined> {
    const { id, params } = message;
    const called = calledTool(params);
    const call = this.actionCall("client", message);
    if ("problem" in called) {
      await this.refuseOnRecord(call, forward, message);
      return errorReply(id, errorCodes.invalidParams, called.problem);
    }
    const { name } = called;
    const listing = await this.listingWith(name);
    if ("decision" in listing) {
      await this.refuseOnRecord(call, forward, message);
      return this.deny(call, name, listing);
    }
    return guardedAction({
      ...this.action("client", call, forward, message),
      execute: (args, permit) =>
        this.sendCurrent({ listing, name, permit }, () =>
          this.send({ call, message, args, permit }, forward),
        ),
      instead: (refusal) => this.fallback(refusal, call, forward, message),
    });
  }

  /** The current listing, if it names the tool; read again once when it does not. */
  private async listingWith(name: string): Promise<Listing | Denial> {
    if (isMethodName(name)) return unlisted;
    try {
      const listing = await this.catalogue.current();
      if (listing.names.has(name)) return listing;
      this.catalogue.expire();
      const again = await this.catalogue.current();
      return again.names.has(name) ? again : unlisted;
    } catch (error) {
      return this.unread(error);
    }
  }

  /**
   * Sends only while the definition that was decided on is still the listed one. While the
   * decision was made and recorded, the server may have said that its tools changed.
   */
  private async sendCurrent(
    { listing, name, permit }: { listing: Listing; name: string; permit: Permit },
    send: () => Promise<Answer>,
  ): Promise<Answer> {
    try {
      let current = listing;
      while (!this.catalogue.isCurrent(current)) current = await this.catalogue.current();
      if (current.definitions.get(name) !== listing.definitions.get(name)) {
        return { kind: "refused", denial: changed };
      }
    } catch (error) {
      return { kind: "refused", denial: this.unread(error) };
    }
    // A restriction may have revoked the permit meanwhile.
    return permit.signal.aborted ? { kind: "refused", denial: revoked } : send();
  }

  private unread(error: unknown): Denial {
    const code = error instanceof HoldfastError ? error.code : "bug";
    this.options.note(`the tool list could not be checked: ${code}`);
    return unchecked;
  }

  /** The other action a refusal names: a tool of this same server, called in place of the first. */
  private fallback(
    { fallback }: Refusal,
    call: ActionCall,
    forward: Forward,
    message: RequestMessage,
  ): GuardedAction | undefined {
    const { server } = this.options.identity;
    if (fallback === undefined || fallback.tool.server !== server) return undefined;
    const { name } = fallback.tool;
    const other: ActionCall = {
      ...call,
      params: { ...call.params, name, arguments: fallback.args },
    };
    return {
      ...this.action("client", other, forward, message),
      request: fallback,
      execute: async (args, permit) => {
        const listing = await this.listingWith(name);
        if ("decision" in listing) return { kind: "refused", denial: listing };
        return this.sendCurrent({ listing, name, permit }, () =>
          this.send({ call: other, message, args, permit }, forward),
        );
      },
    };
  }

  private async taskResult(
    from: Side,
    message: RequestMessage,
    forward: Forward,
  ): Promise<JsonObject | undefined> {
    const taskId = message.params?.["taskId"];
    if (typeof taskId !== "string" || !this.tasks.has(from, taskId)) {
      return guardedAction(this.methodAction(from, message, forward));
    }
    const answer = await forward(message.json);
    if (answer.kind !== "response") return relayed(message.id, answer);
    const shown = await this.tasks.result(from, taskId, answer.message);
    if (shown !== undefined) return { ...shown, id: message.id };
    return reply(message.id, fromDecision({ method: "tasks/result", params: undefined }, answered));
  }

  private methodAction(from: Side, message: RequestMessage, forward: Forward): GuardedAction {
    return this.action(from, this.actionCall(from, message), forward, message);
  }

  private action(
    from: Side,
    call: ActionCall,
    forward: Forward,
    message: RequestMessage,
  ): GuardedAction {
    const { options } = this;
    const { caller, guard, identity, note, report } = options;
    const request = toRequest(call, identity);
    const bound: GuardedAction["guard"] = {
      begin: (asked) => guard.begin(asked, caller),
      end: (permit, ending) => guard.end(permit, ending),
    };
    const action: GuardedAction = {
      guard: bound,
      call,
      request,
      report,
      note,
      execute: (args, permit) => {
        const send = (): Promise<Answer> => this.send({ call, message, args, permit }, forward);
        return from === "server" ? this.sendHeard(call, permit, send) : send();
      },
      hear: (result) => observeWords(options, call, unfoldedWords(options, call, result)),
      defer: (permit, response) =>
        this.tasks.open(from, call, response, (result) =>
          concluded(action, permit, { kind: "response", message: result }),
        ),
    };
    return action;
  }

  /** Sends what a server asks for; the agent's side gets to see it, as it does a result. */
  private async sendHeard(
    call: ActionCall,
    { args, signal }: Permit,
    send: () => Promise<Answer>,
  ): Promise<Answer> {
    try {
      const words = keptWords(this.options, call, { root: "args", value: args });
      await observeWords(this.options, call, words);
    } catch (error) {
      const code = error instanceof HoldfastError ? error.code : "bug";
      this.options.note(`a server's request could not be observed: ${code}`);
      return { kind: "refused", denial: unobserved };
    }
    return signal.aborted ? { kind: "refused", denial: revoked } : send();
  }

  private send({ call, message, args, permit }: Sending, forward: Forward): Promise<Answer> {
    const params = withArguments(call, args);
    if (params === undefined) return Promise.resolve({ kind: "refused", denial: misplaced });
    const isBare = call.params === undefined && Object.keys(params).length === 0;
    if (isBare) return forward(message.json);
    // A server's question goes to the client, which is nobody's callee.
    const isCall = call.from === "client";
    const sent = isCall ? handedOn(call, params, permit.traceparent) : params;
    return forward({ ...message.json, params: sent });
  }

  private actionCall(from: Side, { id, json, method, params }: RequestMessage): ActionCall {
    const { jsonrpc: _jsonrpc, id: _id, method: _method, params: _params, ...others } = json;
    const beside = Object.keys(others).length === 0 ? {} : { others };
    return { id, method, params, from, sequence: ++this.sequence, ...beside };
  }

  /**
   * Leaves a record of a call that the gateway itself refuses: what policy says of it is decided
   * as for any other, and should it grant, the permit ends at once with nothing sent.
   */
  private async refuseOnRecord(
    call: ActionCall,
    forward: Forward,
    message: RequestMessage,
  ): Promise<void> {
    const refused = { kind: "refused", denial: unlisted } as const;
    await guardedAction({
      ...this.action("client", call, forward, message),
      execute: () => Promise.resolve(refused),
      report: () => undefined,
    });
  }

  private deny(call: ActionCall, tool: string, denial: Denial): JsonObject {
    const { identity, note } = this.options;
    note(`deny ${identity.server}.${printable(tool)} code=${denial.decision.code} by=gateway`);
    return reply(call.id, fromDecision(call, denial));
  }
}

function toolRequest(name: string, identity: Identity): RequestInput {
  const { id: _id, ...request } = toRequest(
    { id: null, method: "tools/call", params: { name }, from: "client", sequence: 0 },
    identity,
  );
  return request;
}

function denialOf(code: Denial["decision"]["code"], message: string): Denial {
  return { decision: { effect: "deny", code }, message };
}

const unlisted = denialOf(
  "registry",
  "Holdfast did not run this: the server lists no tool of this name. Do not retry.",
);
const unchecked = denialOf(
  "unavailable",
  "Holdfast did not run this: the tool list of the server could not be checked. Try again later.",
);
const changed = denialOf(
  "registry",
  "Holdfast did not run this: the tool changed while it was decided. An operator has to look at it.",
);
const revoked = denialOf(
  "restricted",
  "Holdfast did not run this: this agent was restricted meanwhile. Do not retry.",
);
const unobserved = denialOf(
  "unavailable",
  "Holdfast did not pass this on: it could not be recorded. An operator has to look at Holdfast.",
);
const misplaced = denialOf(
  "modify_conflict",
  "Holdfast did not run this: policy could not clear it. Do not retry it unchanged.",
);
const answered = denialOf(
  "registry",
  "Holdfast withheld the result: the task was already answered with another one.",
);
