import { createConnection } from "node:net";
import type { Socket } from "node:net";

/** What a server answers to one text. */
export interface ServerAnswer {
  /** the SQLSTATE of the error that ended it (PostgreSQL manual, appendix A); none when there is none */
  readonly error?: string;
  /** values of the rows, in order, as text */
  readonly rows: readonly (readonly (string | null)[])[];
  /** the state of the session then: idle, in a transaction, in one that failed */
  readonly status: "I" | "T" | "E";
}

/** A session that sends texts whole, as one query message each, which no client program does. */
export class PostgresSession {
  readonly #socket: Socket;
  #pending = Buffer.alloc(0);
  #answered: (answer: ServerAnswer) => void = () => undefined;
  #rows: (string | null)[][] = [];
  #error: string | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => this.#read(bytes));
    // WHY: a server that ends a session must end whoever waits for it, too.
    socket.on("close", () => this.#answered({ error: "closed", rows: [], status: "I" }));
    socket.on("error", () => socket.destroy());
  }

  /** Opens a session as the one who may do everything, once the server takes it. */
  static async open(socketPath: string): Promise<PostgresSession> {
    for (let tries = 0; tries < 600; tries += 1) {
      const session = await PostgresSession.#try(socketPath);
      if (session !== undefined) return session;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("the server takes no session");
  }

  static async #try(socketPath: string): Promise<PostgresSession | undefined> {
    const session = new PostgresSession(createConnection(socketPath));
    // No text may keep the server longer, and no RESET changes that.
    const names = "user\0postgres\0database\0postgres\0options\0-c statement_timeout=500\0\0";
    const start = Buffer.alloc(8 + names.length);
    start.writeInt32BE(start.length, 0);
    start.writeInt32BE(196_608, 4);
    start.write(names, 8, "latin1");
    const { error } = await session.#send(start);
    return error === undefined ? session : undefined;
  }

  /** Sends a text without NUL. */
  ask(text: string): Promise<ServerAnswer> {
    const body = Buffer.from(`${text}\0`);
    const head = Buffer.alloc(5);
    head.write("Q", 0, "latin1");
    head.writeInt32BE(body.length + 4, 1);
    return this.#send(Buffer.concat([head, body]));
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(bytes: Buffer): Promise<ServerAnswer> {
    this.#rows = [];
    this.#error = undefined;
    return new Promise((resolve) => {
      this.#answered = resolve;
      if (this.#socket.destroyed) resolve({ error: "closed", rows: [], status: "I" });
      else this.#socket.write(bytes);
    });
  }

  #read(bytes: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    while (this.#pending.length >= 5) {
      const end = 1 + this.#pending.readInt32BE(1);
      if (this.#pending.length < end) return;
      const body = this.#pending.subarray(5, end);
      const type = String.fromCharCode(this.#pending[0] ?? 0);
      this.#pending = this.#pending.subarray(end);
      this.#take(type, body);
    }
  }

  #take(type: string, body: Buffer): void {
    if (type === "E") {
      const code = body
        .toString("utf8")
        .split("\0")
        .find((field) => field.startsWith("C"));
      this.#error ??= code?.slice(1) ?? "unknown";
    } else if (type === "D") this.#rows.push(valuesIn(body));
    else if (type === "G") {
      // COPY waits for what is to be copied: there is nothing.
      this.#socket.write(Buffer.from([0x63, 0, 0, 0, 4]));
    } else if (type === "Z") {
      const status = body.toString("latin1") as ServerAnswer["status"];
      const error = this.#error === undefined ? {} : { error: this.#error };
      this.#answered({ ...error, rows: this.#rows, status });
    }
  }
}

function valuesIn(body: Buffer): (string | null)[] {
  const values: (string | null)[] = [];
  let at = 2;
  for (let count = body.readInt16BE(0); count > 0; count -= 1) {
    const length = body.readInt32BE(at);
    at += 4;
    values.push(length < 0 ? null : body.toString("utf8", at, at + length));
    at += Math.max(0, length);
  }
  return values;
}
