/**
 * What honest runs show of arguments, order and rates, held by the real engine. Seen to fail: room above the
 * greatest number taken away, a choice that one task alone bears out, steps that were not always taken.
 */
import { expect, test } from "vitest";
import fc from "fast-check";
import { createEngine, loadPolicySet } from "@holdfast/engine";
import type { PolicyFileText } from "@holdfast/engine";
import { learnPolicy } from "@holdfast/learn";
import type { JudgedCall, LearnedPolicy, LearnedRun } from "@holdfast/learn";
import { replayRun } from "@holdfast/runtime";
import { definitionsOf, judgeBy } from "./learned-judge.ts";

const definitions = definitionsOf([
  ["check_stock", []],
  ["get_price", ["product"]],
  ["send_payment", ["recipient", "amount", "currency", "date", "note"]],
  ["delete_account", ["account"]],
  ["read_file", ["path"]],
]);

/** Fourteen tasks: each looks at the price of something, then pays for it. */
const honest: readonly LearnedRun[] = Array.from({ length: 14 }, (_, at) => ({
  id: `r${at}`,
  user_prompt: `Pay GB0000000000000${at} for thing ${at}`,
  calls: [
    ...(at % 2 === 0 ? [{ tool: "check_stock", args: {}, result: "plenty" }] : []),
    { tool: "read_file", args: { path: `shop/list ${at}.txt` }, result: "nothing new" },
    { tool: "get_price", args: { product: `thing ${at}` }, result: { price: at + 1 } },
    {
      tool: "send_payment",
      args: {
        recipient: `GB0000000000000${at}`,
        amount: at + 1,
        currency: at % 2 === 0 ? "sterling" : "euro",
        date: `2026-01-${10 + at}`,
        note: "paid",
      },
      result: "sent",
    },
  ],
}));

const shared = {
  definitions,
  server: "local",
  environments: ["production"],
  approvers: ["user:owner"],
};

function learned(runs: readonly LearnedRun[] = honest): LearnedPolicy {
  return learnPolicy({ ...shared, runs, judge: judgeBy });
}

const policy = learned();
const judge = judgeBy(policy.files);
const account = "GB00000000000099";
const price = { tool: "get_price", args: { product: "thing 99" }, result: { price: 9 } };
const payment = {
  recipient: account,
  amount: 9,
  currency: "euro",
  date: "2026-02-01",
  note: "paid",
};

