// A scripted agent. No model decides here: it does what a file of tasks says, in order, through
// the real gateway, on the real MCP filesystem server, each a process of its own.
//
//   node agent.js observe.yaml work.json
import { cpSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const [configuration, tasks] = process.argv.slice(2);
const holdfast = fileURLToPath(new URL("../bin/holdfast.js", import.meta.resolve("holdfast")));
const server = fileURLToPath(
  import.meta.resolve("@modelcontextprotocol/server-filesystem/dist/index.js"),
);
const files = "scratch/files";

cpSync("files", files, { recursive: true });
for (const { prompt, calls } of JSON.parse(readFileSync(tasks, "utf8"))) {
  say(`user: ${prompt}`);
  const client = await connect(prompt);
  for (const { tool, args } of calls) await call(client, tool, args);
  await client.close();
}

/** A client of the server behind the gateway, in a session that this prompt begins. */
async function connect(prompt) {
  const wrap = ["wrap", "mcp", "-c", configuration, "--server", "files", "--prompt", prompt];
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [holdfast, ...wrap, "--", process.execPath, server, files],
    stderr: "pipe",
  });
  let log = "";
  transport.stderr?.on("data", (chunk) => (log += chunk));
  const client = new Client({ name: "scripted-agent", version: "1" });
  try {
    await client.connect(transport);
  } catch (cause) {
    throw new Error(`the gateway did not start:\n${log}`, { cause });
  }
  return client;
}

async function call(client, tool, args) {
  const { content, isError } = await client.callTool({ name: tool, arguments: args });
  const text = content.map((part) => part.text ?? `[${part.type}]`).join("\n");
  say(`  ${isError === true ? "NOT DONE: " : ""}${tool} ${args.path}`);
  for (const line of text.split("\n")) if (line.trim() !== "") say(`    ${line}`);
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
