import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * The host and port that curl asks for, of each URL with the scheme `http`; `undefined` where it asks
 * for none. Every connection is led to a server of one's own on this machine, which reads the header.
 */
export async function curlHosts(
  curl: string,
  urls: readonly string[],
): Promise<readonly (string | undefined)[]> {
  const hosts: (string | undefined)[] = urls.map(() => undefined);
  const server = createServer((request, response) => {
    hosts[Number(request.headers["x-case"])] = request.headers.host;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as AddressInfo;
  const settings = urls.map((url, index) =>
    [
      `url = "${url.replaceAll(/["\\]/gu, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}"`,
      `header = "x-case: ${index}"`,
      `connect-to = "::127.0.0.1:${port}"`,
      'globoff\nsilent\nmax-time = 5\noutput = /dev/null\nproxy = ""',
    ].join("\n"),
  );
  const child = spawn(curl, ["-q", "--config", "-"], { stdio: ["pipe", "ignore", "ignore"] });
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.stdin.end(settings.join("\nnext\n"));
  await ended;
  server.closeAllConnections();
  server.close();
  return hosts;
}