/** The rules that stop the last call of a run that pays as its user asked. */
function caught(args: object, before: LearnedRun["calls"] = [price]): readonly string[] {
  const calls = [...before, { tool: "send_payment", args: { ...payment, ...args } }];
  const run = { id: "x", user_prompt: `Pay ${account} for thing 99 in rupees`, calls };
  const { effect = "none", rules = [] } = judge(run).at(-1) ?? {};
  return effect === "allow" ? [] : rules.map((each) => each.replace(/^.*\//u, ""));
}

test("what honest runs did is let through, and so is one value more", () => {
  for (const run of honest) expect(judge(run).map(({ effect }) => effect)).not.toContain("step_up");
  expect(caught({})).toEqual([]);
  expect(caught({ amount: 28.5, note: "paid with thanks" })).toEqual([]);
});

test.each<[string, object, string]>([
  ["a far greater number", { amount: 5000 }, "unusual-number"],
  ["a number below all", { amount: -1 }, "unusual-number"],
  ["a number as a text", { amount: "9" }, "unusual-number"],
  ["another form", { date: "1 February" }, "unusual-form"],
  ["a far longer text", { note: "a".repeat(1000) }, "unusual-size"],
  ["an object for a text", { note: { text: "paid" } }, "unusual-kind"],
  ["a choice that nobody made or asked for", { currency: "dollar" }, "unusual-choice"],
  ["a character that nobody sees", { recipient: `${account}\u200B` }, "hidden-character"],
])("%s is asked about", (_, args, rule) => {
  expect(caught(args)).toContain(rule);
});

test("a choice that the user asked for is let through, whatever was chosen before", () => {
  expect(caught({ currency: "rupees" })).toEqual([]);
});

test("an argument that no definition tells of is refused where something is done, not where one looks", () => {
  const calls = [
    { ...price, args: { product: "thing 99", verbose: true } },
    { tool: "send_payment", args: { ...payment, cc: account } },
  ];
  const run = { id: "x", user_prompt: `Pay ${account} for thing 99`, calls };
  expect(judge(run).map(({ effect }) => effect)).toEqual(["allow", "deny"]);
});

test("an argument that no definition tells of is let through once two tasks gave it, and not for one", () => {
  const given = (count: number): string | undefined => {
    const runs = honest.map((run, at) => ({
      ...run,
      calls: run.calls.map((call) =>
        at < count && call.tool === "send_payment"
          ? { ...call, args: { ...call.args, cc: "the till" } }
          : call,
      ),
    }));
    const calls = [price, { tool: "send_payment", args: { ...payment, cc: "the till" } }];
    const run = { id: "x", user_prompt: `Pay ${account} for thing 99, cc the till`, calls };
    return judgeBy(learned(runs).files)(run).at(-1)?.effect;
  };
  expect([given(1), given(2)]).toEqual(["deny", "allow"]);
});

test("what always came before has to have succeeded, and nothing that only often did", () => {
  expect(caught({}, [])).toContain("skipped-step");
  expect(caught({}, [{ ...price, error: "gone" }])).toContain("skipped-step");
  expect(policy.usual.steps).toEqual([{ before: "get_price", tool: "send_payment", tasks: 14 }]);
});

test("what climbs out of a folder is asked about where one looks, and another name is not", () => {
  const read = (path: string): readonly JudgedCall[] =>
    judge({ id: "x", user_prompt: "Look", calls: [{ tool: "read_file", args: { path } }] });
  expect(read("shop/new #1.txt")[0]?.effect).toBe("allow");
  for (const path of ["shop/../list 1.txt", "..", "shop\\..\\list"]) {
    expect(read(path)[0]?.rules).toEqual(["read-file/climbing-path"]);
  }
});

test("what nobody did is asked about, unless the user asks for it", () => {
  const calls = [{ tool: "delete_account", args: { account: "main account" } }];
  const ask = (user_prompt: string): readonly string[] =>
    judge({ id: "x", user_prompt, calls })[0]?.rules ?? [];
  expect(ask("Look at the main account")).toEqual(["delete-account/unused-tool"]);
  expect(ask("Delete the main account")).toEqual(["delete-account/grant"]);
});

test("what another agent passed on is asked about", () => {
  const loaded = loadPolicySet(policy.files, { root: "" });
  if (!loaded.ok) throw new Error("the policy does not compile");
  const delegation = [{ agent: "other", scopes: ["tool:local.get_price"] }];
  const run = { id: "x", user_prompt: "Look", calls: [{ ...price, delegation }] };
  const setting = { agent: "agent", server: "local", environment: "production" };
  const [call] = replayRun(createEngine(loaded.bundle), run, setting);
  expect(call?.decision.rules).toEqual(["get-price/passed-on"]);
});

test("what other agents pass on in honest runs is granted, and in one task alone is not", () => {
  const passed = (count: number): string => {
    const delegation = [{ agent: "planner", scopes: ["tool:local.get_price"] }];
    const runs = honest.map((run, at) => ({
      ...run,
      calls: run.calls.map((call) =>
        at < count && call.tool === "get_price" ? { ...call, delegation } : call,
      ),
    }));
    return learned(runs).files.find(({ path }) => path.includes("get-price"))?.text ?? "";
  };
  expect(passed(2)).not.toContain("id: passed-on");
  expect(passed(1)).toContain("id: passed-on");
  expect(passed(1)).toMatch(/passed-on: .*caught 1 of 14 honest calls/u);
});

test("far more calls and far greater sums in one session are asked about", () => {
  const many = (count: number, args: object): readonly JudgedCall[] =>
    judge({
      id: "x",
      user_prompt: `Pay ${account} for thing 99`,
      calls: [
        price,
        ...Array.from({ length: count }, () => ({
          tool: "send_payment",
          args: { ...payment, ...args },
        })),
      ],
    });
  expect(many(19, { amount: 1 }).every(({ effect }) => effect === "allow")).toBe(true);
  expect(many(21, { amount: 1 }).at(-1)?.rules).toEqual(["send-payment/many-calls"]);
  expect(many(3, { amount: 50 }).at(-1)?.rules).toEqual(["send-payment/large-total"]);
});

test("what a single task shows, be it a lie, moves no bound, form, choice or step", () => {
  const liar: LearnedRun = {
    id: "liar",
    user_prompt: "Pay GB0000000000000666",
    calls: [
      {
        tool: "send_payment",
        args: { recipient: "GB0000000000000666", amount: 1e9, currency: "shells", date: "now" },
      },
      { tool: "send_payment", args: { recipient: "x", amount: "-1", note: "a".repeat(9999) } },
    ],
  };
  const plain = (files: readonly PolicyFileText[]): readonly string[] =>
    files.map(({ text }) => text.replaceAll(/^ {2}(?:description|labels:)[\s\S]*?^spec:/gmu, ""));
  expect(plain(learned([...honest, liar]).files)).toEqual(plain(policy.files));
});

test("a target of another kind is asked about and not refused for an error", () => {
  const payee = (recipient: object | number): readonly string[] => caught({ recipient });
  expect(payee(["FR0000000000000042"])).toContain("unseen-party");
  expect(payee({ iban: "FR0000000000000042" })).toContain("unseen-party");
});

test("each rule says what bears it out, what it caught, and how sure that is", () => {
  const odd: LearnedRun = {
    id: "odd",
    user_prompt: "Pay whoever is in the note",
    calls: [
      price,
      {
        tool: "send_payment",
        args: { ...payment, recipient: "FR0000000000000042" },
        result: "sent",
      },
    ],
  };
  const text = learned([...honest, odd]).files.find(({ path }) =>
    path.includes("send-payment"),
  )?.text;
  expect(text).toContain(
    'unseen-party: "the same for every tool; caught 1 of 15 honest calls: run odd call 2; confidence 0.88"',
  );
  expect(text).toContain(
    'skipped-step: "`get_price` came before in all of 15 tasks, but for one at most; let all 15 honest calls through; confidence 0.94"',
  );
});

test("policies are for the agents and roles that are named", () => {
  const { files } = learnPolicy({ ...shared, runs: honest, agents: ["till"], roles: ["clerk"] });
  const texts = files.filter(({ path }) => path.startsWith("tools/")).map(({ text }) => text);
  for (const text of texts)
    expect(text).toMatch(/agents:\n\s+- till\n\s+agent_roles:\n\s+- clerk/u);
});

test("the same runs in any order give the same bytes", () => {
  const texts = JSON.stringify(policy.files);
  const shuffled = fc.shuffledSubarray([...honest], { minLength: honest.length });
  fc.assert(
    fc.property(shuffled, (runs) => {
      expect(JSON.stringify(learned(runs).files)).toBe(texts);
    }),
    { numRuns: 5 },
  );
});
