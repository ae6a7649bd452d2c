import { canonicalJson, HoldfastError, parseJson } from "@holdfast/model";
import type { JsonObject } from "@holdfast/model";
import { IdScanner } from "./id-scanner.ts";
import { InFlight } from "./in-flight.ts";
import { errorCodes, isObject, readId, readMessage } from "./message.ts";
import {
  foreignRevision,
  notificationTreatment,
  protocolRevisions,
  requestTreatment,
} from "./method.ts";
import { relayed } from "./relay.ts";
import { errorReply } from "./reply.ts";
import type { Answer, Flight } from "./in-flight.ts";
import type { GatewayLimits } from "./limits.ts";
import type { Line } from "./line-reader.ts";
import type { Message, MessageId, NotificationMessage, RequestMessage } from "./message.ts";
import type { Side, Treatment } from "./method.ts";

/** Sends a request on to the other side and resolves with how it ended. */
export type Forward = (message: JsonObject) => Promise<Answer>;

/** Decides whatever is not simply passed on; everything about policy is behind this. */
export interface Judge {
  /** The reply to a request; undefined when none is due, as its sender cancelled it. */
  request(
    ask: { readonly message: RequestMessage; readonly treatment: Treatment; readonly from: Side },
    forward: Forward,
  ): Promise<JsonObject | undefined>;
  /** Calls `send` when the notification may be sent, with what to send. */
  notification(
    message: NotificationMessage,
    from: Side,
    send: (message: JsonObject) => void,
  ): Promise<void>;
  /** The server says that its tools changed. */
  toolsChanged(): void;
}

export interface ExchangeOptions {
  readonly limits: GatewayLimits;
  readonly send: (to: Side, line: string) => void;
  /** one line for the operator; never holds an argument */
  readonly note: (text: string) => void;
}

/**
 * The messages between one client and one server: reads each line strictly, matches responses
 * to requests, and hands everything that asks for an action to the judge. What it sends is
 * always written anew from the value that was read. It knows no stream, process or policy.
 */
export class Exchange {
  private readonly options: ExchangeOptions;
  private readonly flights: Readonly<Record<Side, InFlight>>;
  private readonly gone = new Set<Side>();
  private readonly work = new Set<Promise<void>>();
  /** bytes of the lines that are being decided, by the side that sent them */
  private readonly undecided: Record<Side, number> = { client: 0, server: 0 };
  private waiting: (() => void)[] = [];
  private judge: Judge | undefined;
  private asked = 0;

  constructor(options: ExchangeOptions) {
    const { inFlightMax } = options.limits;
    this.options = options;
    this.flights = { client: new InFlight(inFlightMax), server: new InFlight(inFlightMax) };
  }

  /** **Contract:** called once, before the first line. */
  decideWith(judge: Judge): void {
    this.judge = judge;
  }

  /** Takes one line of a side. Never throws; what takes time goes on in the background. */
  receive(from: Side, line: Line): void {
    if (line.kind === "too_long") {
      const reason = `the line of ${line.bytes} bytes is longer than ${this.options.limits.lineBytesMax}`;
      this.refuseLine(from, { code: errorCodes.invalidRequest, note: reason, reason, ...line });
      return;
    }
    let message: Message;
    try {
      message = readMessage(parseJson(line.bytes, { bytesMax: this.options.limits.lineBytesMax }));
    } catch (error) {
      const scanner = new IdScanner();
      scanner.push(line.bytes);
      const known = error instanceof HoldfastError;
      this.refuseLine(from, {
        code: errorCodes.parseError,
        note: `not strict JSON (${known ? error.code : "unreadable"})`,
        reason: `not strict JSON: ${known ? error.message : "unreadable"}`,
        id: scanner.id,
        asks: scanner.asks,
      });
      return;
    }
    switch (message.kind) {
      case "request":
        this.track(this.answer(from, message, line.bytes.length));
        break;
      case "notification":
        this.track(this.notify(from, message, line.bytes.length));
        break;
      case "response":
        this.settle(from, message.id, { kind: "response", message });
        break;
      case "invalid": {
        const { code, reason, id, answers } = message;
        for (const answered of answers) this.garble(from, answered, reason);
        this.refuseLine(from, { code, reason, note: reason, id, asks: true });
        break;
      }
    }
  }

