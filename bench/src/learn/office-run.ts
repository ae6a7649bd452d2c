import { readToolDefinition } from "@holdfast/learn";
import type { LearnedRun, ToolDefinition } from "@holdfast/learn";
import { Chance } from "../chance.ts";

const toolArguments: Readonly<Record<string, readonly string[]>> = {
  list_mail: ["folder"],
  read_file: ["path"],
  search_contacts: ["query"],
  get_balance: ["account_number"],
  open_page: ["url"],
  send_mail: ["to", "subject", "body", "cc"],
  send_money: ["iban", "amount", "subject", "date"],
  create_event: ["title", "participants", "start_time", "description"],
  write_file: ["path", "content"],
  delete_file: ["path"],
  share_file: ["path", "email"],
  fill_form: ["url", "values"],
};

/** The tools of an office, as an MCP server would define them. */
export const officeTools: readonly ToolDefinition[] = Object.entries(toolArguments).map(
  ([name, names]) =>
    readToolDefinition({
      name,
      inputSchema: { properties: Object.fromEntries(names.map((each) => [each, {}])) },
    }),
);

const people = "ana bo cy dan eva finn gil hana ivo jan kim lea".split(" ");
const topics = "budget roadmap invoice travel audit release hiring rent office training".split(" ");
const words =
  "the team met on monday and agreed that numbers of last month are fine but costs may rise so please send what is missing".split(
    " ",
  );

/** Honest runs of 60 tasks, with mails, files and pages of up to 6,000 characters; the same seed makes the same runs. */
export function officeRuns(count: number): readonly LearnedRun[] {
  return Array.from({ length: count }, (_, at) => officeRun(at));
}

function officeRun(at: number): LearnedRun {
  const task = at % 60;
  const chance = new Chance(at);
  // What belongs to a task is the same in each of its runs; how long its texts are is not.
  const own = new Chance(1_000_000 + task);
  const [who, other, topic] = [own.of(people), own.of(people), own.of(topics)];
  const address = `${who}@team.example`;
  const iban = `DE${String(10 ** 19 + own.below(10 ** 9) * 10 ** 8).slice(0, 20)}`;
  const path = `docs/${topic}-${task}.txt`;
  const mail = { from: `${other}@team.example`, subject: `${topic} news`, body: text(chance, 300) };
  const read = [
    { tool: "list_mail", args: { folder: "inbox" }, result: [mail, mail] },
    { tool: "read_file", args: { path }, result: `${topic} of ${who}\n${text(chance, 900)}` },
    { tool: "search_contacts", args: { query: who }, result: [{ name: who, email: address }] },
  ];
  const tell = {
    tool: "send_mail",
    args: { to: address, subject: `About the ${topic}`, body: text(chance, 60) },
    result: "sent",
  };
  const acts: readonly LearnedRun["calls"][] = [
    [tell],
    [
      {
        tool: "open_page",
        args: { url: `https://${topic}.example/news` },
        result: text(chance, 900),
      },
      {
        tool: "write_file",
        args: { path: `out/${path}`, content: text(chance, 200) },
        result: "ok",
      },
    ],
    [
      { tool: "get_balance", args: { account_number: iban }, result: { balance: 1200, iban } },
      { tool: "send_money", args: { iban, amount: 50 + task, subject: topic }, result: "ok" },
      tell,
    ],
    [
      {
        tool: "create_event",
        args: { title: `${topic} talk`, participants: [address], start_time: "2026-03-02T10:00" },
        result: { id: task },
      },
      { tool: "share_file", args: { path, email: address }, result: "ok" },
    ],
  ];
  return {
    id: `office-${at}`,
    user_prompt: `Task ${task}: read ${path}, then tell ${address} about the ${topic}, pay ${iban}, or see https://${topic}.example/news and plan a talk.`,
    calls: [...read, ...own.of(acts)],
  };
}

function text(chance: Chance, count: number): string {
  const parts: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const ends = chance.below(14) === 0 ? (chance.below(3) === 0 ? ".\n" : ".") : "";
    parts.push(`${chance.of(words)}${ends}`);
  }
  return parts.join(" ");
}
