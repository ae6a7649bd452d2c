import { decodeRecord } from "@holdfast/model";
import { readLog } from "@holdfast/log";
import { openGuard } from "@holdfast/runtime";
import type { Guard } from "@holdfast/runtime";
import { describe, expect, onTestFinished, test } from "vitest";
import { dataDirectory, pep } from "./support.ts";

// What other gates got wrong and only a guard with sessions, a tenant and a log can get right.

const policyText = `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: crm.read}
spec: {labels: [read, pii]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: mail.send}
spec: {labels: [egress]}
---
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: pii-read}
spec: {match: {labels: [pii]}, at: begin, key: [session.id]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: support}
spec:
  match: {agents: [support-*], tools: [crm.read, mail.send]}
  rules:
    - {id: grant, effect: allow}
    - {id: no-leak, effect: deny, when: 'tool.name == "send" && happened("pii-read")'}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: hooks}
spec:
  match: {tools: [local.post]}
  rules:
    - {id: grant, effect: allow, when: 'glob("/hooks/*", args.path)'}
`;

async function guardOn(data: string): Promise<Guard> {
  const guard = await openGuard({ policies: [{ path: "p.yaml", text: policyText }], data, pep });
  onTestFinished(() => guard.close());
  return guard;
}

function action(tool: { server?: string; name: string }, rest: object = {}) {
  return { agent: { id: "support-1" }, tool, args: {}, ...rest };
}

describe("what other gates got wrong", () => {
  test("rival: prism-unknown-agent: an agent nobody wrote down is granted nothing", async () => {
    const guard = await guardOn(dataDirectory());
    const session = { id: (await guard.openSession({ agent: "intern-7" })).id };
    const read = action({ server: "crm", name: "read" }, { session });
    const stranger = { ...read, agent: { id: "intern-7" } };
    expect((await guard.decide(stranger)).code).toBe("default_deny");
    expect((await guard.begin(stranger)).granted).toBe(false);
  });

  test("rival: prism-tenant-from-payload: a request cannot choose its tenant", async () => {
    const guard = await guardOn(dataDirectory());
    const foreign = action({ server: "crm", name: "read" }, { tenant: "somebody-else" });
    const answer = await guard.begin(foreign);
    expect(answer).toMatchObject({ granted: false, decision: { code: "invalid_request" } });
  });

  test("rival: prism-glob-crosses-slash: one star stops at a slash", async () => {
    const guard = await guardOn(dataDirectory());
    const post = (path: string) => guard.decide(action({ name: "post" }, { args: { path } }));
    expect((await post("/hooks/build")).effect).toBe("allow");
    expect((await post("/hooks/a/../../admin")).effect).toBe("deny");
  });

  test("rival: agt-no-sequences: two actions that are each allowed are not allowed in a row", async () => {
    const guard = await guardOn(dataDirectory());
    const session = await guard.openSession({ agent: "support-1" });
    const inSession = { session: { id: session.id } };
    const send = action({ server: "mail", name: "send" }, inSession);
    expect((await guard.begin(send)).granted).toBe(true);
    expect((await guard.begin(action({ server: "crm", name: "read" }, inSession))).granted).toBe(
      true,
    );
    expect(await guard.begin(send)).toMatchObject({
      granted: false,
      decision: { effect: "deny", rules: ["support/no-leak"] },
    });
  });

  test("rival: capfence-empty-payload-hash: every decision is bound to its arguments, asked or not", async () => {
    const data = dataDirectory();
    const guard = await guardOn(data);
    await guard.begin(action({ server: "crm", name: "read" }, { args: { id: 1 } }));
    await guard.begin(action({ server: "crm", name: "read" }, { args: { id: 1 } }));
    const bound: (string | undefined)[] = [];
    for await (const { body } of readLog(data)) {
      const record = decodeRecord(body);
      if (record.kind === "decision") bound.push(record.commit["args"]);
    }
    expect(bound).toHaveLength(2);
    expect(bound.every((commitment) => (commitment ?? "").length > 40)).toBe(true);
    // Salted, so that equal arguments cannot be told from the log without the payloads.
    expect(bound[0]).not.toBe(bound[1]);
  });
});
