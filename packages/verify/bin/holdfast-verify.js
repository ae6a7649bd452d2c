#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/main.js", import.meta.url);
if (!existsSync(main)) {
  process.stderr.write("not built yet: run `npm run build` in the repository first\n");
  process.exit(1);
}
const { run } = await import(main.href);
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
process.exitCode = run(process.argv.slice(2), process);
