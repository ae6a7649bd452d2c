import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { PageReport } from "./decide-page.ts";

/** A page on this machine, and what it sends back. */
export interface PageServer {
  readonly url: string;
  readonly report: Promise<PageReport>;
  close(): Promise<void>;
}

const page = '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>';

/** Serves one page that runs `program` on `cases` under a Content-Security-Policy. */
export async function servePage(given: {
  readonly program: string;
  readonly cases: string;
  readonly contentSecurityPolicy: string;
}): Promise<PageServer> {
  const received = new EventEmitter();
  const report = once(received, "report").then(([text]) => JSON.parse(String(text)) as PageReport);
  const files: Readonly<Record<string, readonly [type: string, text: string]>> = {
    "/": ["text/html", page],
    "/page.js": ["text/javascript", given.program],
    "/cases": ["application/json", given.cases],
  };
  const server = createServer((request, response) => {
    if (request.method === "POST" && request.url === "/report") {
      receive(request, response).then(
        (text) => received.emit("report", text),
        (error: unknown) => received.emit("error", error),
      );
      return;
    }
    const [type, text] = files[request.url ?? ""] ?? [];
    if (type === undefined || text === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "content-type": `${type}; charset=utf-8`,
      "content-security-policy": given.contentSecurityPolicy,
    });
    response.end(text);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    report,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  response.writeHead(204).end();
  return Buffer.concat(parts).toString("utf8");
}
