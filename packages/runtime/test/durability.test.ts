import { createReferenceEngine } from "@holdfast/engine";
import type { Bundle, Engine } from "@holdfast/engine";
import { readLog, verifyLog } from "@holdfast/log";
import { decodeRecord } from "@holdfast/model";
import { Refusal } from "@holdfast/runtime";
import { describe, expect, test } from "vitest";
import { faultFiles } from "./fault-files.ts";
import {
  dataDirectory,
  guardOn,
  permitted,
  refused,
  request,
  startMs,
  testClock,
} from "./support.ts";

/** Lets everything that is ready to happen happen, many times over. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** The real engine with some members broken. */
function broken(parts: (engine: Engine) => Partial<Engine>): (bundle: Bundle) => Engine {
  return (bundle) => {
    const engine = createReferenceEngine(bundle);
    return { ...engine, ...parts(engine) };
  };
}

const write = { path: "x", content: "y" };

describe("no effect before evidence", () => {
  test("a permit waits until its record is durable", async () => {
    const files = faultFiles();
    const guard = await guardOn(dataDirectory(), { files });
    const release = files.hold();
    let answered = false;
    const asked = guard.begin(request("fs.write", write)).then((answer) => {
      answered = true;
      return answer;
    });
    await settle();
    expect(answered).toBe(false);
    release();
    permitted(await asked);
  });

  test("a result waits until its outcome is durable", async () => {
    const files = faultFiles();
    const guard = await guardOn(dataDirectory(), { files });
    const permit = permitted(await guard.begin(request("fs.write", write)));
    const release = files.hold();
    let shown = false;
    const ended = guard.end(permit, { status: "success", result: { text: "t" } }).then((result) => {
      shown = true;
      return result;
    });
    await settle();
    expect(shown).toBe(false);
    release();
    expect((await ended).released).toBe(true);
  });

  test("a tool declared `audit: batched` does not wait, neither way", async () => {
    const files = faultFiles();
    const guard = await guardOn(dataDirectory(), { files });
    const release = files.hold();
    const permit = permitted(await guard.begin(request("note.add", { text: "x" })));
    const shown = await guard.end(permit, { status: "success" });
    expect(shown.released).toBe(true);
    release();
  });

  test("a permit that a restriction overtakes on its way to the disk is not given", async () => {
    const files = faultFiles();
    const guard = await guardOn(dataDirectory(), { files });
    const release = files.hold();
    const overtaken = guard.begin(request("pay.refund", { amount: 10 }));
    const trap = guard.begin(request("fs.write", { path: "honeypot" }));
    release();
    expect(refused(await trap).decision.effect).toBe("contain");
    expect(refused(await overtaken).decision.code).toBe("restricted");
    expect(guard.ambiguous()).toEqual([]);
  });

  test("many actions share one flush, and each sees those decided before it", async () => {
    const files = faultFiles();
    const guard = await guardOn(dataDirectory(), { files });
    const before = files.syncs;
    const asked = Array.from({ length: 100 }, () => request("pay.refund", { amount: 1 }));
    const answers = await Promise.all(asked.map((one) => guard.begin(one)));
    expect(answers.filter(({ granted }) => granted)).toHaveLength(10);
    expect(files.syncs - before).toBeLessThan(20);
  });

  test("100 parallel actions under a limit of 10 come to 10, also across restarts", async () => {
    const data = dataDirectory();
    let granted = 0;
    for (let round = 0; round < 4; round += 1) {
      const guard = await guardOn(data);
      const asked = Array.from({ length: 25 }, () =>
        guard.begin(request("pay.refund", { amount: 1 })),
      );
      granted += (await Promise.all(asked)).filter((answer) => answer.granted).length;
      await guard.close();
    }
    expect(granted).toBe(10);
  });
});

