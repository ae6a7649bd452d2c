/**
 * When in a task honest runs use tools, held by the real engine. Seen to fail: a call that failed taken for work done,
 * a tool's own calls taken for changes by others, tools of few tasks held to their own, what the prompt tells asked
 * about, and a text that is hidden in a structure not.
 */
import { expect, test } from "vitest";
import { learnPolicy } from "@holdfast/learn";
import type { LearnedCall, LearnedRun } from "@holdfast/learn";
import { definitionsOf, judgeBy } from "./learned-judge.ts";

const definitions = definitionsOf([
  ["read_meter", ["room"]],
  ["set_heat", ["room", "level"]],
  ["open_window", ["room"]],
  ["feed_cat", ["bowl"]],
]);

const read = (room: string): LearnedCall => ({
  tool: "read_meter",
  args: { room },
  result: "cold",
});
const heat = (room: string): LearnedCall => ({ tool: "set_heat", args: { room, level: 3 } });
const open = (room: string): LearnedCall => ({ tool: "open_window", args: { room } });
const feed: LearnedCall = { tool: "feed_cat", args: { bowl: "the blue bowl" } };

/** Tasks, each in a room of its own. */
function tasks(count: number, calls: (room: string) => readonly LearnedCall[]): LearnedRun[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `r${at}`,
    user_prompt: `Do what is good for chamber ${at}`,
    calls: calls(`chamber ${at}`),
  }));
}

