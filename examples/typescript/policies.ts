// The policies of examples/quickstart in TypeScript: the same documents, the same bundle digest.
import {
  allow,
  cel,
  definePolicy,
  definePolicyTest,
  defineEvent,
  defineList,
  defineMeter,
  defineTool,
  deny,
  modify,
  set,
  throttle,
} from "@holdfast/engine/define";

// The tools of the filesystem server, labelled by a person.
const readFile = defineTool({
  name: "files.read_text_file",
  labels: ["read"],
  schema: {
    type: "object",
    required: ["path"],
    properties: { path: { type: "string" }, head: { type: "number" }, tail: { type: "number" } },
  },
});

const listDirectory = defineTool({
  name: "files.list_directory",
  labels: ["read"],
  schema: { type: "object", required: ["path"], properties: { path: { type: "string" } } },
});

const writeFile = defineTool({
  name: "files.write_file",
  labels: ["write", "egress"], // outbox/ leaves the house every night
  schema: {
    type: "object",
    required: ["path", "content"],
    properties: { path: { type: "string" }, content: { type: "string", maxLength: 10000 } },
  },
});

const readable = defineList({
  name: "readable",
  type: "string",
  items: [".", "brief.md", "inbox/customer-mail.txt"],
});

const trusted = defineList({ name: "trusted", type: "string", items: ["brief.md"] });

// What the rules remember, per session.
const untrustedRead = defineEvent({
  name: "untrusted-read",
  description: "The agent has read text that strangers can write",
  match: { tools: [readFile] },
  at: "begin",
  when: ({ args, lists }) => args.path.in(lists(trusted)).not(),
  key: ["session.id"],
});

const looks = defineMeter({
  name: "looks",
  match: { tools: [readFile, listDirectory] },
  key: ["session.id"],
  window: "1m",
});

const reading = definePolicy({
  name: "reading",
  description: "The agent reads what its task needs",
  match: { tools: [readFile, listDirectory] },
  rules: ({ args, lists }) => [
    allow("listed", { when: args.path.in(lists(readable)) }),
    throttle("not-all-day", {
      limit: { meter: looks, max: 5 },
      reason: "at most 5 reads and listings a minute",
    }),
  ],
});

const writing = definePolicy({
  name: "writing",
  description: "The agent hands in one report",
  match: { tools: [writeFile] },
  rules: ({ args, happened }) => [
    allow("report", {
      when: args.path.eq("outbox/report.md").and(args.content.size().le(2000)),
    }),
    modify("sign", {
      changes: [
        set(args.content, cel`args.content + '\n\n-- written by agent ' + agent.id + '\n'`),
      ],
    }),
    deny("after-untrusted", {
      when: happened(untrustedRead),
      reason: "nothing leaves after the agent has read text from outside",
    }),
  ],
});

const agent = { id: "writer" };
const session = { id: "s1" };

const tests = definePolicyTest({
  name: "files",
  cases: [
    {
      name: "the brief may be read",
      request: { agent, session, tool: readFile, args: { path: "brief.md" } },
      expect: { effect: "allow", rules: ["reading/listed"] },
    },
    {
      name: "the report is signed",
      request: {
        agent,
        session,
        tool: writeFile,
        args: { path: "outbox/report.md", content: "Done." },
      },
      expect: {
        effect: "modify",
        rules: ["writing/sign"],
        args: { path: "outbox/report.md", content: "Done.\n\n-- written by agent writer\n" },
      },
    },
    {
      name: "nothing leaves after reading the inbox",
      given: { events: { "untrusted-read": "-2m" } },
      request: {
        agent,
        session,
        tool: writeFile,
        args: { path: "outbox/report.md", content: "Done." },
      },
      expect: { effect: "deny", code: "rule", rules: ["writing/after-untrusted"] },
    },
  ],
});

export default [
  readFile,
  listDirectory,
  writeFile,
  readable,
  trusted,
  untrustedRead,
  looks,
  reading,
  writing,
  tests,
];
