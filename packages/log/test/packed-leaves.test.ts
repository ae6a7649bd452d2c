import { Frontier, headOf, leafHash } from "@holdfast/log";
import { expect, test } from "vitest";
import { readBody, readReference, referenceOf } from "../src/payload-reference.ts";
import { PackedLeaves } from "../src/tree.ts";

const hexOf = (hash: Uint8Array): string => Buffer.from(hash).toString("hex");

test("packed leaves grow a tree as leaves one by one do, from every size", () => {
  const leaves = Array.from({ length: 70 }, (_, item) => leafHash(Buffer.from(`${item}`)));
  const one = new Frontier();
  for (let from = 0; from <= leaves.length; from += 1) {
    for (const count of [0, 1, 2, 3, 5, 8, 17, 70 - from]) {
      const rest = leaves.slice(from, from + count);
      const [single, packed] = [one.copy(), one.copy()];
      for (const leaf of rest) single.push(leaf);
      const run = new PackedLeaves(Buffer.concat(rest));
      packed.pushPacked(run);
      expect(headOf(packed)).toEqual(headOf(single));
      expect(Array.from(run)).toEqual(rest);
      // What the tree keeps is its own.
      run.bytes.fill(0);
      expect(headOf(packed)).toEqual(headOf(single));
      expect(packed.hashes.map(hexOf)).toEqual(single.hashes.map(hexOf));
    }
    const next = leaves[from];
    if (next !== undefined) one.push(next);
  }
});

test("packed leaves are cut and asked as an array is", () => {
  const leaves = Array.from({ length: 5 }, (_, item) => leafHash(Buffer.from(`${item}`)));
  const packed = new PackedLeaves(Buffer.concat(leaves));
  for (const [from, to] of [
    [0, 5],
    [1, 3],
    [4, 9],
    [5, 5],
    [2, undefined],
  ] as const) {
    expect(Array.from(packed.slice(from, to))).toEqual(leaves.slice(from, to));
  }
  for (const item of [0, 4, 5]) expect(packed.at(item)).toEqual(leaves.at(item));
});

test("a reference in its canonical form is read as a reader of JSON reads it", () => {
  const hex = "0123456789abcdef".repeat(4);
  const of = (bytes: string, digest = `sha256:${hex}`, scheme = "plain-1", more = ""): string =>
    `{"kind":"decision","payload":{"bytes":${bytes},"digest":"${digest}","scheme":"${scheme}"${more}}}`;
  const bodies = [
    ...["0", "7", "1000", "999999999999999", "9007199254740991", "9007199254740992", "1e3"].map(
      (n) => of(n),
    ),
    ...["-1", "-0", "00", "1.0", "1.5", '"7"', "null"].map((n) => of(n)),
    of("1", `sha256:${hex.toUpperCase()}`),
    of("1", `sha256:${hex}0`),
    of("1", `sha1:${hex}`),
    of("1", `sha256:${hex}`, ""),
    of("1", `sha256:${hex}`, "s".repeat(60)),
    of("1", `sha256:${hex}`, String.raw`plain\u002d1`),
    of("1", `sha256:${hex}`, "sch\u00e9me"),
    of("1", `sha256:${hex}`, "plain-1", ',"bytes":2'),
    of("1", `sha256:${hex}`, "plain-1", ',"more":[]'),
  ];
  const read = (how: () => unknown): unknown => {
    try {
      return how();
    } catch (error) {
      return error;
    }
  };
  for (const text of bodies) {
    const body = Buffer.from(text);
    expect(
      read(() => readReference(body)),
      text,
    ).toEqual(read(() => referenceOf(readBody(body))));
  }
});
