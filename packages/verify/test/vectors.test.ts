import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  GrowingTree,
  hashOfLeaf,
  isConsistent,
  isIncluded,
  judgeNote,
  judgeReceipt,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
} from "@holdfast/verify";
import type { VerifierKey } from "@holdfast/verify";
import { describe, expect, test } from "vitest";

const folder = new URL("../../../conformance/log/vectors/", import.meta.url);

function load(name: string): unknown {
  return JSON.parse(readFileSync(fileURLToPath(new URL(name, folder)), "utf8"));
}

interface ReferenceVectors {
  readonly leaves: readonly string[];
  readonly roots: readonly string[];
  readonly inclusion: readonly { index: number; size: number; proof: readonly string[] }[];
  readonly consistency: readonly { from: number; to: number; proof: readonly string[] }[];
}

const reference = load("rfc6962.json") as ReferenceVectors;
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
    origin?: string;
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

function keyOf(text: string): VerifierKey {
  return parseVerifierKey(text)!;
}

const roots = hashes(reference.roots);
const some = Buffer.alloc(32, 0xab);

test("the reference tree has the reference roots for 0 to 8 leaves", () => {
  const tree = new GrowingTree();
  expect(tree.rootText()).toBe(reference.roots[0]);
  for (const [index, leaf] of hashes(reference.leaves).entries()) {
    tree.add(hashOfLeaf(leaf));
    expect(tree.rootText()).toBe(reference.roots[index + 1]);
  }
});

test.each(reference.inclusion)("leaf $index of $size is proven, and nothing near it", (vector) => {
  const { index, size } = vector;
  const proof = hashes(vector.proof);
  const leaf = hashOfLeaf(Buffer.from(reference.leaves[index]!, "hex"));
  const root = roots[size]!;
  const right = { index, size, leaf, root, proof };
  expect(isIncluded(right)).toBe(true);
  const wrong = [
    { ...right, index: index + 1 },
    { ...right, index: index - 1 },
    { ...right, size: size * 2 },
    { ...right, size: Math.floor(size / 2) },
    { ...right, leaf: some },
    { ...right, leaf: Buffer.from("short") },
    { ...right, root: some },
    { ...right, root: roots[0]! },
    { ...right, proof: [...proof, Buffer.alloc(0)] },
    { ...right, proof: [...proof, root] },
    { ...right, proof: [root, ...proof] },
    ...flips(proof).map((other) => Object.assign({}, right, { proof: other })),
    ...(proof.length === 0 ? [] : [{ ...right, proof: proof.slice(1) }]),
  ];
  for (const claim of wrong) expect(isIncluded(claim), JSON.stringify(claim)).toBe(false);
});

test.each(reference.consistency)("$from before $to is proven, and nothing near it", (vector) => {
  const proof = hashes(vector.proof);
  const from = { size: vector.from, root: roots[vector.from]! };
  const to = { size: vector.to, root: roots[vector.to]! };
  const right = { from, to, proof };
  expect(isConsistent(right)).toBe(true);
  expect(isConsistent({ ...right, proof: [...proof, to.root] })).toBe(false);
  if (proof.length === 0) return;
  const wrong = [
    { ...right, from: { ...from, size: from.size + 1 } },
    { ...right, from: { ...from, size: from.size - 1 } },
    { ...right, to: { ...to, size: to.size * 2 } },
    { ...right, to: { ...to, size: Math.floor(to.size / 2) } },
    { ...right, from: { ...from, root: some } },
    { ...right, to: { ...to, root: some } },
    { from: { ...from, root: to.root }, to: { ...to, root: from.root }, proof },
    { from: to, to: from, proof },
    { ...right, proof: [] },
    { ...right, proof: [from.root, ...proof] },
    { ...right, proof: [...proof, Buffer.alloc(0)] },
    { ...right, proof: proof.slice(0, -1) },
    ...flips(proof).map((other) => Object.assign({}, right, { proof: other })),
  ];
  for (const claim of wrong) expect(isConsistent(claim), JSON.stringify(claim)).toBe(false);
});

/** The proof with one bit of each of its hashes turned, one after the other. */
function flips(proof: readonly Buffer[]): Buffer[][] {
  return proof.map((_, place) =>
    proof.map((hash, at) => {
      const copy = Buffer.from(hash);
      if (at === place) copy[0]! ^= 8;
      return copy;
    }),
  );
}

describe("a verifier key:", () => {
  test.each(keys)("$name", ({ vkey, valid }) => {
    expect(parseVerifierKey(vkey) !== undefined).toBe(valid);
  });
});

describe("a signed note:", () => {
  test.each(notes)("$name", ({ note: text, form, signers = [], vkeys }) => {
    const note = parseNote(Buffer.from(text));
    expect(note === undefined ? "wrong" : "right").toBe(form);
    if (note === undefined) return;
    const verdict = judgeNote(note, vkeys.map(keyOf));
    const by = verdict.signed ? verdict.by.map(({ name, id }) => `${name}+${id}`) : [];
    expect(by).toEqual(signers);
  });
});

describe("a checkpoint:", () => {
  test.each(checkpoints)("$name", ({ checkpoint: text, valid, origin, size, root, vkey }) => {
    const checkpoint = parseCheckpoint(Buffer.from(text));
    if (valid) expect(checkpoint).toMatchObject({ origin, size, root });
    else expect(checkpoint).toBeUndefined();
    if (vkey === undefined || checkpoint === undefined) return;
    expect(judgeNote(checkpoint.note, [keyOf(vkey)]).signed).toBe(true);
  });
});

describe("a receipt:", () => {
  test.each(proofs)("$name", ({ receipt, record, vkey, proven }) => {
    const verdict = judgeReceipt(Buffer.from(receipt), Buffer.from(record, "hex"), [keyOf(vkey)]);
    expect(verdict.proven).toBe(proven);
  });
});

test("no byte of a receipt can be changed or cut off", () => {
  const { receipt, record, vkey } = proofs.find(({ name }) => name === "record 5 of 8")!;
  const keysHeld = [keyOf(vkey)];
  const right = Buffer.from(receipt);
  for (let at = 0; at < right.length; at += 1) {
    for (const bit of [1, 4, 0x20, 0x80]) {
      const bytes = Buffer.from(right);
      bytes[at]! ^= bit;
      const verdict = judgeReceipt(bytes, Buffer.from(record, "hex"), keysHeld);
      expect(verdict.proven, `byte ${at}, bit ${bit}`).toBe(false);
    }
  }
  for (let length = 0; length < right.length; length += 1) {
    const verdict = judgeReceipt(right.subarray(0, length), Buffer.from(record, "hex"), keysHeld);
    expect(verdict.proven, `cut at ${length}`).toBe(false);
  }
});
