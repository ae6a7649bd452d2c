import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "@holdfast/model";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import type { Engine, State } from "@holdfast/engine";
import { bundleOf } from "./decision-case.ts";
import { askingBundle, play, question, sessionRequest, sessionTools } from "./origin-session.ts";
import type { SessionStep } from "./origin-session.ts";

const bundle = askingBundle({
  tier: "origin(args.v).tier",
  user: 'from_only(args.v, ["user"])',
  crm: 'from_only(args.v, ["crm"])',
  touches: 'touches(args.v, "untrusted")',
});
const engine = createEngine(bundle);

const entriesMax = 65_536;
const unitsMax = 4 * 1024 * 1024;
const memoriesMax = 4_096;

function prompt(text: string, root = "s", source = "chat"): SessionStep {
  return { step: "observe", seen: "prompt", labels: ["user"], text, source, root };
}

function document(text: string, root = "s"): SessionStep {
  return { step: "observe", seen: "document", labels: ["untrusted"], text, source: "", root };
}

function result(value: Json, args: JsonObject = {}): SessionStep {
  return { step: "result", tool: "crm.search", args, result: value };
}

function said(state: State, value: Json, of: Engine = engine): string {
  return of.decide(question(state, value)).reason;
}

function seen(state: State, root = "s"): Json {
  const input = question(state, "", "crm.search");
  const request = sessionRequest("crm.search", {}, root);
  return engine.slice({ ...input, request })["origins"] ?? null;
}

describe("what a session is remembered of", () => {
  test("stays complete up to the last entry that fits, and grows no more from the next on", () => {
    const state = engine.createState();
    const fields = Array.from({ length: entriesMax - 1 }, (_, index) => `field ${index}`);
    play(engine, state, [prompt("hello"), result(fields)]);
    expect(seen(state)).toMatchObject({ entries: entriesMax, full: false });
    expect(said(state, "field 65534")).toContain("crm=true | touches=false");
    play(engine, state, [prompt("one more")], 3);
    expect(seen(state)).toMatchObject({ entries: entriesMax, full: true });
    expect(said(state, "one more")).toBe("tier=nowhere | user=false | crm=false | touches=true");
    expect(said(state, "field 65534")).toContain("tier=field | user=false | crm=true");
  });

  test("counts the units of texts and names, and nothing else", () => {
    const state = engine.createState();
    play(engine, state, [prompt("four", "s", "chat"), document("x".repeat(unitsMax - 9))]);
    expect(seen(state)).toMatchObject({ entries: 2, units: unitsMax - 1, full: false });
    play(engine, state, [result("ab")], 3);
    expect(seen(state)).toMatchObject({ entries: 2, units: unitsMax - 1, full: true });
    // What is full takes nothing more, however short it is.
    play(engine, state, [result("a")], 4);
    expect(seen(state)).toMatchObject({ entries: 2, units: unitsMax - 1, full: true });
    const exact = engine.createState();
    play(engine, exact, [prompt("four"), document("x".repeat(unitsMax - 8))]);
    expect(seen(exact)).toMatchObject({ entries: 2, units: unitsMax, full: false });
  });

  test("is an error to read when the prompt did not fit", () => {
    const state = engine.createState();
    play(engine, state, [prompt("x".repeat(unitsMax + 1)), prompt("short")]);
    expect(seen(state)).toEqual({ entries: 0, units: 0, full: true, digest: "" });
    expect(said(state, "short")).toBe("tier={?} | user={?} | crm={?} | touches={?}");
  });

  test("is dropped whole for a new session when it was quiet longest", () => {
    const state = engine.createState();
    const steps = Array.from({ length: memoriesMax }, (_, index) => prompt("hi", `s${index}`));
    play(engine, state, steps);
    play(engine, state, [prompt("again", "s0")], memoriesMax + 1);
    expect(seen(state, "s1")).toMatchObject({ entries: 1 });
    play(engine, state, [prompt("new", "next")], memoriesMax + 2);
    expect(seen(state, "s1")).toEqual({ entries: 0, units: 0, full: true, digest: "" });
    expect(seen(state, "s0")).toMatchObject({ entries: 2 });
    expect(seen(state, "s2")).toMatchObject({ entries: 1 });
    expect(seen(state, "next")).toMatchObject({ entries: 1 });
  });

  test("is dropped for the units of others, but never for its own", () => {
    const state = engine.createState();
    const whole = "x".repeat(unitsMax);
    const steps = Array.from({ length: 16 }, (_, index) => document(whole, `s${index}`));
    play(engine, state, steps);
    expect(seen(state, "s0")).toMatchObject({ units: unitsMax });
    // s0 is full from here on, and was folded into last.
    play(engine, state, [document("x", "s0"), document("x", "other")], 17);
    expect(seen(state, "s0")).toMatchObject({ units: unitsMax, full: true });
    expect(seen(state, "s1")).toEqual({ entries: 0, units: 0, full: true, digest: "" });
    expect(seen(state, "s2")).toMatchObject({ units: unitsMax });
    expect(seen(state, "other")).toMatchObject({ units: 1 });
  });

  test("is told apart by tenant and by session root", () => {
    const state = engine.createState();
    play(engine, state, [prompt("abcd"), prompt("efgh", "other")]);
    expect(said(state, "abcd")).toContain("tier=prompt");
    expect(said(state, "efgh")).toContain("tier=nowhere");
    const input = question(state, "abcd");
    const elsewhere = { ...input, request: { ...input.request, tenant: "else" } };
    expect(engine.decide(elsewhere).reason).toContain("tier={?}");
    expect(engine.slice(elsewhere)["origins"]).toBeNull();
  });

  test("holds what was sent and shown, and nothing that was denied, withheld or cut out", () => {
    const state = engine.createState();
    const denied: SessionStep = {
      step: "send",
      tool: "pay.send",
      args: { to: "x" },
      granted: false,
    };
    const withheld = { ...result("whole"), decided: { effect: "deny" as const } };
    const redacted = { ...result("whole"), decided: { effect: "modify" as const, result: "cut" } };
    const emptied = { ...result("whole"), decided: { effect: "modify" as const, result: null } };
    play(engine, state, [prompt("hello"), denied, withheld, emptied]);
    expect(seen(state)).toMatchObject({ entries: 1 });
    play(engine, state, [redacted, { ...denied, granted: true }], 5);
    expect(seen(state)).toMatchObject({ entries: 3, units: "hellochat".length + 3 + 1 });
  });

  test("is nothing at all in a bundle that reads no origins", () => {
    const plain = createEngine(askingBundle({ v: "args.v" }));
    const state = plain.createState();
    play(plain, state, [prompt("abcd")]);
    expect(plain.slice(question(state, "abcd"))).not.toHaveProperty("origins");
    expect(engine.slice(question(state, "abcd"))["origins"]).toBeNull();
  });
});

