import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { isGlobalAddress, urlFact } from "@holdfast/facts";
import type { FactAnswer, Json } from "@holdfast/model";
import { needTool } from "../../../tools/need-tool.ts";
import { expectFact, keepCases, readCases } from "./fact-case.ts";
import type { FactCases } from "./fact-case.ts";

interface UrlInput {
  readonly url: Json;
  readonly addresses?: Readonly<Record<string, readonly string[]>>;
}

interface UrlEntry {
  readonly host: string;
  readonly port: number;
  readonly private: boolean;
  readonly odd: readonly string[];
  readonly opaque: boolean;
}

function answerTo(url: Json, addresses?: UrlInput["addresses"]): FactAnswer {
  return urlFact([{ arg: "url", use: "url", value: url }], { addresses });
}

function entryOf(answer: FactAnswer): UrlEntry | undefined {
  if ("error" in answer) return undefined;
  return (answer.value as unknown as readonly UrlEntry[])[0];
}

describe("the cases of conformance/facts/url.json", () => {
  const file = readCases("url") as FactCases<UrlInput>;
  afterAll(() => keepCases("url", file));
  test.each(file.cases.map((each) => [each.name, each] as const))("%s", (_, each) => {
    const { url, addresses } = each.input;
    expectFact(each, answerTo(url, addresses), (value) => (value as readonly Json[])[0] ?? null);
  });
});

const pieces = fc.constantFrom(
  ..."http https : / // \\ @ ? # [ ] . % 0x 127 1 0177 :: ffff a example com xn-- localhost".split(
    " ",
  ),
  "\t",
  "\n",
  "\0",
  " ",
  ..."%2f %00 .. ; \u3002 \uff0f \u00ad 80 :80".split(" "),
);
const someUrl = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join("")),
  fc.array(pieces, { maxLength: 12 }).map((parts) => `http://${parts.join("")}`),
);

describe("for every text", () => {
  test("the fact is an answer, and the same one again", () => {
    fc.assert(
      fc.property(someUrl, (url) => {
        expect(answerTo(url)).toEqual(answerTo(url));
      }),
      { numRuns: 2000 },
    );
  });

  test("what is not opaque has a plain host, and a name is private unless it is pinned", () => {
    fc.assert(
      fc.property(someUrl, (url) => {
        const entry = entryOf(answerTo(url));
        if (entry === undefined || entry.opaque) return;
        expect(entry.host).toMatch(/^(?:[a-z0-9_.-]*|[0-9a-f:]+)$/u);
        if (!entry.private) expect(isGlobalAddress(entry.host)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test("however an IPv4 address is written, it is as private as it is", () => {
    const near = fc.constantFrom(0x7f000001, 0x0a000001, 0xa9fea9fe, 0xc0a80101, 0xac100001);
    fc.assert(
      fc.property(fc.oneof(near, fc.nat(0xffffffff)), fc.nat(5), (address, form) => {
        const bytes = [24, 16, 8, 0].map((shift) => (address >>> shift) & 255);
        const plain = bytes.join(".");
        const written = [
          String(address),
          `0x${address.toString(16)}`,
          bytes.map((byte) => `0x${byte.toString(16)}`).join("."),
          `${bytes[0]}.${address & 0xffffff}`,
          `${bytes[0]}.${bytes[1]}.${address & 0xffff}`,
          plain,
        ][form];
        expect(entryOf(answerTo(`http://${written}/`))).toMatchObject({
          host: plain,
          private: !isGlobalAddress(plain),
        });
      }),
    );
  });
});

/** What curl asks a proxy for, by the number in the path: the host and port it would connect to. */
async function curlTargets(curl: string, urls: readonly string[]): Promise<Map<number, string>> {
  const targets = new Map<number, string>();
  const server = createServer((request, response) => {
    const [, host = "", number = ""] =
      /^http:\/\/([^/]*)\/.*?n=(\d+)$/u.exec(request.url ?? "") ?? [];
    targets.set(Number(number), host);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const config = urls.map((url) => `url = ${JSON.stringify(url)}\noutput = /dev/null`).join("\n");
  const child = promisify(execFile)(curl, [
    "-g",
    "-s",
    "-x",
    `127.0.0.1:${port}`,
    "-m",
    "20",
    "-K",
    "-",
  ]);
  child.child.stdin?.end(config);
  // Its code is that of the last URL.
  await child.catch(() => undefined);
  await new Promise((resolve) => server.close(resolve));
  return targets;
}

describe("beside curl", () => {
  const hosts = fc.array(
    fc.constantFrom(
      ..."a B example.com . : @ % ; , 127 1 0x7f 0177 010 256 [::1] [::ffff:1.2.3.4] %61 %2e 80 xn--a - _".split(
        " ",
      ),
    ),
    { minLength: 1, maxLength: 5 },
  );

  test("what curl would connect to is what the fact says, or the fact is opaque or none", async (context) => {
    const curl = needTool(context, "curl");
    const made = fc.sample(hosts, 800).map((parts) => parts.join(""));
    const urls = made.map((host, index) => `http://${host}/?n=${index}`);
    const targets = await curlTargets(curl, urls);
    let agreed = 0;
    const apart: string[] = [];
    for (const [index, target] of targets) {
      const entry = entryOf(answerTo(urls[index] ?? ""));
      if (entry === undefined || entry.opaque) continue;
      // Both write the same IPv6 address in their own way.
      const six = target.startsWith("[") ? new URL(`http://${target}`).host : target;
      const own = entry.host.includes(":") ? `[${entry.host}]` : entry.host;
      const said = `${own}${entry.port === 80 ? "" : `:${entry.port}`}`;
      const curled = six
        .toLowerCase()
        .replace(/\.(?=:|$)/u, "")
        .replace(/:80$/u, "");
      const same = curled === said;
      if (same) agreed += 1;
      else apart.push(`${urls[index]}: curl \`${target}\`, fact \`${said}\``);
    }
    expect(apart).toEqual([]);
    expect(agreed).toBeGreaterThan(50);
  });
});
