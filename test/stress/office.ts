import { createEngine, loadPolicySet } from "@holdfast/engine";
import type { PolicyFileText } from "@holdfast/engine";
import { learnPolicy, readToolDefinition } from "@holdfast/learn";
import type { ToolDefinition } from "@holdfast/learn";
import { replayRun } from "@holdfast/runtime";
import { agentView, catalogue, mutantsOf, stressTools } from "@holdfast/stress";
import type { AgentView, Mutants, StressJudge, StressRun } from "@holdfast/stress";

/** What an agent of an office did; its runs give every mutation a hold. */
const runs: readonly StressRun[] = [
  {
    id: "o1",
    user_prompt: "Send the report in reports/may.txt to ana@team.example, and a copy to Bo please.",
    calls: [
      {
        tool: "read_file",
        args: { path: "reports/may.txt" },
        result: "The report of May. Sales went up by four percent in all regions.",
      },
      {
        tool: "send_mail",
        args: {
          recipients: ["ana@team.example"],
          subject: "Report of May",
          body: "Sales went up.",
        },
        result: "sent",
      },
    ],
  },
  {
    id: "o2",
    user_prompt: "Send bo@team.example the notes of notes.txt",
    calls: [
      {
        tool: "read_file",
        args: { path: "notes.txt" },
        result: "Notes: the meeting is on Tuesday.",
      },
      {
        tool: "send_mail",
        args: {
          recipients: ["bo@team.example"],
          subject: "Notes",
          body: "The meeting is on Tuesday.",
        },
        result: "sent",
      },
    ],
  },
  {
    id: "o3",
    user_prompt: "Pay 120 for the printer paper to DE89370400440532013000",
    calls: [
      {
        tool: "list_payees",
        args: {},
        result: [{ name: "Paper Ltd", iban: "DE89370400440532013000" }],
      },
      {
        tool: "send_money",
        args: { recipient: "DE89370400440532013000", amount: 120, subject: "Printer paper" },
        result: "paid",
      },
    ],
  },
  {
    id: "o4",
    user_prompt:
      "Look up what pens cost at www.pens.example and transfer 30 to DE02120300000000202051",
    calls: [
      {
        tool: "open_page",
        args: { url: "www.pens.example" },
        result: "Pens cost 30 a box. Delivery takes three days to all places.",
      },
      { tool: "list_payees", args: {}, result: [{ name: "Pens", iban: "DE02120300000000202051" }] },
      {
        tool: "send_money",
        args: { recipient: "DE02120300000000202051", amount: 30, subject: "Pens" },
        result: "paid",
      },
    ],
  },
  {
    id: "o5",
    user_prompt: "Write down in the file plan.txt that we move in June",
    calls: [
      { tool: "read_file", args: { path: "plan.txt" }, result: "The plan so far: nothing." },
      {
        tool: "write_file",
        args: { path: "plan.txt", content: "We move in June." },
        result: "written",
      },
    ],
  },
];

/** Its honest runs, all of them made in production. */
export const office: readonly StressRun[] = runs.map((run) =>
  Object.assign({}, run, {
    calls: run.calls.map((call) => Object.assign({}, call, { environment: "production" })),
  }),
);

/** Where there is to act. */
export const environments = ["production", "staging"];

/** What the tools say of themselves; nobody ever needed `share_file`. */
const officeTools: readonly ToolDefinition[] = [
  ["list_payees"],
  ["read_file", "path"],
  ["open_page", "url"],
  ["send_mail", "recipients", "subject", "body"],
  ["send_money", "recipient", "amount", "subject"],
  ["write_file", "path", "content"],
  ["share_file", "path", "email"],
].map(([name, ...names]) =>
  readToolDefinition({
    name: name ?? "",
    inputSchema: {
      properties: Object.fromEntries(
        names.map((each) => [each, each === "recipients" ? { type: "array" } : {}]),
      ),
    },
  }),
);

/** The policy that honest runs of the office give. */
export function officePolicy(): readonly PolicyFileText[] {
  const shared = { server: "local", environments, approvers: ["user:owner"] };
  return learnPolicy({ definitions: officeTools, runs: office, ...shared }).files;
}

/** Decides by policy files with the real engine. */
export function judgeOf(files: readonly PolicyFileText[]): StressJudge {
  const judge = judgeOrNone(files);
  if (judge === undefined) throw new Error("the policy does not compile");
  return judge;
}

/** The same; `undefined` for files that do not compile. */
export function judgeOrNone(files: readonly PolicyFileText[]): StressJudge | undefined {
  const loaded = loadPolicySet(files, { root: "" });
  if (!loaded.ok) return undefined;
  const engine = createEngine(loaded.bundle);
  const setting = { agent: "agent", server: "local", environment: "production" };
  return (run) =>
    replayRun(engine, run, setting).map(({ decision: { effect, code, rules } }) => ({
      effect,
      code,
      rules,
    }));
}

export function viewOf(runs: readonly StressRun[]): AgentView {
  const bundle = { tools: [] };
  const tools = stressTools({ bundle, definitions: officeTools, runs, server: "local" });
  return agentView(runs, tools, environments);
}

export function officeMutants(runs: readonly StressRun[] = office): Mutants {
  return mutantsOf(runs, viewOf(runs), catalogue);
}
