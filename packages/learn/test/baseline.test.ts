/**
 * How agents behave, and what is new of it. Seen to fail: runs counted by their order, an origin that is better
 * than any seen taken for new, another version compared as the same, what chance explains told as drift.
 */
import { baselineText, driftOf, learnBaseline, readBaseline } from "@holdfast/learn";
import type { AgentDrift, Baseline, ObservedCall, ObservedRun } from "@holdfast/learn";
import { copyJson } from "@holdfast/model";
import type { JsonObject } from "@holdfast/model";
import { describe, expect, test } from "vitest";

const dayMs = Date.UTC(2026, 10, 21);

function call(tool: string, args: JsonObject, result?: JsonObject): Partial<ObservedCall> {
  return { tool, args, ...(result === undefined ? {} : { result }) };
}

function run(id: number, calls: readonly Partial<ObservedCall>[], agent = {}): ObservedRun {
  return {
    id: `r${id}`,
    prompt: `find customer ${1000 + id} and write to her`,
    calls: calls.map((each, at) => ({
      server: "crm",
      tool: "find",
      args: {},
      agent: { id: "helper", version: "1", ...agent },
      timeMs: dayMs + id * 60_000 + at,
      place: `record ${id}.${at}`,
      ...each,
    })),
  };
}

/** One honest run: the id is from the prompt, the address from what was found. */
function usual(id: number): ObservedRun {
  const email = `c${1000 + id}@customer.example`;
  return run(id, [
    call("find", { id: 1000 + id }, { email, name: "Ana" }),
    call("write", { to: email, body: "hello there" }, { ok: true }),
  ]);
}

/** As usual, with so many rows that where they come from cannot be told. */
function wide(id: number): ObservedRun {
  const email = `c${1000 + id}@customer.example`;
  const rows = Array.from({ length: 1001 }, (_, at) => `row ${at}`);
  return run(id, [
    call("find", { id: 1000 + id }, { email, name: "Ana" }),
    call("write", { to: email, rows }, { ok: true }),
  ]);
}

const runs = Array.from({ length: 12 }, (_, id) => usual(id));
const baseline = learnBaseline(runs);
const only = (all: readonly AgentDrift[]): AgentDrift => {
  const [first] = all;
  if (first === undefined || all.length > 1) throw new Error(`${all.length} agents`);
  return first;
};
const against = (window: readonly ObservedRun[], known: Baseline = baseline): AgentDrift =>
  only(driftOf(known, window));
const drifting = ({ novelty }: AgentDrift) =>
  novelty.flatMap(({ dimension, drifts }) => (drifts ? [dimension] : []));

describe("a baseline", () => {
  test("holds counts and shapes, no value, and the same bytes in whatever order runs come", () => {
    const text = baselineText(baseline);
    expect(baselineText(learnBaseline(runs.toReversed()))).toBe(text);
    expect(text).not.toContain("customer.example");
    expect(text).not.toContain("hello");
    expect(baseline.agents[0]).toMatchObject({
      agent: "helper",
      version: "1",
      tasks: 12,
      runs: 12,
      calls: 24,
      mostCallsPerRun: 2,
      from: dayMs,
      transitions: { "(start)": { "crm.find": 12 }, "crm.find": { "crm.write": 12 } },
    });
    expect(baseline.agents[0]?.tools["crm.write"]?.arguments["to"]).toMatchObject({
      shapes: { email: 12 },
      origins: { field: 12 },
    });
    expect(baseline.agents[0]?.tools["crm.find"]?.arguments["id"]?.origins).toEqual({ prompt: 12 });
    expect(readBaseline(copyJson(JSON.parse(text)), "x")).toEqual(baseline);
    expect(() => readBaseline({ kind: "other" }, "x.json")).toThrow("x.json: not a baseline");
  });

  test("counts a task once, however often it was run", () => {
    const again = [...runs, ...runs.map((each, id) => ({ ...each, id: `again${id}` }))];
    const [agent] = learnBaseline(again).agents;
    expect(agent).toMatchObject({ tasks: 12, runs: 24, calls: 48, mostCallsPerRun: 2 });
    expect(agent?.tools).toEqual(baseline.agents[0]?.tools);
  });

  test("counts where tools are used, where runs tell it", () => {
    const at = (environment: string, own: ObservedRun): ObservedRun => ({
      ...own,
      calls: own.calls.map((each) => Object.assign({}, each, { environment })),
    });
    const known = learnBaseline(runs.map((each) => at("staging", each)));
    expect(known.agents[0]?.tools["crm.find"]?.environments).toEqual({ staging: 12 });
    expect(readBaseline(copyJson(JSON.parse(baselineText(known))), "x")).toEqual(known);
    expect(against([at("staging", usual(90)), usual(91)], known)).toMatchObject({ changes: [] });
    const moved = against([at("production", usual(90))], known);
    expect(drifting(moved)).toEqual(["environments"]);
    expect(moved.changes.map(({ what }) => what)).toEqual([
      "`crm.find` is called in `production`",
      "`crm.write` is called in `production`",
    ]);
    // Of baselines that tell of none, those of earlier releases too, nothing is new.
    expect(against([at("production", usual(90))])).toMatchObject({ drifts: false, changes: [] });
    expect(baselineText(baseline)).not.toContain("environments");
  });

  test("is steady beside itself, and beside more of the same", () => {
    expect(against(runs)).toMatchObject({ drifts: false, comparison: "same", changes: [] });
    expect(against([usual(90), usual(91)])).toMatchObject({ drifts: false, changes: [] });
  });
});

