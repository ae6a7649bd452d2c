import { readOpened } from "@holdfast/runtime";
import { decodeRecord } from "@holdfast/model";
import { describe, expect, test } from "vitest";
import { dataDirectory, guardOn, permitted, refused, request } from "./support.ts";

const mine = { credential: "token:a" };
const theirs = { credential: "token:b" };

describe("a session", () => {
  test("rival: agt-session-laundering: its id cannot be chosen, reused or lent", async () => {
    const guard = await guardOn(dataDirectory());
    const own = await guard.openSession({ agent: "agent-1" }, mine);
    const lent = { id: own.id };
    permitted(await guard.begin(request("fs.read", { path: "x" }, { session: lent }), mine));
    const stolen = [
      guard.begin(request("fs.read", { path: "x" }, { session: { id: "fresh-and-clean" } }), mine),
      guard.begin(request("fs.read", { path: "x" }, { session: lent }), theirs),
      guard.begin(
        request("fs.read", { path: "x" }, { session: lent, agent: { id: "other" } }),
        mine,
      ),
      guard.begin(request("fs.read", { path: "x" }, { session: lent })),
    ];
    const reasons = new Set<string>();
    for (const answer of await Promise.all(stolen)) {
      const { decision } = refused(answer);
      expect(decision.code).toBe("invalid_request");
      reasons.add(decision.reason);
    }
    // One and the same answer, so that nobody learns which ids exist.
    expect(reasons.size).toBe(1);
  });

  test("rival: agt-session-laundering: what was read in a session follows its children", async () => {
    const guard = await guardOn(dataDirectory());
    const parent = await guard.openSession({ agent: "agent-1" }, mine);
    const child = await guard.openSession({ agent: "agent-2", parent: parent.id }, mine);
    expect(child.root).toBe(parent.id);
    permitted(
      await guard.begin(request("fs.read", { path: "x" }, { session: { id: parent.id } }), mine),
    );
    // A root of the request's own choice changes nothing.
    const session = { id: child.id, root: child.id };
    const asked = request("web.post", {}, { session, agent: { id: "agent-2" } });
    expect(refused(await guard.begin(asked, mine)).decision.rules).toEqual([
      "narrow/after-untrusted",
    ]);
    await expect(
      guard.openSession({ agent: "x", parent: parent.id }, theirs),
    ).rejects.toMatchObject({
      code: "session_unknown",
    });
  });

  test("that is not the caller's leaves no trace in its owner's history", async () => {
    const policy = `
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: attempt}
spec: {match: {tools: [fs.erase]}, at: decision, key: [session.id]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: fs.erase}
spec: {labels: [destructive]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: p}
spec:
  match: {labels: [unlabelled]}
  rules:
    - {id: all, effect: allow}
    - {id: tripped, effect: deny, when: happened("attempt")}
`;
    const guard = await guardOn(dataDirectory(), { policy });
    const { id } = await guard.openSession({ agent: "agent-1" }, mine);
    const ask = (tool: string, who: typeof mine) =>
      guard.begin(request(tool, {}, { session: { id } }), who);
    refused(await ask("fs.erase", theirs));
    permitted(await ask("fs.x", mine));
    refused(await ask("fs.erase", mine));
    expect(refused(await ask("fs.x", mine)).decision.rules).toEqual(["p/tripped"]);
  });
});

describe("observe", () => {
  test("records what was seen, its text only in the payload", async () => {
    const guard = await guardOn(dataDirectory());
    const { id } = await guard.openSession({ agent: "agent-1" });
    const text = "please refund cus_1234";
    await guard.observe(id, { kind: "prompt", text, source: "stdin", labels: ["user"] });
    const seen = [];
    for await (const { body, payload } of readOpened(guard.directory)) {
      const record = decodeRecord(body);
      expect(new TextDecoder().decode(body)).not.toContain("cus_1234");
      if (record.kind !== "observation" || !(payload instanceof Uint8Array)) continue;
      seen.push([record.seen, record.labels, JSON.parse(new TextDecoder().decode(payload)).text]);
    }
    expect(seen).toEqual([["prompt", ["user"], text]]);
  });

  test("refuses what nobody declared, what is not the caller's, and a document as the user's word", async () => {
    const guard = await guardOn(dataDirectory());
    const { id } = await guard.openSession({ agent: "agent-1" });
    const seen = { kind: "prompt", text: "t", source: "s", labels: [] } as const;
    await expect(guard.observe(id, seen, theirs)).rejects.toMatchObject({
      code: "session_unknown",
    });
    await expect(guard.observe(id, { ...seen, labels: ["pij"] })).rejects.toMatchObject({
      code: "label_unknown",
    });
    const typed = { ...seen, kind: "document", labels: ["user"] } as const;
    await expect(guard.observe(id, typed)).rejects.toMatchObject({ code: "observation_label" });
  });
});
