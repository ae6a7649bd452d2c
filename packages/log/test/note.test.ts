import {
  encodeCheckpoint,
  encodeNote,
  keyPairOfSeed,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  readCheckpoint,
  signCheckpoint,
  signersOf,
  signerOf,
  signNote,
  verifierKeyText,
} from "@holdfast/log";
import { expect, test } from "vitest";

/** The example of C2SP signed-note, "Verifier keys". */
const exampleKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const exampleNote = Buffer.from(
  "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n",
);
/** The keys and the note of golang.org/x/mod/sumdb/note. */
const peterKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const peterSeed = Buffer.from("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", "base64").subarray(1);
const peterText =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const peterNote = `${peterText}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

const seed = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const origin = "example.org/log";
const signer = signerOf(origin, keyPairOfSeed(seed(1)));
const other = signerOf(origin, keyPairOfSeed(seed(2)));
const head = { size: 20, root: "ab".repeat(32) };

test("the example of the specification verifies, and its key comes back as it was", async () => {
  const key = parseVerifierKey(exampleKey);
  expect(key).toMatchObject({ name: "example.com/foo", keyId: "530d903a" });
  expect(verifierKeyText(key)).toBe(exampleKey);
  const note = parseNote(exampleNote);
  expect(note.text).toBe("This is an example message.\n");
  expect(await signersOf(note, [key])).toEqual([key]);
  expect(encodeNote(note)).toEqual(exampleNote);
});

test("a note signed here is byte for byte the one Go's sumdb/note signs", async () => {
  const peter = signerOf("PeterNeumann", keyPairOfSeed(peterSeed));
  expect(verifierKeyText(peter)).toBe(peterKey);
  expect(encodeNote(await signNote(peterText, [peter])).toString("utf8")).toBe(peterNote);
});

test("a key keeps what it is in PEM", () => {
  const pair = keyPairOfSeed(seed(3));
  expect(pair.pem()).toMatch(/^-----BEGIN PRIVATE KEY-----\n/u);
  expect(() => keyPairOfSeed(new Uint8Array(31))).toThrow(RangeError);
});

test("what is no verifier key is refused", () => {
  const [name, id, key] = exampleKey.split("+");
  const ed25519 = Buffer.from(key!, "base64");
  const ofType = (type: number) => {
    const bytes = Buffer.from(ed25519);
    bytes[0] = type;
    return `${name}+${id}+${bytes.toString("base64")}`;
  };
  for (const text of [
    "",
    `${name}`,
    `${name}+${id}`,
    `+${id}+${key}`,
    `a b+${id}+${key}`,
    `${name}+530d903b+${key}`,
    `${name}x+${id}+${key}`,
    `${name}+${id}+${key!.slice(0, -4)}`,
    `${exampleKey}\n`,
    `${exampleKey} `,
    ofType(2),
    ofType(4),
  ]) {
    expect(() => parseVerifierKey(text), text).toThrow(
      expect.objectContaining({ code: "log_vkey" }),
    );
  }
});

test("what is no note is refused", () => {
  const text = exampleNote.toString("utf8");
  for (const bad of [
    "",
    "a\n",
    text.slice(0, -1),
    text.replace("\n\n", "\n"),
    text.replace("— ", "- "),
    text.replace("— ", "—  "),
    text.replace("example.com/foo", "example.com/+foo"),
    text.replace("message", "mess\tage"),
    text.replace("message", "mess\rage"),
    text.replace("Uw2Q", "Uw2 Q"),
    text.replace("aQM=", "aQN="),
    `${text}more\n`,
    "a\n\n— b AAAAAA==\n",
  ]) {
    expect(() => parseNote(Buffer.from(bad)), JSON.stringify(bad)).toThrow(
      expect.objectContaining({ code: "log_note" }),
    );
  }
  expect(() => parseNote(Buffer.concat([Buffer.of(0xff), exampleNote]))).toThrow(/UTF-8/u);
});

test("every changed byte of a checkpoint is found", async () => {
  const bytes = encodeCheckpoint(await signCheckpoint(origin, head, [signer]));
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    await expect(readCheckpoint(changed, [signer]), `byte ${at}`).rejects.toMatchObject({
      name: "HoldfastError",
    });
  }
});

test("a signature of an unknown key is ignored, a wrong one of a known key is not", async () => {
  const both = await signCheckpoint(origin, head, [signer, other]);
  const bytes = encodeCheckpoint(both);
  for (const keys of [[signer], [other], [signer, other]]) {
    expect((await readCheckpoint(bytes, keys)).head).toEqual(head);
  }
  await expect(readCheckpoint(bytes, [])).rejects.toMatchObject({ code: "log_checkpoint_key" });
  const [first, second] = both.note.signatures;
  const swapped = { ...second!, signature: first!.signature };
  const forged = encodeNote({ text: both.note.text, signatures: [first!, swapped] });
  await expect(readCheckpoint(forged, [signer, other])).rejects.toMatchObject({
    code: "log_note_signature",
  });
  expect((await readCheckpoint(forged, [signer])).head).toEqual(head);
});

test("a key signs for its own log alone", async () => {
  const note = await signNote(`example.org/another\n0\n${"A".repeat(43)}=\n`, [signer]);
  await expect(readCheckpoint(encodeNote(note), [signer])).rejects.toMatchObject({
    code: "log_checkpoint_key",
  });
});

test("what is no checkpoint is refused, lines behind the root are not", async () => {
  const root = Buffer.from(head.root, "hex").toString("base64");
  const read = async (text: string) => parseCheckpoint(encodeNote(await signNote(text, [signer])));
  expect((await read(`${origin}\n20\n${root}\n`)).head).toEqual(head);
  expect((await read(`${origin}\n20\n${root}\nmore\n`)).head).toEqual(head);
  expect((await read(`${origin}\n0\n${root}\n`)).head.size).toBe(0);
  for (const text of [
    `${origin}\n`,
    `${origin}\n20\n`,
    `\n20\n${root}\n`,
    `${origin}\n020\n${root}\n`,
    `${origin}\n-1\n${root}\n`,
    `${origin}\n1e3\n${root}\n`,
    `${origin}\n9007199254740992\n${root}\n`,
    `${origin}\n20\n${root.slice(4)}\n`,
    `${origin}\n20\n${root}\n\nmore\n`,
  ]) {
    await expect(read(text), JSON.stringify(text)).rejects.toMatchObject({
      code: "log_checkpoint_format",
    });
  }
});
