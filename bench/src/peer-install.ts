import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Installs the peers into bench/ as its lock file says, once; what npm says goes to stderr. */
export function installPeers(): void {
  const folder = fileURLToPath(new URL("..", import.meta.url));
  if (existsSync(`${folder}/node_modules/.package-lock.json`)) return;
  execFileSync("npm", ["ci"], { cwd: folder, stdio: ["ignore", 2, 2] });
}
