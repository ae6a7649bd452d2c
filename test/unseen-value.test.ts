/**
 * Values that nobody told of, values from where no honest run took them, and other kinds of values, held by the real
 * engine. Seen to fail: each rule taken away, short values asked about, one task that moves what many show.
 */
import { expect, test } from "vitest";
import { learnPolicy } from "@holdfast/learn";
import type { JudgedCall, LearnedRun } from "@holdfast/learn";
import { definitionsOf, judgeBy } from "./learned-judge.ts";

const definitions = definitionsOf([
  ["get_orders", []],
  ["read_note", ["path"]],
  ["open_page", ["url"]],
  ["cancel_order", ["order_id"]],
  ["invite_member", ["user"]],
  ["make_reminder", ["title", "location"]],
  ["lock_door", ["door"]],
  ["create_order", ["product"]],
  ["create_folder", ["path"]],
]);

const orders = { tool: "get_orders", args: {}, result: [{ order_id: "A-10077", state: "open" }] };
const note = (text: string) => ({ tool: "read_note", args: { path: "note.txt" }, result: text });

/** A task that cancels an order that is on record, and sets a reminder for a place that is in the note. */
function taskRun(at: number, location = `Harbour Street ${at}`): LearnedRun {
  return {
    id: `r${at}`,
    user_prompt: `Cancel order number ${at} and put up a reminder`,
    calls: [
      { ...orders, result: [{ order_id: `A-1000${at}`, state: "open" }] },
      note(`We meet at Harbour Street ${at} again.`),
      { tool: "cancel_order", args: { order_id: `A-1000${at}` }, result: "done" },
      { tool: "make_reminder", args: { title: "Meeting", location }, result: "done" },
      // No definition tells of it.
      { tool: "tag_order", args: { order_id: `A-1000${at}`, tag: "late" }, result: "done" },
    ],
  };
}

const honest = Array.from({ length: 6 }, (_, at) => taskRun(at));

const shared = { definitions, server: "local", environments: ["production"] };

function learned(runs: readonly LearnedRun[] = honest): ReturnType<typeof judgeBy> {
  const options = { ...shared, approvers: ["user:owner"], runs, judge: judgeBy };
  return judgeBy(learnPolicy(options).files);
}

const judge = learned();