  /**
   * A side will send nothing more. A client that closed still gets its answers, but gives none;
   * of a server that is gone nothing is to be had, and nothing more is sent to it.
   */
  close(side: Side): void {
    if (this.gone.has(side)) return;
    this.gone.add(side);
    this.flights.server.loseAll(`the ${side} closed the connection`);
    if (side === "server") this.flights.client.loseAll("the server closed the connection");
  }

  /** Resolves when no request of the client wants an answer any more. */
  async answered(): Promise<void> {
    while (this.flights.client.wanted > 0) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /**
   * Resolves when more of this side's lines may be read. What is sent and awaits its answer does
   * not count: that answer may depend on a line that is not read yet.
   */
  async room(from: Side): Promise<void> {
    while (this.undecided[from] > this.options.limits.undecidedBytesMax) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** Gives up on every request without an answer. */
  abandon(reason: string): void {
    for (const side of ["client", "server"] as const) this.flights[side].loseAll(reason);
  }

  /** Resolves when all that was started is decided, recorded and replied to. */
  async settled(): Promise<void> {
    while (this.work.size > 0) await Promise.all(this.work);
  }

  /**
   * A request of the gateway's own to the server; its id is one the client does not use.
   *
   * @throws HoldfastError `mcp_listing` when no result comes in time
   */
  async ask(method: string, params: JsonObject, timeoutMs: number): Promise<JsonObject> {
    const flights = this.flights.client;
    let flight: ReturnType<InFlight["open"]>;
    do flight = flights.open({ id: `holdfast-${++this.asked}`, method }, true);
    while (flight === "duplicate");
    if (flight === "full") throw new HoldfastError("mcp_listing", "too many requests in flight");
    const { id } = flight;
    const timer = setTimeout(() => {
      flights.settle(id, { kind: "lost", reason: "no answer in time", cancelled: false });
      this.send("server", {
        jsonrpc: "2.0",
        method: "notifications/cancelled",
        params: { requestId: id, reason: "no answer in time" },
      });
    }, timeoutMs);
    try {
      const answer = await this.forward("client", flight, { jsonrpc: "2.0", id, method, params });
      if (answer.kind === "response" && "result" in answer.message.body) {
        return answer.message.body.result;
      }
      throw new HoldfastError("mcp_listing", `\`${method}\` was not answered with a result`);
    } finally {
      clearTimeout(timer);
      flights.close(flight);
    }
  }

  private async answer(from: Side, message: RequestMessage, bytes: number): Promise<void> {
    const { id, method } = message;
    const flight = this.flights[from].open(message);
    if (flight === "duplicate") {
      // Not to this id: the answer to it belongs to the request that came first.
      this.refuse(from, null, `\`id\` is in use by a request in flight`);
      return;
    }
    if (flight === "full") {
      this.refuse(from, id, "too many requests in flight; wait for answers");
      return;
    }
    const decided = this.hold(from, bytes);
    let answer: JsonObject | undefined;
    try {
      answer = await this.answerTo({ from, flight, decided }, message);
    } catch (error) {
      const code = error instanceof HoldfastError ? error.code : "bug";
      this.options.note(`refused a ${from} request: ${code}`);
      answer = errorReply(
        id,
        errorCodes.internalError,
        `\`${method}\` could not be handled safely`,
      );
    }
    this.flights[from].close(flight);
    if (answer !== undefined) this.send(from, answer);
    decided();
    this.wake();
  }

  /** Counts a line as undecided until the returned function is called first. */
  private hold(from: Side, bytes: number): () => void {
    let held = bytes;
    this.undecided[from] += held;
    return () => {
      this.undecided[from] -= held;
      held = 0;
      this.wake();
    };
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** INVARIANT: a request that passes is sent before this returns to the event loop, in order. */
  private async answerTo(
    { from, flight, decided }: { from: Side; flight: Flight; decided: () => void },
    message: RequestMessage,
  ): Promise<JsonObject | undefined> {
    const { id, json, method, params } = message;
    const treatment = requestTreatment(from, method);
    const requested = foreignRevision(params);
    if (treatment === "revision" || requested !== undefined) {
      return unsupported(id, requested ?? "2026-07-28");
    }
    const forward = (changed: JsonObject): Promise<Answer> => {
      decided();
      return this.forward(from, flight, changed);
    };
    if (treatment === "pass") {
      const passed = relayed(id, await forward(json));
      return method === "initialize" ? agreed(id, passed) : passed;
    }
    if (this.judge === undefined) throw new HoldfastError("mcp_judge", "nothing decides");
    return this.judge.request({ message, treatment, from }, forward);
  }

  private async notify(from: Side, message: NotificationMessage, bytes: number): Promise<void> {
    const { json, method, params } = message;
    const send = (changed: JsonObject): void => this.send(otherSide(from), changed);
    switch (notificationTreatment(from, method)) {
      case "pass":
        if (method === "notifications/cancelled" && !this.cancel(from, params)) return;
        if (method === "notifications/tools/list_changed" && from === "server") {
          this.judge?.toolsChanged();
        }
        send(json);
        return;
      case "action": {
        const decided = this.hold(from, bytes);
        await this.judge?.notification(message, from, send).finally(decided);
        return;
      }
      case "list":
      case "tool":
      case "task":
      case "revision":
      case "drop":
        this.options.note(`dropped a ${from} request without an id`);
    }
  }

  /** Whether the other side knows the cancelled request, and so is to be told. */
  private cancel(from: Side, params: JsonObject | undefined): boolean {
    const id = readId(params?.["requestId"]);
    if (id === null) return true;
    const flight = this.flights[from].cancel(id);
    this.wake();
    return flight === undefined || (flight.stage !== "open" && !flight.own);
  }

  private forward(from: Side, flight: Flight, message: JsonObject): Promise<Answer> {
    const to = otherSide(from);
    if (this.gone.has(to)) {
      return Promise.resolve({ kind: "unsent", reason: `the ${to} closed the connection` });
    }
    return this.flights[from].forward(flight, () => this.send(to, message));
  }

  private settle(from: Side, id: MessageId | null, answer: Answer): void {
    if (id !== null && this.flights[otherSide(from)].settle(id, answer)) return;
    this.options.note(`dropped a ${from} response that answers nothing asked`);
  }

  private garble(from: Side, id: MessageId, reason: string): void {
    const answer: Answer = { kind: "garbled", reason: `the answer is refused: ${reason}` };
    this.flights[otherSide(from)].settle(id, answer);
  }

  /** A line that is not forwarded: whoever waits for it, or sent it, is told. */
  private refuseLine(
    from: Side,
    line: {
      readonly code: number;
      readonly reason: string;
      readonly note: string;
      readonly id: MessageId | null;
      readonly asks: boolean;
    },
  ): void {
    this.options.note(`refused a ${from} line: ${line.note}`);
    if (!line.asks && line.id !== null) {
      // The reason may quote the line, and whoever waits is to hear nothing of it undecided.
      this.garble(from, line.id, line.note);
    } else if (from === "client" || line.id !== null) {
      this.send(from, errorReply(line.id, line.code, line.reason));
    }
  }

  private refuse(from: Side, id: MessageId | null, reason: string): void {
    this.options.note(`refused a ${from} request: ${reason}`);
    this.send(from, errorReply(id, errorCodes.invalidRequest, reason));
  }

  private send(to: Side, message: JsonObject): void {
    this.options.send(to, canonicalJson(message));
  }

  private track(task: Promise<void>): void {
    const tracked = task
      .catch((error: unknown) => {
        this.options.note(`internal error: ${error instanceof Error ? error.name : "unknown"}`);
      })
      .finally(() => this.work.delete(tracked));
    this.work.add(tracked);
  }
}

/** The answer to `initialize`, unless the server chose a revision that is not spoken here. */
function agreed(id: MessageId, answer: JsonObject | undefined): JsonObject | undefined {
  const result = answer?.["result"];
  const revision = isObject(result) ? result["protocolVersion"] : undefined;
  // Revisions are dates, so text order is their order.
  if (typeof revision !== "string" || revision <= protocolRevisions[0]) return answer;
  return unsupported(id, revision);
}

function unsupported(id: MessageId, requested: string): JsonObject {
  return errorReply(
    id,
    errorCodes.unsupportedProtocolVersion,
    `this gateway speaks protocol revisions up to ${protocolRevisions[0]}; begin with \`initialize\``,
    { supported: [...protocolRevisions], requested },
  );
}

/** The side a message of this side goes to. */
function otherSide(side: Side): Side {
  return side === "client" ? "server" : "client";
}
