import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const gatewayProcess = fileURLToPath(new URL("fixture/gateway-process.mjs", import.meta.url));

/** How a process is started. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

/** The command line as people run it. */
export const holdfast = fileURLToPath(
  new URL("../../../apps/cli/bin/holdfast.js", import.meta.url),
);

/** Compiles what the processes of a test run; quick when nothing changed. */
export function build(room: "apps/cli" | "gateways/mcp"): void {
  const compiler = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
  const project = fileURLToPath(new URL(`../../../${room}`, import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [compiler, "-b", project], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${room} does not compile:\n${stdout}`);
}

/** The command that runs a server behind a gateway process, its policies and log in `folder`. */
export function behindGateway(
  { command, args }: Command,
  { folder, policy, alias }: { folder: string; policy: string; alias: string },
): Command {
  const policies = join(folder, "policies");
  mkdirSync(policies, { recursive: true });
  writeFileSync(join(policies, "test.yaml"), policy);
  const data = join(folder, "data");
  return {
    command: process.execPath,
    args: [gatewayProcess, policies, data, alias, command, ...args],
  };
}

/** A reference server from npm. */
export function referenceServer(name: string, ...args: readonly string[]): Command {
  const manifest = require.resolve(`@modelcontextprotocol/server-${name}/package.json`);
  return { command: process.execPath, args: [join(dirname(manifest), "dist/index.js"), ...args] };
}