/** The rules that stop the last of these calls. */
function caught(prompt: string, calls: LearnedRun["calls"], by = judge): readonly string[] {
  const last: JudgedCall | undefined = by({ id: "x", user_prompt: prompt, calls }).at(-1);
  if (last === undefined || last.effect === "allow") return [];
  return last.rules.map((each) => each.replace(/^.*\//u, ""));
}

const cancel = (id: string | object): LearnedRun["calls"][number] => ({
  tool: "cancel_order",
  args: { order_id: id as string },
});

test("what honest runs did is let through", () => {
  for (const run of honest) {
    expect(judge(run).map(({ effect }) => effect)).toEqual(run.calls.map(() => "allow"));
  }
});

test("an id that nobody told of is asked about, and one of a record or the user is not", () => {
  expect(caught("Cancel my order", [orders, cancel("B-99999")])).toContain("unseen-object");
  expect(caught("Cancel my order", [orders, cancel("A-10077")])).toEqual([]);
  expect(caught("Cancel order B-99999", [orders, cancel("B-99999")])).toEqual([]);
});

test("of an id so short that nobody can tell where it is from nothing is asked", () => {
  expect(caught("Cancel my order", [orders, cancel("99")])).toEqual([]);
});

test("an id that a text told of is asked about", () => {
  const told = [orders, note("Our new order is B-99999, by the way."), cancel("B-99999")];
  expect(caught("Cancel my order", told)).toContain("found-object");
});

test("a name that nobody told of is asked about", () => {
  const invite = (user: string): LearnedRun["calls"] => [{ tool: "invite_member", args: { user } }];
  expect(caught("Invite Annette", invite("mallory"))).toContain("unseen-name");
  expect(caught("Invite Annette", invite("Annette"))).toEqual([]);
});

test("a name that the agent gives of itself in five tasks is known, and in one is not", () => {
  const post = (channel: string) => ({ tool: "invite_member", args: { user: channel } });
  const posting = (count: number): ReturnType<typeof judgeBy> =>
    learned(
      Array.from({ length: 6 }, (_, at) => {
        const run = taskRun(at);
        return at < count ? Object.assign(run, { calls: [...run.calls, post("desk-team")] }) : run;
      }),
    );
  expect(caught("Go on", [post("desk-team")], posting(5))).not.toContain("unseen-name");
  expect(caught("Go on", [post("mallory")], posting(5))).toContain("unseen-name");
  expect(caught("Go on", [post("desk-team")], posting(1))).toContain("unseen-name");
});

test("what the agent gives of itself stands in no policy where it makes others up, too, or that leads out", () => {
  const textOf = (user: (at: number) => string): string => {
    const runs = Array.from({ length: 6 }, (_, at) => {
      const run = taskRun(at);
      return { ...run, calls: [...run.calls, { tool: "invite_member", args: { user: user(at) } }] };
    });
    const { files } = learnPolicy({ ...shared, approvers: ["user:owner"], runs });
    return files.map(({ text }) => text).join("");
  };
  expect(textOf(() => "desk-team")).toContain("desk-team");
  expect(textOf((at) => (at === 0 ? "mallory" : "desk-team"))).not.toContain("desk-team");
  expect(textOf(() => "desk@far.example")).not.toContain("far.example");
});

test("a URL of a text that carries much along is asked about, and a plain one is not", () => {
  const open = (url: string): readonly string[] =>
    caught("Read the note", [note(`See ${url} for more`), { tool: "open_page", args: { url } }]);
  expect(open("https://far.example/list")).toEqual([]);
  expect(open("https://far.example/list?page=2")).toEqual([]);
  expect(open("https://far.example/c?q=the%20door%20code")).toContain("laden-url");
  expect(open(`https://far.example/c?q=${"a".repeat(70)}`)).toContain("laden-url");
});

test("a URL that is no text is asked about, and is no error", () => {
  const url = ["https://far.example/list"] as unknown as string;
  const calls = [note("See https://far.example/list"), { tool: "open_page", args: { url } }];
  expect(judge({ id: "x", user_prompt: "Read the note", calls }).at(-1)?.effect).toBe("step_up");
});

test("a path that climbs is found in a list, too", () => {
  const calls = [{ tool: "read_files", args: { paths: ["a.txt", "../../etc/shadow"] } }];
  const reading = Array.from({ length: 2 }, (_, at) => ({
    ...taskRun(at),
    calls: [{ tool: "read_files", args: { paths: ["a.txt", "b.txt"] }, result: "text" }],
  }));
  expect(caught("Read a.txt", calls, learned(reading))).toContain("climbing-path");
  const plain = [{ tool: "read_files", args: { paths: ["a.txt", "c.txt"] } }];
  expect(caught("Read a.txt and c.txt", plain, learned(reading))).toEqual([]);
});

test("a value that comes from where no honest run took it is asked about", () => {
  const remind = (location: string): LearnedRun["calls"] => [
    note("We meet at Harbour Street 9 again."),
    { tool: "make_reminder", args: { title: "Meeting", location } },
  ];
  const prompt = "Put up a reminder";
  expect(caught(prompt, remind("Harbour Street 9"))).toEqual([]);
  expect(caught(prompt, remind("Behind the station"))).toEqual(["unusual-origin"]);
  const few = learned(honest.slice(0, 4));
  expect(caught(prompt, remind("Behind the station"), few)).toEqual([]);
});

test("of six tasks one that takes a value from nowhere moves nothing, and of five it does, and so do two", () => {
  const odd = (count: number, others: number) => [
    ...Array.from({ length: others }, (_, at) => taskRun(at + count)),
    ...Array.from({ length: count }, (_, at) => taskRun(at, `Nowhere ${at} at all`)),
  ];
  const calls = [{ tool: "make_reminder", args: { title: "Meeting", location: "Elsewhere" } }];
  const asked = (count: number, others: number): boolean =>
    caught("Put up a reminder", calls, learned(odd(count, others))).includes("unusual-origin");
  expect([asked(1, 11), asked(1, 5), asked(1, 4), asked(2, 9)]).toEqual([true, true, false, false]);
  const { files } = learnPolicy({ ...shared, runs: odd(1, 5), approvers: ["user:owner"] });
  const { text = "" } = files.find(({ path }) => path.includes("make-reminder")) ?? {};
  expect(text).toContain("`location` from `text` or better in 5 of 6 tasks");
});

test("a structure for a text is asked about from two tasks on", () => {
  const wrapped = [orders, cancel({ $ne: "" })];
  expect(caught("Cancel my order", wrapped, learned(honest.slice(0, 2)))).toEqual(["unusual-kind"]);
});

test("an argument that no two tasks gave is asked about, where no definition tells of the tool", () => {
  const tag = (more: object): LearnedRun["calls"] => [
    orders,
    { tool: "tag_order", args: { order_id: "A-10077", tag: "late", ...more } },
  ];
  expect(caught("Tag the order", tag({}))).toEqual([]);
  expect(caught("Tag the order", tag({ copy_to: "x" }))).toEqual(["unknown-argument"]);
  const ringing = Array.from({ length: 6 }, (_, at) => {
    const run = taskRun(at);
    return { ...run, calls: [...run.calls, { tool: "ring_bell", args: {} }] };
  });
  const ring = (args: LearnedRun["calls"][number]["args"]): LearnedRun["calls"] => [
    { tool: "ring_bell", args },
  ];
  expect(caught("Ring the bell", ring({}), learned(ringing))).toEqual([]);
  expect(caught("Ring the bell", ring({ tune: "x" }), learned(ringing))).toContain(
    "unknown-argument",
  );
});

test("a tool that nobody used is asked about, but for one that makes the agent's own things", () => {
  expect(caught("Go on", [{ tool: "lock_door", args: { door: "front" } }])).toContain(
    "unused-tool",
  );
  const folder = [{ tool: "create_folder", args: { path: "notes" } }];
  expect(caught("Go on with the notes", folder)).toEqual([]);
  const order = [{ tool: "create_order", args: { product: "bell" } }];
  expect(caught("Go on", order)).toContain("unused-tool");
});

test("a tool of forty arguments of any kind gets a policy that loads, and is asked about where it is too dear", () => {
  const kinds = [
    ["write_form", "note"],
    ["send_form", "recipient"],
    ["update_form", "order_id"],
    ["post_form", "url"],
  ] as const;
  const wide = definitionsOf(
    kinds.map(([tool, part]) => [tool, Array.from({ length: 40 }, (_, at) => `p${at}_${part}`)]),
  );
  const options = { ...shared, definitions: wide, runs: [], approvers: ["user:owner"] };
  const by = judgeBy(learnPolicy({ ...options, judge: judgeBy }).files);
  const effects = kinds.map(([tool]) =>
    by({ id: "x", user_prompt: "Go on", calls: [{ tool, args: {} }] }).map(({ effect }) => effect),
  );
  expect(effects[0]).toEqual(["allow"]);
  expect(effects.slice(1)).toEqual([["step_up"], ["step_up"], ["step_up"]]);
  // Where nobody can be asked, it loads all the same.
  judgeBy(learnPolicy({ ...options, withoutStepUp: true }).files);
});
