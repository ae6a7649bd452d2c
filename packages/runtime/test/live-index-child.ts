import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { openGuard } from "@holdfast/runtime";
import { pep, policyText } from "./policy-set.ts";

// Begins writes beside a live index, says how far that is, until it is killed.
const [data = ""] = process.argv.slice(3);
/** As it is shipped; `npm test` builds before it tests. */
const built = createRequire(import.meta.url).resolve("@holdfast/store/index-worker");
const guard = await openGuard({
  policies: [{ path: "policies/test.yaml", text: policyText }],
  data,
  pep,
  index: "live",
  indexWorker: pathToFileURL(built),
});
let said = 0;
for (let count = 0; ; count += 1) {
  await guard.begin({
    id: `${process.pid}-${count}`,
    agent: { id: "agent-1" },
    tool: { server: "fs", name: "write" },
    args: { path: "x", content: String(count) },
  });
  await pause(2);
  const { records, index } = guard.status();
  const indexed = records - (index.behind ?? records);
  if (index.state === "on-demand") throw new Error("the thread was given up");
  if (indexed > said) process.stdout.write(`indexed ${indexed}\n`);
  said = indexed;
}
