import { openGuard } from "@holdfast/runtime";
import { pep, policyText } from "./policy-set.ts";

// Begins refunds as fast as it can and says what was granted, until it is killed.
const [data = "", snapshotRecords = "0"] = process.argv.slice(3);
const guard = await openGuard({
  policies: [{ path: "policies/test.yaml", text: policyText }],
  data,
  pep,
  snapshotRecords: Number(snapshotRecords),
});
const session = await guard.openSession({ agent: "agent-1" });
process.stdout.write(`session ${session.id}\n`);
let count = 0;
async function work(): Promise<void> {
  for (;;) {
    count += 1;
    const id = `${process.pid}-${count}`;
    const kind = count % 3 === 0 ? "refund" : "write";
    const answer = await guard.begin({
      id,
      agent: { id: "agent-1" },
      session: { id: session.id },
      tool: kind === "refund" ? { server: "pay", name: "refund" } : { server: "fs", name: "write" },
      args: kind === "refund" ? { amount: 1 } : { path: "x", content: id },
    });
    if (!answer.granted) continue;
    process.stdout.write(`granted ${kind} ${id}\n`);
    const shown = await guard.end(answer, { status: "success", result: id });
    if (shown.released) process.stdout.write(`ended ${kind} ${id}\n`);
  }
}
await Promise.all(Array.from({ length: 8 }, work));
