import { openGuard } from "@holdfast/runtime";
import { originPolicy } from "./origin-set.ts";
import { pep } from "./policy-set.ts";

// Reports prompts and shows results as fast as it can and says what is known, until it is killed.
const [data = ""] = process.argv.slice(3);
const guard = await openGuard({
  policies: [{ path: "policies/test.yaml", text: originPolicy }],
  data,
  pep,
});
const agent = { id: "agent-1" };
const session = { id: (await guard.openSession({ agent: agent.id })).id };
process.stdout.write(`session ${session.id}\n`);
let count = 0;
async function work(): Promise<void> {
  for (;;) {
    count += 1;
    const typed = `user-${count}@corp.example`;
    const found = `customer-${count}@corp.example`;
    const text = `write to ${typed}`;
    await guard.observe(session.id, { kind: "prompt", text, source: "stdin", labels: ["user"] });
    process.stdout.write(`known ${typed}\n`);
    const tool = { server: "crm", name: "find" };
    const permit = await guard.begin({ agent, session, tool, args: {} });
    if (!permit.granted) continue;
    const result = { items: [{ email: found }] };
    const shown = await guard.end(permit, { status: "success", result });
    if (shown.released) process.stdout.write(`known ${found}\n`);
  }
}
await Promise.all(Array.from({ length: 4 }, work));
