import { assignedSecretsIn } from "./assigned-secret.ts";
import { authorizationsIn, urlPasswordsIn } from "./credential-text.ts";
import { emailsIn } from "./email.ts";
import type { Finding, Scanned } from "./finding.ts";
import { ibansIn } from "./iban.ts";
import { keyedSecretsIn } from "./keyed-secret.ts";
import { letteredNumbersIn } from "./lettered-number.ts";
import { looseTokensIn } from "./loose-token.ts";
import { numbersIn } from "./number-finding.ts";
import { internationalPhonesIn } from "./phone.ts";
import { readText } from "./text-reading.ts";
import type { CharacterReadings, TextReading } from "./text-reading.ts";
import { privateKeysIn } from "./private-key.ts";
import { webTokensIn } from "./web-token.ts";

type Detector = (scanned: Scanned) => readonly Finding[];

/** The surest first: where two find the same stretch, it is called what the first says. */
const secretDetectors: readonly Detector[] = [
  privateKeysIn,
  keyedSecretsIn,
  webTokensIn,
  urlPasswordsIn,
  authorizationsIn,
  assignedSecretsIn,
  looseTokensIn,
];

const personalDetectors: readonly Detector[] = [
  ibansIn,
  letteredNumbersIn,
  emailsIn,
  internationalPhonesIn,
  numbersIn,
];

/** What a text holds: stretches of it as it was given, sorted, none within another of its kind. */
export interface TextFindings {
  readonly secrets: readonly Finding[];
  readonly pii: readonly Finding[];
  /** the text as detectors read it */
  readonly read: TextReading;
}

/** Times that what was found is taken out and the rest looked through again. */
const roundsMax = 8;

/** What masks put in the place of a stretch. */
const mask = "[masked]";

/**
 * Secrets and personal data in a text. What is left when all of it is taken out holds none that is
 * known; `undefined` when that cannot be reached.
 */
export function findingsIn(
  given: string,
  name: string,
  readings: CharacterReadings,
): TextFindings | undefined {
  const read = readText(given, readings);
  const secrets: Finding[] = [];
  const pii: Finding[] = [];
  let scanned: Scanned = { ...read, name };
  for (let round = 0; round < roundsMax; round += 1) {
    const keys = foundBy(secretDetectors, scanned);
    const persons = foundBy(personalDetectors, scanned, keys);
    if (keys.length === 0 && persons.length === 0) {
      return { secrets: inOrder(secrets), pii: inOrder(pii), read };
    }
    secrets.push(...keys.map((finding) => inGivenUnits(finding, scanned)));
    pii.push(...persons.map((finding) => inGivenUnits(finding, scanned)));
    scanned = masked(scanned, [...keys, ...persons]);
  }
  return undefined;
}

/** Findings of several detectors; those within what was found before are left out. */
function foundBy(
  detectors: readonly Detector[],
  scanned: Scanned,
  others: readonly Finding[] = [],
): readonly Finding[] {
  const found: Finding[] = [];
  for (const detector of detectors) {
    const more = detector(scanned);
    if (more.length === 0) continue;
    const taken = stretchesOf([...others, ...found]);
    found.push(...more.filter((finding) => !isWithin(finding, taken)));
  }
  return found;
}

type Stretch = readonly [start: number, end: number];

/** Stretches in their order, those that overlap as one. */
function stretchesOf(findings: readonly Finding[]): readonly Stretch[] {
  const joined: [number, number][] = [];
  for (const { start, end } of findings.toSorted((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}

function isWithin({ start, end }: Finding, stretches: readonly Stretch[]): boolean {
  const before = stretches[lastUpTo(stretches, start, ([from]) => from)];
  return before !== undefined && start < before[1] && end <= before[1];
}

/** A piece of a masked text that is as it was, and where it and the mask after it began. */
interface Piece {
  readonly at: number;
  readonly from: number;
  readonly length: number;
}

/** The text with masks in the place of what was found; its units know where they were. */
function masked(scanned: Scanned, findings: readonly Finding[]): Scanned {
  const pieces: Piece[] = [];
  let [at, from] = [0, 0];
  for (const [start, end] of [...stretchesOf(findings), [scanned.text.length, 0] as const]) {
    pieces.push({ at, from, length: start - from });
    at += start - from + mask.length;
    from = end;
  }
  const textOf = (whole: string): string =>
    pieces.map((piece) => whole.slice(piece.from, piece.from + piece.length)).join(mask);
  const pieceAt = (unit: number): number => lastUpTo(pieces, unit, (piece) => piece.at);
  return {
    ...scanned,
    text: textOf(scanned.text),
    lower: textOf(scanned.lower),
    startOf: (unit) => {
      const {
        at: begin,
        from: was,
        length,
      } = pieces[pieceAt(unit)] ?? { at: 0, from: 0, length: 0 };
      // A unit of a mask begins where what it hides does.
      return scanned.startOf(was + Math.min(unit - begin, length));
    },
    endOf: (unit) => {
      const place = pieceAt(unit);
      const { at: begin, from: was, length } = pieces[place] ?? { at: 0, from: 0, length: 0 };
      if (unit - begin < length) return scanned.endOf(was + unit - begin);
      return scanned.endOf((pieces[place + 1]?.from ?? scanned.text.length) - 1);
    },
  };
}

/** The last entry that begins at a place or before it. */
function lastUpTo<T>(entries: readonly T[], place: number, startOf: (entry: T) => number): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = entries[middle];
    if (entry !== undefined && startOf(entry) <= place) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The stretch in units of the given text. */
function inGivenUnits({ type, start, end }: Finding, scanned: Scanned): Finding {
  return { type, start: scanned.startOf(start), end: scanned.endOf(end - 1) };
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => a.start - b.start || b.end - a.end);
}
