import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseVerifierKey as parseKeyOfLog, verifyLog as verifyOfLog } from "@holdfast/log";
import { folderAt, parseCheckpoint, parseVerifierKey, verifyLog } from "@holdfast/verify";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, describe, expect, test } from "vitest";
import { needTool } from "./need-tool.ts";

interface Edit {
  readonly file: string;
  readonly at?: number;
  readonly xor?: number;
  readonly length?: number;
  readonly zeroFrom?: number;
  readonly gone?: true;
  readonly from?: string;
  readonly text?: string;
}

interface LogCase {
  readonly name: string;
  readonly base: string;
  readonly edits: readonly Edit[];
  readonly held?: {
    readonly heads?: readonly string[];
    readonly checkpoints?: readonly string[];
    readonly vkeys?: readonly string[];
  };
  readonly state: string;
  readonly begins?: number;
  readonly code?: string;
}

interface Said {
  readonly state: string;
  /** the first record that is there */
  readonly begins: number;
  readonly problems: readonly { readonly code: string }[];
}

const conformance = fileURLToPath(new URL("../conformance/log/", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "holdfast-cases-"));
const source = JSON.parse(readFileSync(join(conformance, "cases/cases.json"), "utf8")) as {
  readonly cases: readonly LogCase[];
};

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The base log of a case with its edits made, in a folder of its own. */
function edited({ base, edits }: LogCase): string {
  const directory = mkdtempSync(join(scratch, "case-"));
  cpSync(join(conformance, base), directory, { recursive: true });
  for (const edit of edits) {
    const path = join(directory, edit.file);
    if (edit.gone === true) rmSync(path);
    else {
      const bytes = bytesOf(edit, join(conformance, base));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
  }
  return directory;
}

function bytesOf(edit: Edit, base: string): Buffer {
  if (edit.text !== undefined) return Buffer.from(edit.text);
  const bytes = readFileSync(join(base, edit.from ?? edit.file));
  if (edit.at !== undefined) bytes[edit.at]! ^= edit.xor ?? 0;
  if (edit.zeroFrom !== undefined) bytes.fill(0, edit.zeroFrom);
  return bytes.subarray(0, edit.length ?? bytes.length);
}

function headOf(text: string): { readonly size: number; readonly root: string } {
  const [size, root = ""] = text.split(":");
  return { size: Number(size), root };
}

async function saidByLog(directory: string, { held }: LogCase): Promise<Said> {
  const { heads = [], checkpoints = [], vkeys } = held ?? {};
  const anchors = checkpoints.map((text) => ({ source: "held", checkpoint: Buffer.from(text) }));
  const keys = vkeys === undefined ? {} : { keys: vkeys.map(parseKeyOfLog) };
  // It takes one head at a time.
  const reports = await Promise.all(
    (heads.length === 0 ? [undefined] : heads).map((text) =>
      verifyOfLog(directory, {
        anchors,
        ...keys,
        ...(text === undefined ? {} : { held: headOf(text) }),
      }),
    ),
  );
  const report = reports.find(({ ok }) => !ok) ?? reports[0]!;
  return { ...report, begins: report.first };
}

function saidByVerify(directory: string, { held }: LogCase): Said {
  const { heads = [], checkpoints = [], vkeys } = held ?? {};
  return verifyLog(folderAt(directory), {
    heads: heads.map(headOf),
    held: checkpoints.map((text) => ({
      name: "held",
      checkpoint: parseCheckpoint(Buffer.from(text))!,
    })),
    ...(vkeys === undefined ? {} : { keys: vkeys.map((text) => parseVerifierKey(text)!) }),
  });
}

test("the cases are what their schema says, and every name stands for one", () => {
  const schema = JSON.parse(readFileSync(join(conformance, "cases/schema.json"), "utf8")) as object;
  const validate = new Ajv2020().compile(schema);
  expect(validate(source), JSON.stringify(validate.errors)).toBe(true);
  const names = source.cases.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test("no private key lies among the logs that are kept", () => {
  const paths = readdirSync(conformance, { recursive: true }).map(String);
  const files = paths.filter((path) => statSync(join(conformance, path)).isFile());
  expect(files.filter((path) => path.endsWith(".pem"))).toEqual([]);
});

describe.each(source.cases)("$name", (one) => {
  test("is judged as expected by the log's own verifier", async () => {
    expectSaid(await saidByLog(edited(one), one), one);
  });

  test("is judged as expected by the stand-alone verifier", () => {
    expectSaid(saidByVerify(edited(one), one), one);
  });
});

test("every case is judged as expected by the verifier in another language", (context) => {
  needTool(context, "python3");
  const lines = source.cases.map((one) => JSON.stringify({ directory: edited(one), ...one.held }));
  const run = spawnSync("python3", [join(conformance, "judge.py")], {
    encoding: "utf8",
    input: lines.join("\n"),
  });
  const said = run.stdout.trim().split("\n");
  expect(said.length, run.stderr).toBe(source.cases.length);
  for (const [place, one] of source.cases.entries()) {
    expectSaid(JSON.parse(said[place]!) as Said, one);
  }
});

function expectSaid({ state, begins, problems }: Said, one: LogCase): void {
  const { name, state: expected, code } = one;
  const codes = problems.map((problem) => problem.code);
  expect({ name, state, codes }).toMatchObject({ name, state: expected });
  if (one.begins !== undefined) expect(begins, name).toBe(one.begins);
  if (code !== undefined) expect(codes, name).toContain(code);
}