describe("drift", () => {
  const changed = (calls: readonly Partial<ObservedCall>[]): readonly ObservedRun[] =>
    [20, 21, 22].map((id) => run(id, calls));
  const told = (window: readonly ObservedRun[]) => against(window).changes.map(({ what }) => what);

  test("is a tool that was never called, and is told with its first example", () => {
    const window = [usual(30), run(31, [call("purge", { table: "x" })]), usual(32)];
    const drift = against(window);
    expect(drifting(drift)).toEqual(["tools"]);
    expect(drift.changes[0]).toEqual({
      dimension: "tools",
      what: "`crm.purge` is called",
      seen: 1,
      first: { run: "r31", place: "record 31.0", timeMs: dayMs + 31 * 60_000 },
    });
  });

  test("an argument of too many parts hides nothing of those beside it", () => {
    const { agents } = learnBaseline(Array.from({ length: 12 }, (_, id) => wide(id)));
    const { to, rows } = agents[0]?.tools["crm.write"]?.arguments ?? {};
    expect(to?.origins).toEqual({ field: 12 });
    expect(rows?.origins).toEqual({});
  });

  test("is another order, another shape, a size over twice the greatest, a worse origin", () => {
    expect(told(changed([call("write", { to: "c1@customer.example", body: "hello" })]))).toContain(
      "`crm.write` comes after `(start)`",
    );
    expect(told(changed([call("find", { id: "all" })]))).toContain("`id` of `crm.find` is word");
    expect(told(changed([call("find", { id: 1020, deep: true })]))).toContain(
      "`crm.find` has the argument `deep`",
    );
    expect(told(changed([call("find", { id: 900_000 })]))).toContain(
      "`id` of `crm.find` is over 524288, before at most 1024",
    );
    expect(told(changed([call("find", { id: 777 })]))).toContain(
      "`id` of `crm.find` comes from `nowhere`, before `prompt` at worst",
    );
    // From the prompt is better than from a field: nothing is new.
    const better = run(20, [
      call("find", { id: 1020 }, { email: "x@customer.example" }),
      call("write", { to: "z@customer.example", body: "hello there" }),
    ]);
    const asked = { ...better, prompt: "find 1020 and write to z@customer.example" };
    expect(told([asked, asked])).toEqual([]);
  });

  test("is a rate: runs over twice as long, and a tool that far more or fewer runs call", () => {
    const long = changed(Array.from({ length: 7 }, () => call("find", { id: 1020 })));
    expect(told(long)).toContain("runs have over 6 calls, before at most 2");
    expect(told(long)).toContain("`crm.find` is called over 4 times in a run, before at most 1");
    const silent = Array.from({ length: 12 }, (_, id) => run(id, usual(id).calls.slice(0, 1)));
    expect(told(silent)).toEqual(["`crm.write` is called in 0 of 12 tasks, before in 12 of 12"]);
  });

  test("is no more than chance, of what was seen only once while learning", () => {
    const varied = runs.map((each, id) => ({
      ...each,
      calls: [...each.calls, ...run(id, [call(`rare${id}`, {})]).calls],
    }));
    const known = learnBaseline(varied);
    const next = [run(40, [...usual(40).calls, call("rare40", {})]), usual(41)];
    expect(against(next, known)).toMatchObject({
      drifts: false,
      novelty: [{ dimension: "tools", novel: 1 }, {}, {}, {}, {}, {}],
    });
    expect(against(next)).toMatchObject({ drifts: true });
  });

  test("begins anew with another version or model, and is nobody's of an unknown agent", () => {
    const purge = (agent: object) => [run(50, [call("purge", {})], agent)];
    const next = against(purge({ version: "2" }));
    expect(next).toMatchObject({
      comparison: "new_version",
      version: "2",
      against: { agent: "helper", version: "1" },
      drifts: false,
    });
    expect(next.changes[0]?.what).toBe("`crm.purge` is called");
    expect(against(purge({ model: "m-2" }))).toMatchObject({ comparison: "new_version" });
    expect(against(purge({ id: "other" }))).toMatchObject({
      comparison: "unknown_agent",
      drifts: true,
    });
    const both = driftOf(baseline, [...runs, ...purge({ version: "2" })]);
    expect(both.map(({ version, drifts }) => [version, drifts])).toEqual([
      ["1", false],
      ["2", false],
    ]);
  });
});
