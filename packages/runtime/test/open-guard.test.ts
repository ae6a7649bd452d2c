import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { renderDiagnostic } from "@holdfast/model";
import { DiagnosticsError, openGuard, readConfiguration } from "@holdfast/runtime";
import { describe, expect, test } from "vitest";
import { dataDirectory, guardOn, pep, permitted, refused, request, scratch } from "./support.ts";

async function failure(action: () => Promise<unknown>): Promise<unknown> {
  return action().then(
    () => undefined,
    (error: unknown) => error,
  );
}

const settings = (environments: string) => `
apiVersion: holdfast.dev/v1
kind: Settings
metadata: {name: settings}
spec: {environments: [${environments}]}
`;

describe("opening a guard", () => {
  test("on policies that do not compile gives every error at once, and starts nothing", async () => {
    const folder = scratch();
    mkdirSync(join(folder, "policies", "team"), { recursive: true });
    writeFileSync(join(folder, "policies", "a.yaml"), "kind: Nothing\n");
    writeFileSync(join(folder, "policies", "team", "b.yml"), "apiVersion: x\nkind: [\n");
    writeFileSync(join(folder, "policies", "c.txt"), "not read");
    const data = join(folder, "data");
    const options = { policies: join(folder, "policies"), data, pep };
    const error = await failure(() => openGuard(options));
    if (!(error instanceof DiagnosticsError)) throw new Error("no diagnostics");
    expect(error.code).toBe("policy_invalid");
    const files = new Set(error.diagnostics.map(({ span }) => span.file));
    expect(files).toEqual(
      new Set([`${options.policies}/a.yaml`, `${options.policies}/team/b.yml`]),
    );
    for (const diagnostic of error.diagnostics) {
      const text = renderDiagnostic(diagnostic, error.sources.get(diagnostic.span.file));
      expect(text.split("\n").length).toBeGreaterThan(1);
    }
    expect(statSync(data, { throwIfNoEntry: false })).toBeUndefined();
  });

  test("on a folder that is not there, or a data directory in use, refuses", async () => {
    const data = dataDirectory();
    const missing = await failure(() => openGuard({ policies: "/nowhere/at/all", data, pep }));
    expect(missing).toMatchObject({ code: "policy_folder" });
    await guardOn(data);
    expect(await failure(() => guardOn(data))).toMatchObject({ code: "log_locked" });
    expect(await failure(() => openGuard({ policies: [], pep }))).toMatchObject({
      code: "guard_options",
    });
  });

  test("on a damaged log refuses, whatever was damaged", async () => {
    for (const series of ["seg", "payload"]) {
      const data = dataDirectory();
      const guard = await guardOn(data);
      for (let turn = 0; turn < 3; turn += 1) {
        permitted(await guard.begin(request("fs.write", { path: "x" })));
      }
      await guard.close();
      const [name = ""] = readdirSync(join(data, series));
      const bytes = readFileSync(join(data, series, name));
      const at = bytes.indexOf(series === "seg" ? '"granted":true' : '"credential"') + 12;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(join(data, series, name), bytes);
      expect(await failure(() => guardOn(data))).toMatchObject({ code: "log_damaged" });
    }
    const data = dataDirectory();
    await (await guardOn(data)).close();
    appendFileSync(join(data, "log.json"), " ");
    expect(await failure(() => guardOn(data))).toMatchObject({ code: "log_damaged" });
  });

  test("keeps the data from other users of the machine", async () => {
    const data = join(scratch(), "made");
    await guardOn(data);
    expect(statSync(data).mode & 0o077).toBe(0);
    for (const name of readdirSync(join(data, "bundles"))) {
      expect(statSync(join(data, "bundles", name)).mode & 0o077).toBe(0);
    }
  });
});

