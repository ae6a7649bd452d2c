import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { canonicalJson } from "@holdfast/model";
import type { DecisionCase } from "../packages/engine/test/decision-case.ts";
import { needTool } from "../tools/need-tool.ts";
import { decidedCase, engineOptions } from "./browser/decided-case.ts";
import type { PageReport } from "./browser/decide-page.ts";
import { bundleForBrowser } from "./browser/engine-bundle.ts";
import { servePage } from "./browser/page-server.ts";

/** A browser that starts empty and speaks to nobody but the page. */
const chromiumArguments = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const strict = "default-src 'none'; connect-src 'self'; script-src 'self'";
const lenient = `${strict} 'unsafe-eval'`;

const folder = new URL("../conformance/decisions/", import.meta.url);
const cases = readdirSync(folder)
  .filter((name) => name !== "schema.json")
  .flatMap((name) => {
    const text = readFileSync(new URL(name, folder), "utf8");
    return (JSON.parse(text) as { cases: DecisionCase[] }).cases;
  });

/** What the page says of the cases in a fresh browser. */
async function decidedInBrowser(
  executablePath: string,
  program: string,
  contentSecurityPolicy: string,
  asked: readonly DecisionCase[],
): Promise<PageReport> {
  const server = await servePage({ program, cases: JSON.stringify(asked), contentSecurityPolicy });
  const profile = mkdtempSync(join(tmpdir(), "holdfast-chromium-"));
  try {
    const browser = await chromium.launchPersistentContext(profile, {
      executablePath,
      args: chromiumArguments,
      chromiumSandbox: false,
    });
    try {
      const page = await browser.newPage();
      const failed = new Promise<never>((_, reject) => {
        page.on("pageerror", reject);
        page.on("crash", () => reject(new Error("the page crashed")));
      });
      await page.goto(server.url);
      return await Promise.race([server.report, failed]);
    } finally {
      await browser.close();
    }
  } finally {
    await server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** Cases without a schema: checking one needs code, which a strict page does not let anybody make. */
const withoutSchema = cases.filter(({ policy }) => !policy.some((text) => /\bschema:/u.test(text)));

describe("the engine in a browser", () => {
  let program: string;
  let here: readonly string[][];

  beforeAll(async () => {
    const bundle = await bundleForBrowser(new URL("browser/decide-page.ts", import.meta.url));
    program = bundle.code;
    here = cases.map((one) => decidedCase(one));
  });

  test("is asked what at least 100 cases ask, and Node gives what they expect in every way", () => {
    expect(cases.length).toBeGreaterThanOrEqual(100);
    for (const [index, answers] of here.entries()) {
      expect(new Set(answers).size).toBe(1);
      const { decision } = JSON.parse(answers[0] ?? "") as { decision: { bundle?: string } };
      delete decision.bundle;
      expect(canonicalJson(decision)).toBe(canonicalJson(cases[index]?.expect ?? null));
    }
  });

  test.for([
    ["where text may become code", lenient, true, cases],
    ["under a policy that forbids `unsafe-eval`", strict, false, withoutSchema],
  ] as const)("gives the same bytes as in Node %s", async ([, policy, may, asked], context) => {
    const chromiumPath = needTool(context, "chromium");
    expect(asked.length).toBeGreaterThanOrEqual(100);
    const report = await decidedInBrowser(chromiumPath, program, policy, asked);
    expect(report.error).toBeUndefined();
    expect(report.mayGenerateCode).toBe(may);
    expect(report.decided).toHaveLength(asked.length);
    for (const [index, answers] of report.decided.entries()) {
      const one = asked[index];
      const expected = one === undefined ? undefined : here[cases.indexOf(one)];
      for (const [way, answer] of answers.entries()) {
        const told = `${one?.name}, ${JSON.stringify(engineOptions[way])}`;
        expect(answer, told).toBe(expected?.[way]);
      }
    }
  });

  test("refuses a tool with a schema where text may not become code", async (context) => {
    const chromiumPath = needTool(context, "chromium");
    const asked = cases.filter(
      (one) =>
        !withoutSchema.includes(one) && one.history === undefined && one.expect.effect === "allow",
    );
    expect(asked.length).toBeGreaterThan(0);
    const report = await decidedInBrowser(chromiumPath, program, strict, asked);
    expect(report.error).toBeUndefined();
    const codes = report.decided.flat().map((answer) => {
      const { decision } = JSON.parse(answer) as { decision: { effect: string; code: string } };
      return `${decision.effect} ${decision.code}`;
    });
    expect(new Set(codes)).toEqual(new Set(["deny schema"]));
  });
});

describe("the engine's bundle for browsers", () => {
  test("holds all it needs and no module of Node, and stays within its budget", async () => {
    const entry = new URL("../packages/engine/src/index.ts", import.meta.url);
    const { code, imports, warnings } = await bundleForBrowser(entry);
    expect(warnings).toEqual([]);
    expect(imports).toEqual([]);
    const size = { bytes: Buffer.byteLength(code), gzipBytes: gzipSync(code).length };
    console.log(`engine for browsers: ${size.bytes} bytes minified, ${size.gzipBytes} with gzip`);
    expect(size.bytes).toBeLessThan(1_500_000);
    expect(size.gzipBytes).toBeLessThan(420_000);
  });
});
