import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { allowAll, altered, RawSession, testGuard } from "./raw-session.ts";

const mebibyte = 1024 * 1024;

/** Waits until a figure no longer moves, and gives it. */
async function settled(figure: () => number): Promise<number> {
  let last = -1;
  for (let same = 0; same < 20;) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    const now = figure();
    same = now === last ? same + 1 : 0;
    last = now;
  }
  return last;
}

test("while the client does not read, the server is not read either, and nothing is lost", async () => {
  const session = new RawSession(await testGuard(allowAll));
  await session.initialize();
  await session.ask("list", "tools/list");
  session.stdout.pause();
  const params = { name: "pour", arguments: { count: 400, bytes: 100_000 } };
  session.send({ id: 1, method: "tools/call", params });
  await session.told(/allow rec\.pour/u);
  const held = await settled(() => session.stdout.writableLength + session.stdout.readableLength);
  expect(held).toBeGreaterThan(0);
  expect(held).toBeLessThan(8 * mebibyte);
  session.stdout.resume();
  expect((await session.next(({ id }) => id === 1)).result).toBeDefined();
  expect(session.messages).toHaveLength(400);
});

test("while the server does not read, the client is not read either, and nothing is lost", async () => {
  const session = new RawSession(await testGuard(allowAll));
  await session.initialize();
  const { result } = await session.call(1, "deaf", {});
  const [{ text: pid }] = (result as { content: [{ text: string }] }).content;
  const note = {
    method: "notifications/progress",
    params: { progressToken: 1, data: "x".repeat(100_000) },
  };
  for (let n = 0; n < 400; n++) session.send(note);
  const unread = await settled(() => session.stdin.writableLength + session.stdin.readableLength);
  expect(unread).toBeGreaterThan(20 * mebibyte);
  process.kill(Number(pid), "SIGUSR2");
  await session.settle();
  expect(session.receivedOf("notifications/progress")).toHaveLength(400);
});

test("no more is read than may be undecided at once", async () => {
  const guard = await testGuard(allowAll);
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const session = new RawSession(
    altered(guard, {
      begin: async (request) => {
        await gate;
        return guard.begin(request);
      },
    }),
    { limits: { undecidedBytesMax: mebibyte } },
  );
  await session.initialize();
  for (let id = 0; id < 100; id++) {
    session.send({ id, method: "vendor/any", params: { data: "x".repeat(100_000) } });
  }
  const unread = await settled(() => session.stdin.writableLength + session.stdin.readableLength);
  expect(unread).toBeGreaterThan(8 * mebibyte - mebibyte);
  release();
  for (let wanted = 0; wanted < 100; wanted++) {
    expect((await session.next(({ id }) => id === wanted)).result).toBeDefined();
  }
});

test("a stderr that nobody reads stops no call", async () => {
  const session = new RawSession(await testGuard(allowAll), { stderr: new PassThrough() });
  await session.initialize();
  for (let id = 0; id < 300; id++) {
    expect((await session.call(id, "echo", {})).result).toBeDefined();
  }
});