describe("the environment", () => {
  test("is the given one, else the configuration's, else the only one, else development", async () => {
    const configuration = join(scratch(), "holdfast.yaml");
    writeFileSync(configuration, "environment: staging\n");
    const three = settings("development, staging, production");
    const cases = [
      [{ policy: three, configuration, environment: "production" }, "production"],
      [{ policy: three, configuration }, "staging"],
      [{ policy: three }, "development"],
      [{ policy: settings("lab") }, "lab"],
    ] as const;
    for (const [options, expected] of cases) {
      expect((await guardOn(dataDirectory(), options)).environment).toBe(expected);
    }
  });

  test("that an agent's document does not name is not for that agent", async () => {
    const policy = `
${settings("staging, production")}---
apiVersion: holdfast.dev/v1
kind: Agent
metadata: {name: agent-1}
spec: {roles: [r], environments: [production]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: p}
spec: {match: {labels: [unlabelled]}, rules: [{id: all, effect: allow}]}
`;
    const staging = await guardOn(dataDirectory(), { policy, environment: "staging" });
    expect(refused(await staging.begin(request("fs.x"))).decision.code).toBe("out_of_scope");
    permitted(await staging.begin(request("fs.x", {}, { agent: { id: "agent-2" } })));
    const production = await guardOn(dataDirectory(), { policy, environment: "production" });
    permitted(await production.begin(request("fs.x")));
  });

  test("that is unknown, or not to be guessed, refuses to start", async () => {
    const wrong = { policy: settings("staging, production"), environment: "prodution" };
    const unknown = await failure(() => guardOn(dataDirectory(), wrong));
    expect(unknown).toMatchObject({
      code: "environment_unknown",
      message: expect.stringContaining("did you mean `production`?"),
    });
    const none = { policy: settings("staging, production") };
    expect(await failure(() => guardOn(dataDirectory(), none))).toMatchObject({
      code: "environment_missing",
    });
  });
});

describe("holdfast.yaml", () => {
  test("names policies and data relative to itself", async () => {
    const folder = scratch();
    mkdirSync(join(folder, "policies"));
    const configuration = join(folder, "holdfast.yaml");
    writeFileSync(configuration, "policies: policies\ndata: ./.holdfast\nagent: writer\n");
    const guard = await openGuard({ configuration, pep });
    expect(guard.directory).toBe(join(folder, ".holdfast"));
    await guard.close();
    expect(readConfiguration(configuration).agent).toBe("writer");
  });

  test("that is not right gives everything that is wrong, where it stands", async () => {
    const configuration = join(scratch(), "holdfast.yaml");
    const text = "enforcment: {}\nregistry:\n  unregistered: allow\n";
    writeFileSync(configuration, text);
    const error = await failure(async () => readConfiguration(configuration));
    if (!(error instanceof DiagnosticsError)) throw new Error("no diagnostics");
    const lines = error.diagnostics.map(({ span, message }) => `${span.start.line} ${message}`);
    expect(lines.toSorted()).toEqual([
      "1 unknown field `enforcment`; did you mean `enforcement`?",
      expect.stringMatching(/^3 `registry\.unregistered`: /u),
    ]);
    for (const bad of ["a: 1\na: 2\n", "environment: !!tag x\n", "x: *y\n", "environment: [\n"]) {
      writeFileSync(configuration, bad);
      expect(await failure(async () => readConfiguration(configuration))).toMatchObject({
        code: "configuration_invalid",
      });
    }
    expect(await failure(async () => readConfiguration("/nowhere"))).toMatchObject({
      code: "configuration_unreadable",
    });
  });

  test("chooses what is enforced; the stricter of two rules wins in any order", async () => {
    const rules = [
      "{match: {labels: [write]}, mode: observe}",
      "{match: {tools: [fs.write], agents: [agent-*]}, mode: enforce}",
    ];
    for (const order of [rules, rules.toReversed()]) {
      const configuration = join(scratch(), "holdfast.yaml");
      writeFileSync(
        configuration,
        `enforcement: {default: enforce, rules: [${order.join(", ")}]}\n`,
      );
      const guard = await guardOn(dataDirectory(), { configuration });
      refused(await guard.begin(request("fs.write", { path: "secret-place" })));
      const elsewhere = { agent: { id: "other" } };
      const observed = permitted(
        await guard.begin(request("fs.write", { path: "secret-place" }, elsewhere)),
      );
      expect(observed.decision.shadow).toMatchObject({ effect: "deny" });
    }
    const configuration = join(scratch(), "holdfast.yaml");
    writeFileSync(
      configuration,
      "enforcement: {rules: [{match: {labels: [wirte]}, mode: observe}]}\n",
    );
    expect(await failure(() => guardOn(dataDirectory(), { configuration }))).toMatchObject({
      code: "configuration_unknown_name",
    });
  });

  test("in observe authentication and evidence still fail closed", async () => {
    const configuration = join(scratch(), "holdfast.yaml");
    writeFileSync(configuration, "enforcement: {default: observe}\n");
    const guard = await guardOn(dataDirectory(), { configuration });
    refused(await guard.begin(request("fs.write", {}, { session: { id: "not-mine" } })));
    const asked = request("fs.remove");
    permitted(await guard.begin(asked));
    refused(await guard.begin({ ...asked, args: { other: 1 } }));
  });
});
