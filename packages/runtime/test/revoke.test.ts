import type { RequestInput } from "@holdfast/model";
import type { Ending, Permit } from "@holdfast/runtime";
import { expect, test } from "vitest";
import { dataDirectory, guardOn, permitted, refused, request } from "./support.ts";

const scopes = ["tool:fs.write"];
const byAgent = { delegation: [{ agent: { id: "agent-1" }, scopes }] };

test("a containment revokes every open permit that it would refuse anew, and no other", async () => {
  const guard = await guardOn(dataDirectory());
  const own = await guard.openSession({ agent: "agent-1" });
  const spawned = await guard.openSession({ agent: "child", parent: own.id });
  const other = await guard.openSession({ agent: "agent-1" });
  const stranger = await guard.openSession({ agent: "agent-2", parent: own.id });
  const asked: Record<string, Partial<RequestInput>> = {
    "in the session": { session: { id: own.id } },
    "without a session": {},
    "of a child it delegated to": {
      agent: { id: "child" },
      session: { id: spawned.id },
      ...byAgent,
    },
    "of a child without a session": { agent: { id: "child" }, ...byAgent },
    "of the child alone": { agent: { id: "child" }, session: { id: spawned.id } },
    "in another session": { session: { id: other.id } },
    "of another agent": { agent: { id: "agent-2" }, session: { id: stranger.id } },
  };
  const permits = new Map<string, Permit>();
  for (const [name, rest] of Object.entries(asked)) {
    permits.set(name, permitted(await guard.begin(request("fs.write", { path: "x" }, rest))));
  }
  const trap = request("fs.write", { path: "honeypot" }, { session: { id: own.id } });
  expect(refused(await guard.begin(trap)).decision.effect).toBe("contain");
  const revoked: string[] = [];
  for (const [name, rest] of Object.entries(asked)) {
    const anew = await guard.begin(request("fs.write", { path: "x" }, rest));
    expect(permits.get(name)?.signal.aborted, name).toBe(!anew.granted);
    if (!anew.granted) revoked.push(name);
  }
  expect(revoked).toEqual(Object.keys(asked).slice(0, 4));
});

test("a permit is frozen through and through", async () => {
  const guard = await guardOn(dataDirectory(), { explanations: true });
  const permit = permitted(await guard.begin(request("fs.write", { path: "x", deep: [{ a: 1 }] })));
  const open = [permit as object];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    expect(Object.isFrozen(value)).toBe(true);
    for (const member of Object.values(value)) {
      if (typeof member === "object" && member !== null && member !== permit.signal)
        open.push(member);
    }
  }
  expect(Reflect.set(permit, "args", { path: "other" })).toBe(false);
  expect(permit.args).toMatchObject({ path: "x" });
});

test("what is no ending withholds the result, counts as a failure, and stops no other action", async () => {
  const guard = await guardOn(dataDirectory());
  const throwing = {
    get status(): never {
      throw new Error("a getter");
    },
  };
  const endings: unknown[] = [
    { status: "weird", result: "secret" },
    { status: undefined },
    throwing,
    null,
    "success",
    { status: "success", result: throwing },
    { status: "success", durationMs: Number.NaN, result: "secret" },
    { status: "success", cost: "much", result: "secret" },
  ];
  for (const ending of endings) {
    const permit = permitted(await guard.begin(request("fs.write", { path: "x" })));
    const shown = await guard.end(permit, ending as Ending);
    expect(shown).toMatchObject({ released: false, decision: { code: "unavailable" } });
    expect(shown.sequence).toBeTypeOf("number");
    expect(JSON.stringify(shown)).not.toContain("secret");
  }
  permitted(await guard.begin(request("fs.write", { path: "x" })));
});