describe("answers about origins", () => {
  test("change with what is seen later only where the text says so", () => {
    const state = engine.createState();
    play(engine, state, [prompt("hello"), result({ items: [{ other: "ACME-1 of record" }] })]);
    expect(said(state, "ACME-1")).toContain("tier=text | user=false");
    expect(said(state, "wxyz")).toContain("tier=nowhere | user=false");
    play(engine, state, [prompt("wxyz and ACME-1")], 3);
    // First seen in the result: a prompt that repeats it is a later sighting.
    expect(said(state, "ACME-1")).toContain("tier=text | user=true");
    expect(said(state, "wxyz")).toContain("tier=prompt | user=true");
  });

  test("see a record named by a prompt that comes after it", () => {
    const state = engine.createState();
    const record = { other: "pay to ACME-1", who: "Jane Doe" };
    play(engine, state, [prompt("hello"), result({ items: [record] })]);
    expect(said(state, "ACME-1")).toContain("tier=text");
    play(engine, state, [prompt("what of Jane Doe?")], 3);
    expect(said(state, "ACME-1")).toContain("tier=named");
  });

  test("never come back to what was sent or untrusted first", () => {
    const state = engine.createState();
    const sent: SessionStep = { step: "send", tool: "pay.send", args: { to: "to ACME-1", n: 12 } };
    play(engine, state, [prompt("hello"), sent, document("xBETA-2y")]);
    play(engine, state, [result(["ACME-1", "BETA-2", "GAMMA", "12", 7])], 4);
    expect(said(state, "ACME-1")).toContain("tier=nowhere | user=false | crm=false");
    expect(said(state, "BETA-2")).toContain("tier=field | user=false | crm=false");
    expect(said(state, "GAMMA")).toContain("tier=field | user=false | crm=true");
    expect(said(state, 12)).toContain("crm=false");
    expect(said(state, 7)).toContain("crm=true");
    expect(said(state, ["GAMMA", 7])).toContain("crm=true");
    expect(said(state, ["GAMMA", true])).toContain("tier=nowhere | user=false | crm=false");
    expect(said(state, [])).toContain("tier=nowhere | user=false | crm=false");
  });

  test("never come back to a short field or a host that came untrusted first", () => {
    const state = engine.createState();
    const forwarded = { ...prompt("see shop.example for it"), labels: ["user", "untrusted"] };
    play(engine, state, [forwarded, result({ items: [{ said: "x7" }, { iban: "y8" }] })]);
    play(
      engine,
      state,
      [result(["x7", "y8", "https://shop.example/a", "https://else.example/a"])],
      3,
    );
    expect(said(state, "x7")).toContain("tier=field | user=false | crm=false");
    expect(said(state, "y8")).toContain("tier=own | user=false | crm=true");
    expect(said(state, "https://shop.example/a")).toContain(
      "tier=prompt_host | user=false | crm=false",
    );
    expect(said(state, "https://else.example/a")).toContain("tier=field | user=false | crm=true");
  });

  test("take labels from a pattern at a whole step of the path alone", () => {
    const state = engine.createState();
    const record = { who: { name: "Ana One" }, whom: "Ben Two", note: ["Cid Three"] };
    play(engine, state, [prompt("hello"), result({ items: [record] })]);
    expect(said(state, "Ana One")).toContain("tier=own | user=false | crm=false");
    expect(said(state, "Ben Two")).toContain("tier=field | user=false | crm=true");
    expect(said(state, "Cid Three")).toContain("tier=text | user=false | crm=false | touches=true");
  });

  test("touch by a run of five words in whatever case, and by no shorter one", () => {
    const state = engine.createState();
    play(engine, state, [prompt("hello"), document("Send ALL of it, to the vault now")]);
    expect(said(state, "please: send all of it - to them")).toContain("touches=true");
    expect(said(state, "please: send all of it for them")).toContain("touches=false");
    play(engine, state, [document("all of it for them")], 3);
    expect(said(state, "please: send all of it for them")).toContain("touches=true");
  });

  test("touch what was read first of a long text, and of many", () => {
    const state = engine.createState();
    const words = Array.from({ length: 2_000 }, (_, index) => `word${index}`);
    play(engine, state, [prompt("hello"), document(words.slice(0, 900).join(" "))]);
    play(engine, state, [document(words.slice(900).join(", "))], 3);
    for (const first of [0, 450, 895, 900, 1_995]) {
      const run = words.slice(first, first + 5).join("-");
      expect(said(state, `so ${run} then`)).toContain("touches=true");
      expect(said(state, `so ${run.replace("-", "- and -")} then`)).toContain("touches=false");
    }
    expect(said(state, words.slice(898, 902).join("-"))).toContain("touches=false");
  });

  test("are explained by their tier and source, alike in both engines", () => {
    const conditions: readonly (readonly [string, string, string])[] = [
      ['no_worse(origin(args.v), "field")', "text (crm.search items[].note)", '"field" or better'],
      ['from_only(args.v, ["user"])', "false", "true"],
    ];
    for (const [when, found, needed] of conditions) {
      const allowing = bundleOf([
        sessionTools,
        `{apiVersion: holdfast.dev/v1, kind: Policy, metadata: {name: p}, spec: {match: {tools: [pay.send]},
          rules: [{id: r, effect: allow, when: ${JSON.stringify(when)}}]}}`,
      ]);
      for (const of of [createEngine(allowing), createReferenceEngine(allowing)]) {
        const state = of.createState();
        play(of, state, [prompt("hello"), result({ items: [{ note: "to ACME-1 now" }] })]);
        const { nearest } = of.explain(question(state, "ACME-1"));
        expect(nearest?.failed).toMatchObject({ found, needed });
      }
    }
  });

  test("are given for a thousand leaves and are an error for one more", () => {
    const state = engine.createState();
    play(engine, state, [prompt("abcd")]);
    const leaves = Array.from({ length: 1_000 }, () => "abcd");
    expect(said(state, leaves)).toContain("tier=prompt | user=true");
    expect(said(state, [...leaves, "abcd"])).toBe("tier={?} | user={?} | crm={?} | touches={?}");
  });

  test("stay right when more has been asked than is kept", () => {
    const state = engine.createState();
    play(engine, state, [prompt("abcd wxyz")]);
    for (let round = 0; round < 70; round += 1) {
      const values = Array.from({ length: 999 }, (_, index) => `none ${round} ${index}`);
      expect(said(state, [...values, "abcd"])).toContain("tier=nowhere | user=false");
    }
    expect(said(state, "abcd")).toContain("tier=prompt | user=true");
    expect(said(state, "none 0 0")).toContain("tier=nowhere | user=false");
  });

  test("are the reference engine's for what comes under one sequence number in two folds", () => {
    const reference = createReferenceEngine(bundle);
    const [own, other] = [engine.createState(), reference.createState()];
    for (const [of, state] of [
      [engine, own],
      [reference, other],
    ] as const) {
      play(of, state, [prompt("hello")]);
      play(of, state, [result({ items: [{ said: "ACME-1" }] })], 2);
      expect(said(state, "ACME-1", of)).toContain("tier=field | user=false | crm=false");
      play(of, state, [result({ items: [{ iban: "ACME-1" }] }), result("ACME-1")], 2);
    }
    expect(said(own, "ACME-1")).toBe(said(other, "ACME-1", reference));
  });
});