/** The rules that ask about the last of these calls, in a room that nobody told of. */
function caught(
  runs: readonly LearnedRun[],
  calls: readonly LearnedCall[],
  prompt = "Do what is good, set the heat and open the window",
): readonly string[] {
  const options = { definitions, server: "local", environments: ["production"] };
  const { files } = learnPolicy({ ...options, approvers: ["user:owner"], runs, judge: judgeBy });
  const last = judgeBy(files)({ id: "x", user_prompt: prompt, calls }).at(-1);
  return (last?.rules ?? []).map((each) => each.replace(/^.*\//u, ""));
}

/** What bears out the phases of a tool. */
function supportOf(tool: string, runs: readonly LearnedRun[]): string | undefined {
  const options = { definitions, server: "local", environments: ["production"] };
  const { rules } = learnPolicy({ ...options, approvers: ["user:owner"], runs });
  return rules.get(tool)?.find(({ id }) => id === "unusual-phase")?.support;
}

const looking = tasks(8, (room) => [read(room), heat(room)]);

test("what honest runs do only after a look is asked about where it comes first", () => {
  expect(caught(looking, [heat("chamber 99")])).toContain("unusual-phase");
  expect(caught(looking, [read("chamber 99"), heat("chamber 99")])).not.toContain("unusual-phase");
  const failed = { ...read("chamber 99"), error: "no such room" };
  expect(caught(looking, [failed, heat("chamber 99")])).toContain("unusual-phase");
});

test.each([
  ["after something else, and before another tool had changed anything", [[read, heat]]],
  ["after another tool had changed something", [[open, heat]]],
  [
    "after something else",
    [
      [read, heat],
      [open, heat],
    ],
  ],
  ["before another tool had changed anything", [[heat], [read, heat]]],
  ["before anything else, or after another tool had changed something", [[heat], [open, heat]]],
])("what bears it out is told: %s", (words, ways) => {
  const runs = ways.flatMap((way, kind) =>
    tasks(6, (room) => way.map((call) => call(`${room} ${kind}`))).map((run) =>
      Object.assign(run, { user_prompt: `${run.user_prompt ?? ""} of kind ${kind}` }),
    ),
  );
  const honest =
    ways.length === 1
      ? [...runs, ...tasks(8, (room) => (ways[0] ?? []).map((call) => call(room)))]
      : runs;
  expect(supportOf("set_heat", honest)).toMatch(`this tool was used ${words} in 1`);
});

test("what one of many tasks did otherwise is told", () => {
  const [first] = tasks(1, (room) => [heat(room)]);
  const others = tasks(12, (room) => [read(room), heat(room)]).slice(1);
  const runs = first === undefined ? others : [first, ...others];
  expect(supportOf("set_heat", runs)).toMatch(/ in 12 tasks, otherwise in 1 of them$/u);
});

test("what the user tells wholly needs no look", () => {
  const told = "Set the heat of chamber 99, and open the window";
  expect(caught(looking, [heat("chamber 99")], told)).not.toContain("unusual-phase");
});

test("what stands in a structure is told by no user", () => {
  const hidden = { tool: "set_heat", args: { room: { is: "chamber 99" } } };
  expect(caught(looking, [hidden])).toContain("unusual-phase");
  expect(caught(looking, [read("chamber 99"), hidden])).not.toContain("unusual-phase");
});

test("seven tasks bear nothing out", () => {
  expect(caught(looking.slice(1), [heat("chamber 99")])).not.toContain("unusual-phase");
});

test("what honest runs do before any change is asked about once another tool has changed something", () => {
  const runs = [...looking, ...tasks(2, (room) => [open(room)])];
  const before = [read("chamber 99"), open("chamber 99")];
  expect(caught(runs, [...before, heat("chamber 99")])).toContain("unusual-phase");
  // The same once more is for its rate to tell.
  const again = [read("chamber 99"), heat("chamber 99"), heat("chamber 98")];
  expect(caught(runs, again)).not.toContain("unusual-phase");
  const twice = tasks(8, (room) => [read(room), heat(room), heat(room)]);
  const changing = [...twice, ...tasks(2, (room) => [open(room)])];
  expect(caught(changing, [...before, heat("chamber 99")])).toContain("unusual-phase");
});

test("what follows nothing but a failure in honest runs comes first", () => {
  const runs = tasks(8, (room) => [{ ...read(room), error: "no such room" }, heat(room)]);
  expect(caught(runs, [heat("chamber 99")])).not.toContain("unusual-phase");
});

test("what is done first, or after a change, is asked about between", () => {
  const runs = tasks(8, (room) => [heat(room), open(room), read(room), heat(room)]);
  expect(caught(runs, [heat("chamber 99")])).not.toContain("unusual-phase");
  expect(caught(runs, [read("chamber 99"), heat("chamber 99")])).toContain("unusual-phase");
});

test("a tool of few tasks is held to what twelve tasks did with all that do more than look", () => {
  const few = tasks(3, (room) => [read(room), feed]);
  const runs = [...few, ...tasks(11, (room) => [read(room), heat(room)])];
  const other = { tool: "feed_cat", args: { bowl: "the green bowl" } };
  const twelve = [...runs, ...tasks(12, (room) => [read(room), heat(room)])];
  expect(caught(twelve, [other])).toContain("unusual-phase");
  expect(caught(runs, [other])).not.toContain("unusual-phase");
});

test("one task of twelve that does otherwise moves nothing, and two do", () => {
  const runs = tasks(12, (room) => [read(room), heat(room)]);
  const odd = (count: number): LearnedRun[] => tasks(12, (room) => [heat(room)]).slice(0, count);
  expect(caught([...runs, ...odd(1)], [heat("chamber 99")])).toContain("unusual-phase");
  expect(caught([...runs, ...odd(2)], [heat("chamber 99")])).not.toContain("unusual-phase");
});

test("a policy without the rule names no Event of it", () => {
  const pathsOf = (runs: readonly LearnedRun[], ...without: readonly "order"[]): string => {
    const options = { definitions, server: "local", environments: ["production"], without };
    const { files } = learnPolicy({ ...options, approvers: ["user:owner"], runs });
    return files
      .map(({ path, text }) => `${path} ${/changed-before[^"\n]*/u.exec(text)?.[0] ?? ""}`)
      .join("\n");
  };
  const changing = [...looking, ...tasks(2, (room) => [open(room)])];
  expect(pathsOf(changing)).toMatch(/^phases[.]yaml/mu);
  expect(pathsOf(changing)).toContain("changed-before-set-heat");
  for (const none of [pathsOf(changing, "order"), pathsOf(looking.slice(1))]) {
    expect(none).not.toMatch(/phases|changed/u);
  }
});
