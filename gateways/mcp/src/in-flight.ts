import { idKey } from "./message.ts";
import type { Denial } from "./decision-mapper.ts";
import type { MessageId, RequestMessage, ResponseMessage } from "./message.ts";

/** How a request that was to be forwarded ended. */
export type Answer =
  | { readonly kind: "response"; readonly message: ResponseMessage }
  /** it was sent and answered, with something that cannot be read */
  | { readonly kind: "garbled"; readonly reason: string }
  /** it was sent, and no answer will come: nobody knows whether it was carried out */
  | { readonly kind: "lost"; readonly reason: string; readonly cancelled: boolean }
  /** it never left the gateway: the other side is gone */
  | { readonly kind: "unsent"; readonly reason: string }
  /** it never left the gateway: something forbade it after it was permitted */
  | { readonly kind: "refused"; readonly denial: Denial }
  /** it never left the gateway: its sender cancelled it first, and waits for nothing */
  | { readonly kind: "cancelled" };

/** One request whose sender still waits for an answer. */
export interface Flight {
  readonly id: MessageId;
  readonly method: string;
  /** asked by the gateway itself, not by a side */
  readonly own: boolean;
  /** `open`: not forwarded yet; `sent`: awaits a response; `answered`: its answer is being decided */
  stage: "open" | "sent" | "answered";
  cancelled: boolean;
  settle: ((answer: Answer) => void) | undefined;
}

/**
 * The requests of one side that have no answer yet, by id. Exactly one answer leaves for each:
 * an id in here cannot be used again, and a response that matches none is nobody's.
 */
export class InFlight {
  private readonly flights = new Map<string, Flight>();
  private readonly flightsMax: number;

  constructor(flightsMax: number) {
    this.flightsMax = flightsMax;
  }

  /** Why a request cannot be taken, or its flight. */
  open(
    { id, method }: Pick<RequestMessage, "id" | "method">,
    own = false,
  ): Flight | "duplicate" | "full" {
    const key = idKey(id);
    if (this.flights.has(key)) return "duplicate";
    if (this.flights.size >= this.flightsMax && !this.forgetCancelled()) return "full";
    const flight: Flight = {
      id,
      method,
      own,
      stage: "open",
      cancelled: false,
      settle: undefined,
    };
    this.flights.set(key, flight);
    return flight;
  }

  find(id: MessageId): Flight | undefined {
    return this.flights.get(idKey(id));
  }

  /** Resolves when the other side answers; `send` runs only if it still should. */
  forward(flight: Flight, send: () => void): Promise<Answer> {
    if (flight.cancelled) return Promise.resolve({ kind: "cancelled" });
    return new Promise((resolve) => {
      flight.stage = "sent";
      flight.settle = (answer) => {
        flight.stage = "answered";
        flight.settle = undefined;
        resolve(answer);
      };
      send();
    });
  }

  /** Hands a response to the request it answers; false when it answers none. */
  settle(id: MessageId, answer: Answer): boolean {
    const settle = this.find(id)?.settle;
    settle?.(answer);
    return settle !== undefined;
  }

  /** Marks a request as cancelled by its sender. */
  cancel(id: MessageId): Flight | undefined {
    const flight = this.find(id);
    if (flight !== undefined && !flight.own) flight.cancelled = true;
    return flight;
  }

  close(flight: Flight): void {
    const key = idKey(flight.id);
    if (this.flights.get(key) === flight) this.flights.delete(key);
  }

  /** The side that should answer is gone: every request it was sent is lost. */
  loseAll(reason: string): void {
    for (const flight of this.flights.values()) lose(flight, reason);
  }

  get size(): number {
    return this.flights.size;
  }

  /** Requests whose sender still wants an answer. */
  get wanted(): number {
    return [...this.flights.values()].filter((flight) => !flight.cancelled).length;
  }

  /** A cancelled request may stay unanswered for ever; it must not hold a place for ever. */
  private forgetCancelled(): boolean {
    for (const flight of this.flights.values()) {
      if (!flight.cancelled || flight.settle === undefined) continue;
      lose(flight, "cancelled and never answered");
      this.close(flight);
      return true;
    }
    return false;
  }
}

function lose(flight: Flight, reason: string): void {
  flight.settle?.({ kind: "lost", reason, cancelled: flight.cancelled });
}
