/**
 * Which calls are learned from. Seen to fail: a tool called `*` in one run of a trace, for which no policy was
 * learned of any.
 */
import type { JsonObject } from "@holdfast/model";
import { parseJson } from "@holdfast/model";
import { expect, test } from "vitest";
import { learnedSource } from "../src/learn/learned-setting.ts";

const call = (tool: string, args: JsonObject = {}) => ({
  server: "local",
  tool,
  args,
  agent: { id: "agent" },
  place: "span 1",
});

test.for([
  call("*"),
  call("send*"),
  call("two words"),
  call("\u{652F}"),
  call("a\n"),
  call("x".repeat(300)),
  call("send", parseJson('{"__proto__": 1}') as JsonObject),
  call("send", { "\uD800": 1 }),
  { ...call("send"), environment: "two words" },
  { ...call("send"), environment: "x".repeat(200) },
])("a call that no policy can name is left aside, and told: %o", (odd) => {
  const runs = [{ id: "1", prompt: "send", calls: [odd, call("send_mail", { to: "bo" })] }];
  const { runs: kept, aside } = learnedSource(runs, {});
  expect(kept.map(({ calls }) => calls.map(({ tool }) => tool))).toEqual([["send_mail"]]);
  expect(aside).toBe("1 call left aside, of names that no policy can hold");
});

test("why nothing is left is told", () => {
  const odd = { ...call("send"), environment: "two words" };
  expect(() => learnedSource([{ id: "1", calls: [odd] }], {})).toThrow(
    "no run has a call of server `local`; 1 call left aside, of names that no policy can hold",
  );
  expect(() => learnedSource([{ id: "1", calls: [] }], {})).toThrow(/^no run has a call$/u);
});

test("an environment that can be none is refused before anything is learned", () => {
  const runs = [{ id: "1", calls: [call("send")] }];
  expect(() => learnedSource(runs, { environment: ["staging", "two words"] })).toThrow(
    "`two words` is no name of an environment",
  );
});

test("a call that another agent passed on is learned from as one", () => {
  const call = { server: "s", tool: "look", args: {}, agent: { id: "a" }, place: "record 1" };
  const calls = [call, { ...call, delegation: ["planner", "lead"] }];
  const { runs } = learnedSource([{ id: "r", calls }], {});
  const hop = (agent: string) => ({ agent, scopes: ["tool:s.look"] });
  expect(runs[0]?.calls.map(({ delegation }) => delegation)).toEqual([
    undefined,
    [hop("planner"), hop("lead")],
  ]);
});

test("runs that make up environments without end have the usual ones declared", () => {
  const call = { server: "s", tool: "look", args: {}, agent: { id: "a" }, place: "record 1" };
  const made = (environment: string) => ({ id: environment, calls: [{ ...call, environment }] });
  const odd = Array.from({ length: 5000 }, (_, at) => made(`a-${at}`));
  const runs = [...odd, made("staging"), made("staging"), made("staging")];
  const { environments, setting } = learnedSource(runs, { environment: ["moon"] });
  expect([environments.length, environments[0], setting.environment]).toEqual([
    101,
    "moon",
    "moon",
  ]);
  expect(environments).toContain("staging");
});

test("one run with very many calls does not make up which environments are declared", () => {
  const call = { server: "s", tool: "look", args: {}, agent: { id: "a" }, place: "record 1" };
  const odd = Array.from({ length: 500 }, (_, at) => ({ ...call, environment: `a-${at % 100}` }));
  const honest = ["1", "2"].map((id) => ({ id, calls: [{ ...call, environment: "staging" }] }));
  const { environments } = learnedSource([{ id: "lie", calls: odd }, ...honest], {});
  expect(environments).toContain("staging");
});
