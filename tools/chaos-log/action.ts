import type { RequestInput } from "@holdfast/model";
import { createHash } from "node:crypto";

export const pep = { type: "sdk", id: "chaos", version: "1.0.0" };

export const agent = "agent-1";

/** A tool of every kind of answer: permitted, redacted, limited, denied. */
export const policyText = `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: fs.read}
spec: {labels: [read, untrusted]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: fs.write}
spec: {labels: [write]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: pay.refund}
spec: {labels: [money]}
---
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: untrusted-read}
spec: {match: {labels: [untrusted]}, at: begin, key: [session.id]}
---
apiVersion: holdfast.dev/v1
kind: Meter
metadata: {name: refunds}
spec: {match: {tools: [pay.refund]}, reserve: args.amount, key: [agent.id], window: 1h}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: base}
spec:
  match: {tools: [fs.read, fs.write, pay.refund]}
  rules:
    - {id: grant, effect: allow}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: narrow}
spec:
  rules:
    - id: nothing-after-much
      effect: deny
      when: tool.name == "refund" && meter("refunds") > 50
`;

/** The action of an id, the same in every process: so that one can ask again what another asked. */
export function requestOf(id: string, session: string): RequestInput {
  const chance = createHash("sha256").update(id).digest();
  const kind = (chance[0] ?? 0) % 8;
  const common = { id, agent: { id: agent }, session: { id: session } };
  const tool = (server: string, name: string): { server: string; name: string } => ({
    server,
    name,
  });
  if (kind === 0) return { ...common, tool: tool("pay", "refund"), args: { amount: 1 } };
  if (kind === 1) return { ...common, tool: tool("fs", "unlink"), args: { path: id } };
  if (kind === 2) return { ...common, tool: tool("fs", "read"), args: { path: id } };
  // Mostly small, now and then larger than a segment of the chaos runs has room for at once.
  const size = kind === 3 ? 20_000 : 40 * (chance[1] ?? 0);
  const content = chance.toString("hex").repeat(1 + size / 64);
  return { ...common, tool: tool("fs", "write"), args: { path: id, content } };
}
