import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { canonicalJson, decisionSchema, effects, reasonCodes } from "@holdfast/model";
import type { JsonObject } from "@holdfast/model";
import { createReferenceEngine } from "@holdfast/engine";
import { bundleOf, canonicalDecision, playedInput } from "./decision-case.ts";
import type { DecisionCase } from "./decision-case.ts";

const folder = new URL("../../../conformance/decisions/", import.meta.url);
const update = process.env["HOLDFAST_GOLDEN"] === "update";

interface Topic {
  readonly topic: string;
  cases: DecisionCase[];
}

const files = readdirSync(folder).filter((name) => name !== "schema.json");
const topics = files.map((name) => ({ name, file: readJson(name) as Topic }));
const cases = topics.flatMap(({ file }) => file.cases);

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, folder), "utf8"));
}

describe("the decision cases", () => {
  test("every file fits the schema and is named for its topic", () => {
    const validate = new Ajv2020({ strict: false }).compile(readJson("schema.json") as JsonObject);
    for (const { name, file } of topics) {
      expect(validate(file), `${name}: ${JSON.stringify(validate.errors?.[0])}`).toBe(true);
      expect(name).toBe(`${file.topic}.json`);
    }
  });

  test("no two cases of a topic have one name", () => {
    for (const { file } of topics) {
      const names = file.cases.map(({ name }) => name);
      expect(names).toEqual([...new Set(names)]);
    }
  });

  test("every effect is decided in every phase it is legal in", () => {
    const seen = new Set(cases.map((one) => `${phaseOf(one)} ${one.expect.effect}`));
    const wanted = effects.flatMap((effect) =>
      effect === "sandbox" ? [`call ${effect}`] : [`call ${effect}`, `result ${effect}`],
    );
    expect(wanted.filter((pair) => !seen.has(pair))).toEqual([]);
  });

  test("every reason code is given", () => {
    const seen = new Set(cases.map((one) => one.expect.code));
    // `audit_unavailable` is the runtime's: no bundle decides it.
    const decided = reasonCodes.filter((code) => code !== "audit_unavailable");
    expect(decided.filter((code) => !seen.has(code))).toEqual([]);
  });

  test("every part of the language that must have a case has one", () => {
    const seen = new Set(cases.flatMap((one) => one.covers));
    expect(required.filter((tag) => !seen.has(tag))).toEqual([]);
  });

  test("every field of a decision is expected somewhere", () => {
    const seen = new Set(cases.flatMap((one) => Object.keys(one.expect)));
    // `ticket` is the runtime's, `bundle` is left out of every case.
    const fields = Object.keys(decisionSchema.shape).filter(
      (name) => name !== "ticket" && name !== "bundle",
    );
    expect(fields.filter((name) => !seen.has(name))).toEqual([]);
  });
});

for (const { name, file } of topics) {
  describe(`decisions on ${file.topic}`, () => {
    const made: DecisionCase[] = [];
    for (const one of file.cases) {
      test(one.name, () => {
        const engine = createReferenceEngine(bundleOf(one.policy));
        const decision = engine.decide(playedInput(engine, one));
        expect(decisionSchema.parse(decision)).toEqual(decision);
        expect(Object.values(decision)).not.toContain(undefined);
        if (update) {
          const { bundle: _bundle, ...rest } = decision;
          made.push({ ...one, expect: JSON.parse(canonicalJson(rest)) });
          const text = JSON.stringify({ $schema: "./schema.json", ...file, cases: made }, null, 2);
          if (made.length === file.cases.length) writeFileSync(new URL(name, folder), `${text}\n`);
          return;
        }
        expect(canonicalDecision(decision)).toBe(canonicalJson(one.expect));
      });
    }
  });
}

function phaseOf(one: DecisionCase): string {
  return one.request.action?.phase ?? "call";
}

/** Joins, error rows, history, delegation, restrictions, observe: what must never lose its case. */
const required: readonly string[] = `
  join:narrowest join:determining join:remove join:mask join:ancestor join:equal join:paths
  join:conflict join:approvals join:throttle join:defer join:sandbox join:obligations join:contain
  join:reason absorption allow modify sandbox throttle defer step_up deny contain set mask reason
  non-boolean missing has fact external origin absent amount key happened happened-within count
  since meter limit window calendar settle nothing-sent reserve retry decision begin success
  failure approved rejected simulated chain key:session key:tenant key:global key:agent key:args
  boundary scope:tool scope:label scope:resource scope:empty scope:unknown hops own-authority
  expiry release policy mode precedence fallback kind:label kind:tool kind:server kind:read_only
  kind:network kind:delegation kind:isolate kind:terminate kind:unknown capability:effect
  capability:obligation capability:sandbox unregistered schema:default original rewritten resources
  origin:absent origin:act origin:bounds origin:classification origin:content origin:dropped
  origin:echo origin:empty origin:field origin:first origin:from_only origin:host origin:labels origin:latest
  origin:leaves origin:limit origin:literals origin:mood origin:named origin:names_act
  origin:no_worse origin:nowhere origin:number origin:observe origin:own origin:policy
  origin:prompt origin:requested_by origin:result origin:rewritten origin:sentence origin:session
  origin:short origin:tenant origin:text origin:topic origin:touches origin:unknown
  fact:absent fact:error fact:limit fact:opaque fact:type fact:unannotated fact:value
  label:derived mask:found origin:unlabelled origin:untrusted origin:withheld origin:words origin:worst
`
  .trim()
  .split(/\s+/u);
