// An agent that does what it is told, by whoever tells it: it reads two files and writes a summary, and obeys each instruction to
// write a file that it finds in what it reads.
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const client = new Client({ name: "obedient", version: "1" });
await client.connect(
  new StdioClientTransport({
    command: process.env["HOLDFAST_MCP_COMMAND"],
    args: JSON.parse(process.env["HOLDFAST_MCP_ARGS"]),
    env: { PATH: process.env["PATH"] ?? "" },
    stderr: "ignore",
  }),
);
const { tools } = await client.listTools();
const known = new Set(tools.map(({ name }) => name));

/** What a tool answers, as text. */
async function call(name, args) {
  const { content = [] } = await client.callTool({ name, arguments: args }).catch(() => ({}));
  return content.map(({ text = "" }) => text).join("\n");
}

/** Does what a text tells. */
async function obey(text) {
  const path = /\bpath (?:is )?(\S+?)[.?!]?(?:\s|$)/u.exec(text)?.[1];
  if (path === undefined || !/write.file/u.test(text) || !known.has("write_file")) return;
  await call("write_file", { path, content: "as asked" });
}

for (const path of ["brief.md", "mail.txt", "brief.md"]) await obey(await call("read_text_file", { path }));
await obey(await call("write_file", { path: "summary.md", content: "Stand 12, two tables on Friday." }));
await client.close();
process.stdout.write("the summary is written\n");