describe("a failing disk", () => {
  for (const code of ["EIO", "ENOSPC"]) {
    test(`that answers ${code} denies, keeps the process alive and loses nothing`, async () => {
      const data = dataDirectory();
      const files = faultFiles();
      const guard = await guardOn(data, { files });
      const kept = permitted(await guard.begin(request("pay.refund", { amount: 4 })));
      files.fail(code);
      const lost = request("pay.refund", { amount: 5 });
      expect(refused(await guard.begin(lost)).decision.code).toBe("audit_unavailable");
      expect((await guard.end(kept, { status: "success", result: "s" })).released).toBe(false);
      files.heal();
      // What was folded may not be on disk, so nothing is granted until the log is read again.
      expect(refused(await guard.begin(request("fs.write", write))).decision.code).toBe(
        "audit_unavailable",
      );
      expect((await guard.decide(request("fs.write", write))).code).toBe("unavailable");
      expect(guard.couldAllow(request("fs.write", write))).toBe(false);
      await expect(guard.openSession({ agent: "agent-1" })).rejects.toMatchObject({
        code: "guard_unavailable",
      });
      await guard.close();

      const again = await guardOn(data);
      expect((await verifyLog(data)).state).toBe("intact");
      expect(again.ambiguous().map(({ id }) => id)).toContain(kept.id);
      const answers = [];
      for (let turn = 0; turn < 8; turn += 1) {
        answers.push(await again.begin(request("pay.refund", { amount: 1 })));
      }
      const granted = answers.filter((answer) => answer.granted).length;
      // 4 are charged for certain; the 5 of the lost action are if and only if its record is there.
      const records = [];
      for await (const { body } of readLog(data)) records.push(decodeRecord(body));
      const wasKept = records.some(
        (record) => record.kind === "decision" && record.action.id === lost.id,
      );
      expect(granted).toBe(wasKept ? 1 : 6);
    });
  }

  test("withholds the result of what ran, and nothing more runs", async () => {
    const files = faultFiles();
    const guard = await guardOn(dataDirectory(), { files });
    const ran: string[] = [];
    const answer = await guard.run(request("fs.write", write), async () => {
      ran.push("first");
      files.fail("EIO");
      return { secret: 1 };
    });
    expect(answer).toBeInstanceOf(Refusal);
    expect(answer).toMatchObject({ ran: true, decision: { code: "unavailable" } });
    files.heal();
    const next = await guard.run(request("fs.write", write), async () => {
      ran.push("second");
    });
    expect(next).toBeInstanceOf(Refusal);
    expect(ran).toEqual(["first"]);
  });
});

describe("an engine that breaks its contract", () => {
  test("by throwing in decide denies that action, on record, and no other", async () => {
    const createEngine = broken((engine) => ({
      decide(input) {
        if (input.request.args["path"] === "bad") throw new Error("planted");
        return engine.decide(input);
      },
    }));
    const guard = await guardOn(dataDirectory(), { createEngine });
    const refusal = refused(await guard.begin(request("fs.write", { path: "bad" })));
    expect(refusal.decision.code).toBe("unavailable");
    expect(refusal.sequence).toBeTypeOf("number");
    expect((await guard.decide(request("fs.write", { path: "bad" }))).code).toBe("unavailable");
    permitted(await guard.begin(request("fs.write", write)));
  });

  test("by throwing in fold takes the guard out of service", async () => {
    const createEngine = broken(() => ({
      fold() {
        throw new Error("planted");
      },
    }));
    const guard = await guardOn(dataDirectory(), { createEngine });
    expect(refused(await guard.begin(request("fs.write", write))).decision.code).toBe(
      "unavailable",
    );
    expect((await guard.decide(request("fs.write", write))).code).toBe("unavailable");
  });
});

describe("the clock", () => {
  test("that steps back an hour neither opens a window again nor stops it", async () => {
    const clock = testClock();
    const data = dataDirectory();
    const guard = await guardOn(data, { clock });
    permitted(await guard.begin(request("pay.refund", { amount: 10 })));
    clock.wall -= 3_600_000;
    refused(await guard.begin(request("pay.refund", { amount: 1 })));
    clock.pass(3_700_000);
    permitted(await guard.begin(request("pay.refund", { amount: 10 })));
    clock.wall = startMs - 86_400_000;
    await guard.close();

    const again = await guardOn(data, { clock });
    refused(await again.begin(request("pay.refund", { amount: 1 })));
    const times = [];
    for await (const { body } of readLog(data)) times.push(decodeRecord(body).time);
    expect(times).toEqual(times.toSorted((left, right) => left - right));
  });

  test("that answers nonsense is carried on by the monotonic one", async () => {
    const clock = testClock();
    const guard = await guardOn(dataDirectory(), { clock });
    permitted(await guard.begin(request("pay.refund", { amount: 10 })));
    clock.wall = Number.NaN;
    expect(refused(await guard.begin(request("pay.refund", { amount: 1 }))).decision.code).toBe(
      "limit",
    );
  });
});

test("a closed guard denies, and takes nothing", async () => {
  const guard = await guardOn(dataDirectory());
  await guard.close();
  expect(refused(await guard.begin(request("fs.write", write))).decision.code).toBe("unavailable");
  expect((await guard.decide(request("fs.write", write))).effect).toBe("deny");
});
