import { join } from "node:path";
import { openGuard } from "@holdfast/runtime";
import { replayed, row } from "./measurement.ts";
import type { LogRow } from "./measurement.ts";

/** Asks of each call where its path comes from. */
const policies = [
  {
    path: "policies/bench.yaml",
    text: `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: files.read}
spec: {labels: [read, untrusted]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: base}
spec:
  match: {tools: [files.read]}
  rules:
    - {id: grant, effect: allow}
    - {id: unseen, effect: deny, when: 'origin(args.path).tier == "nowhere"'}
`,
  },
];

const callsPerSession = 10;

/**
 * Replay of so many calls and their results, ten in each session, each of a path that the result before it told, so that
 * every decision asks the session's origins.
 */
export async function measureOriginReplay(
  folder: string,
  calls: number,
): Promise<readonly LogRow[]> {
  const data = join(folder, "data");
  const agent = { id: "agent-1" };
  const guard = await openGuard({ policies, data, pep: { type: "bench", id: "b", version: "0" } });
  const work = async (number: number): Promise<void> => {
    const session = await guard.openSession({ agent: agent.id });
    const text = `Read docs/page-${number}-0.md and go on from there`;
    await guard.observe(session.id, { kind: "prompt", text, source: "user", labels: ["user"] });
    for (let at = 0; at < callsPerSession; at += 1) {
      const path = `docs/page-${number}-${at}.md`;
      const asked = { agent, session: { id: session.id }, tool: { server: "files", name: "read" } };
      const permit = await guard.begin({ ...asked, args: { path } });
      if (!permit.granted) throw new Error(`a read was refused: ${permit.message}`);
      const result = `Page ${at} of ${number}. The next is docs/page-${number}-${at + 1}.md.`;
      await guard.end(permit, { status: "success", result });
    }
  };
  for (let from = 0; from < calls / callsPerSession; from += 64) {
    await Promise.all(Array.from({ length: 64 }, (_, place) => work(from + place)));
  }
  await guard.close();
  const { decisions, perSecond } = await replayed(data);
  const how = `${decisions} decisions on calls and their results, origins asked, ten calls in a session`;
  return [row("replay with origins", perSecond, "decisions/s", how)];
}
