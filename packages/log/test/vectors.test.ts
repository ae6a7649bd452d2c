import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  Frontier,
  headOf,
  leafHash,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  provesConsistency,
  provesInclusion,
  signersOf,
  verifyReceipt,
} from "@holdfast/log";
import { expect, test } from "vitest";
import { needTool } from "../../../tools/need-tool.ts";

const folder = fileURLToPath(new URL("../../../conformance/log/", import.meta.url));

function load(name: string): unknown {
  return JSON.parse(readFileSync(`${folder}vectors/${name}`, "utf8"));
}

const reference = load("rfc6962.json") as {
  readonly leaves: readonly string[];
  readonly roots: readonly string[];
  readonly inclusion: readonly { index: number; size: number; proof: readonly string[] }[];
  readonly consistency: readonly { from: number; to: number; proof: readonly string[] }[];
};
const { keys, notes } = load("signed-note.json") as {
  readonly keys: readonly { name: string; vkey: string; valid: boolean }[];
  readonly notes: readonly {
    name: string;
    vkeys: readonly string[];
    note: string;
    form: string;
    signers?: readonly string[];
  }[];
};
const { checkpoints } = load("checkpoint.json") as {
  readonly checkpoints: readonly {
    name: string;
    checkpoint: string;
    valid: boolean;
    size?: number;
    root?: string;
    vkey?: string;
  }[];
};
const { proofs } = load("tlog-proof.json") as {
  readonly proofs: readonly {
    name: string;
    receipt: string;
    record: string;
    vkey: string;
    proven: boolean;
  }[];
};

function hashes(hex: readonly string[]): Buffer[] {
  return hex.map((each) => Buffer.from(each, "hex"));
}

function headAt(size: number): { readonly size: number; readonly root: string } {
  return { size, root: reference.roots[size]! };
}

test("the reference tree has the reference roots, and its proofs hold", () => {
  const frontier = new Frontier();
  for (const [index, leaf] of hashes(reference.leaves).entries()) {
    expect(headOf(frontier)).toEqual(headAt(index));
    frontier.push(leafHash(leaf));
  }
  expect(headOf(frontier)).toEqual(headAt(8));
  for (const { index, size, proof } of reference.inclusion) {
    const leaf = leafHash(Buffer.from(reference.leaves[index]!, "hex"));
    const claim = { index, leaf, head: headAt(size), hashes: hashes(proof) };
    expect(provesInclusion(claim)).toBe(true);
    expect(provesInclusion({ ...claim, index: index + 1 })).toBe(false);
  }
  for (const { from, to, proof } of reference.consistency) {
    const claim = { from: headAt(from), to: headAt(to), hashes: hashes(proof) };
    expect(provesConsistency(claim)).toBe(true);
    expect(provesConsistency({ ...claim, hashes: [...claim.hashes, Buffer.alloc(32)] })).toBe(
      false,
    );
  }
});

test.each(keys)("a verifier key: $name", ({ vkey, valid }) => {
  if (valid) expect(parseVerifierKey(vkey).name).not.toBe("");
  else expect(() => parseVerifierKey(vkey)).toThrow(/verifier key/u);
});

test.each(notes)("a signed note: $name", async ({ note: text, form, signers, vkeys }) => {
  const read = () => parseNote(Buffer.from(text));
  if (form === "wrong") {
    expect(read).toThrow(/not a signed note/u);
    return;
  }
  const by = await signersOf(read(), vkeys.map(parseVerifierKey)).catch(() => []);
  expect(by.map(({ name, keyId }) => `${name}+${keyId}`)).toEqual(signers);
});

test.each(checkpoints)("a checkpoint: $name", async ({ checkpoint: text, valid, ...told }) => {
  const read = () => parseCheckpoint(Buffer.from(text));
  if (!valid) {
    expect(read).toThrow(/not a /u);
    return;
  }
  const { head, note } = read();
  expect(head).toEqual({ size: told.size, root: told.root });
  if (told.vkey === undefined) return;
  expect(await signersOf(note, [parseVerifierKey(told.vkey)])).toHaveLength(1);
});

test.each(proofs)("a receipt: $name", async ({ receipt, record, vkey, proven }) => {
  const options = { keys: [parseVerifierKey(vkey)], record: Buffer.from(record, "hex") };
  const verifying = verifyReceipt(Buffer.from(receipt), options);
  if (proven) await verifying;
  else await expect(verifying).rejects.toMatchObject({ code: expect.stringMatching(/^log_/u) });
});

test("a verifier in another language passes the same vectors, and every tree of up to 520 leaves", (context) => {
  needTool(context, "python3");
  const run = spawnSync("python3", [`${folder}vectors.py`], { encoding: "utf8" });
  expect(run.stdout.trim()).toMatch(/^\d{6,} compared, 0 wrong$/u);
  expect(run.status).toBe(0);
});
