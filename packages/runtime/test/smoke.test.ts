import { expect, test } from "vitest";
import { dataDirectory, guardOn, permitted, request } from "./support.ts";

test("an allowed action gets a permit", async () => {
  const guard = await guardOn(dataDirectory());
  const permit = permitted(await guard.begin(request("fs.write", { path: "x", content: "y" })));
  const shown = await guard.end(permit, { status: "success", result: { ok: true } });
  expect(shown.released).toBe(true);
});
