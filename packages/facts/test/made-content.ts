import fc from "fast-check";
import { secretFormats } from "../src/content/secret-format.ts";
import type { SecretFormat } from "../src/content/secret-format.ts";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A key of every known format, made by its own pattern; none is anybody's. */
export function madeKeys(): readonly { readonly type: string; readonly key: string }[] {
  return secretFormats.map((format, at) => ({ type: format.type, key: keyOf(format, at + 1) }));
}

function keyOf({ mark, body, head, check }: SecretFormat, turn: number): string {
  const random = randomFrom(turn);
  const before = head === undefined ? "" : sample(`${head[0]}{${head[1]}}`, random);
  const own = sample(body, random);
  return (
    before + mark + (check === undefined ? own : own.slice(0, -6) + checksum(own.slice(0, -6)))
  );
}

/** A text that a pattern of classes, groups, counts and choices matches: the least of each count. */
function sample(pattern: string, random: () => number): string {
  let made = "";
  let rest = pattern.replaceAll(/\(\?![^)]*\)/gu, "");
  while (rest !== "") {
    const read =
      /^(\[(?:\\.|[^\]])*\]|\((?:\?:)?((?:\([^)]*\)|[^()])*)\)|\\.|[^\\])(?:\{([0-9]+)(?:,[0-9]+)?\}|(\?))?/u.exec(
        rest,
      );
    if (read === null) throw new Error(`a pattern that no key is made of: ${rest}`);
    const [whole, atom = "", group, count, maybe] = read;
    rest = rest.slice(whole.length);
    for (let times = maybe === undefined ? Number(count ?? 1) : 0; times > 0; times -= 1) {
      if (group !== undefined) made += sample(group.split("|")[0] ?? "", random);
      else if (atom.startsWith("[")) made += oneOf(new RegExp(atom), random);
      else made += atom.replace("\\", "");
    }
  }
  return made;
}

function oneOf(kind: RegExp, random: () => number): string {
  const fitting = Array.from(alphabet).filter((character) => kind.test(character));
  return fitting[Math.floor(random() * fitting.length)] ?? "-";
}

function randomFrom(start: number): () => number {
  let state = (start * 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function checksum(text: string): string {
  let sum = 0xffffffff;
  for (const character of text) {
    sum ^= character.charCodeAt(0);
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  let rest = ~sum >>> 0;
  let made = "";
  for (let at = 0; at < 6; at += 1, rest = Math.floor(rest / 62))
    made = alphabet.charAt(rest % 62) + made;
  return made;
}

const keys = madeKeys().map(({ key }) => key);

const values = [
  "4111 1111 1111 1111",
  "4111111111111111",
  "378282246310005",
  "DE89 3704 0044 0532 0130 00",
  "GB29NWBK60161331926819",
  "ana@shop.example.org",
  "+49 30 901820",
  "(415) 555-2671",
  "219-45-6789",
  "BSN 111222333",
  "JG 10 37 59 A",
  "12345678Z",
  "postgres://svc:kJ8mQz2pLw@db.example/app",
  "password=kJ8#mQz!2p",
  "Bearer 0123456789abcdefGHIJ",
  '"api_key": "0123456789abcdef0123"',
];

const parts = [
  "4111",
  "1111 ",
  "1",
  " ",
  "-",
  ".",
  "/",
  "@",
  ":",
  "=",
  '"',
  "'",
  "\\n",
  "\n",
  "tel ",
  "ssn ",
  "\u200b",
  "\uff11",
  "\u0661",
  "[masked]",
  "secret",
  "password: ",
  "token=",
  "://a:",
  "x",
];

/** Texts in which secrets, personal data and pieces of them stand side by side. */
export const contentText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...values),
      fc.constantFrom(...keys),
      fc.constantFrom(...parts),
      fc.string({ maxLength: 5 }),
    ),
    {
      maxLength: 12,
    },
  )
  .map((pieces) => pieces.join(""));
