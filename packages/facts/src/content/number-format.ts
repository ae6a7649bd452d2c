import {
  isDay,
  isLuhn,
  isMod11And10,
  isOneDigit,
  isVerhoeff,
  remainderOf,
  weightedSum,
} from "./check-digit.ts";
import {
  isBelgian,
  isBrazilian,
  isCard,
  isFrench,
  isGermanTax,
  isKorean,
  isNorwegian,
  isPolish,
  isRomanian,
  isSocialSecurity,
  isSouthAfrican,
  isSwedish,
  isSwiss,
  isTurkish,
  isWeighted,
} from "./number-check.ts";

/** How a number of one kind is written, and when one is right. Add an entry to make a kind known. */
export interface NumberFormat {
  readonly type: string;
  /** lengths of the groups of digits that it is written in: `16`, `4-4-4-4` */
  readonly groups: readonly string[];
  /** the same, where words about it must stand near: what follows chance too often alone */
  readonly weak?: readonly string[];
  /** words, in small letters, that stand near it */
  readonly words?: RegExp;
  /** separators of `groups`, where only one is used; default space, dash, dot, slash */
  readonly separator?: string;
  readonly isRight: (digits: string) => boolean;
}

const cpf = [10, 9, 8, 7, 6, 5, 4, 3, 2];
const cnpj = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];

const cardGroups = [
  "4-4-4-4",
  "4-6-5",
  "4-6-4",
  "4-4-4-4-3",
  "4-4-4-4-1",
  "4-4-4-4-2",
  "4-4-5",
  "6-13",
  "8-8",
];

/** The kinds of numbers that are known, the surest first. */
export const numberFormats: readonly NumberFormat[] = [
  {
    type: "card",
    groups: ["13", "14", "15", "16", "17", "18", "19", ...cardGroups],
    isRight: isCard,
  },
  {
    type: "us_ssn",
    groups: ["3-2-4"],
    weak: ["9"],
    separator: "-",
    words: /\bssn|social.?sec|\bsin\b|taxpayer/,
    isRight: isSocialSecurity,
  },
  {
    type: "us_ssn",
    groups: [],
    weak: ["3-2-4"],
    words: /\bssn|social.?sec|taxpayer/,
    isRight: isSocialSecurity,
  },
  { type: "fr_nir", groups: ["15", "1-2-2-2-3-3-2", "13-2", "1-4-2-3-3-2"], isRight: isFrench },
  {
    type: "de_tax_id",
    groups: ["2-3-3-3"],
    weak: ["11"],
    words: /steuer|idnr|id-nr|\btin\b|tax.?id/,
    isRight: isGermanTax,
  },
  {
    type: "br_cnpj",
    groups: ["2-3-3-4-2"],
    weak: ["14"],
    words: /cnpj/,
    isRight: (digits) => isBrazilian(digits, cnpj, [6, ...cnpj]),
  },
  {
    type: "br_cpf",
    groups: ["3-3-3-2"],
    weak: ["11"],
    words: /cpf/,
    isRight: (digits) => isBrazilian(digits, cpf, [11, ...cpf]),
  },
  { type: "pl_pesel", groups: [], weak: ["11"], words: /pesel/, isRight: isPolish },
  {
    type: "be_national_number",
    groups: ["2-2-2-3-2"],
    weak: ["11", "6-3-2", "6-5"],
    words: /rijksregister|registre national|national.?nu|niss|insz/,
    isRight: isBelgian,
  },
  {
    type: "no_national_id",
    groups: ["6-5"],
    weak: ["11"],
    words: /f\u00f8dselsnu|fodselsnu|personnu|fnr/,
    isRight: isNorwegian,
  },
  {
    type: "tr_tckn",
    groups: [],
    weak: ["11"],
    words: /\btc\b|t\.c\.|kimlik|tckn/,
    isRight: isTurkish,
  },
  {
    type: "se_personnummer",
    groups: ["6-4", "8-4"],
    weak: ["10", "12"],
    separator: "-",
    words: /personnu|samordningsnu/,
    isRight: isSwedish,
  },
  {
    type: "dk_cpr",
    groups: [],
    weak: ["6-4", "10"],
    words: /\bcpr/,
    isRight: (digits) => isDay(digits.slice(2, 4), digits.slice(0, 2)),
  },
  {
    type: "kr_rrn",
    groups: ["6-7"],
    weak: ["13"],
    separator: "-",
    words: /\uc8fc\ubbfc|resident reg|\brrn/,
    isRight: isKorean,
  },
  { type: "ro_cnp", groups: [], weak: ["13"], words: /\bcnp/, isRight: isRomanian },
  {
    type: "za_id",
    groups: [],
    weak: ["13", "6-4-3", "6-4-2-1"],
    words: /\bid\b|identity|south afric/,
    isRight: isSouthAfrican,
  },
  { type: "ch_ahv", groups: ["3-4-4-2", "13"], isRight: isSwiss },
  {
    type: "in_aadhaar",
    groups: [],
    weak: ["12", "4-4-4"],
    words: /aadh?aa?r|uidai|\buid\b/,
    isRight: (digits) => digits >= "2" && isVerhoeff(digits),
  },
  {
    type: "nl_bsn",
    groups: [],
    weak: ["9", "4-2-3", "3-3-3", "8"],
    words: /\bbsn|burgerservice|sofinu/,
    isRight: (digits) => isWeighted([9, 8, 7, 6, 5, 4, 3, 2, -1], 11)(digits.padStart(9, "0")),
  },
  {
    type: "ca_sin",
    groups: [],
    weak: ["9", "3-3-3"],
    words: /\bsin\b|social insurance|\bnas\b/,
    isRight: (digits) => !isOneDigit(digits) && isLuhn(digits),
  },
  {
    type: "au_tfn",
    groups: [],
    weak: ["9", "3-3-3"],
    words: /\btfn|tax file/,
    isRight: isWeighted([1, 4, 3, 7, 5, 8, 6, 9, 10], 11),
  },
  {
    type: "pt_nif",
    groups: [],
    weak: ["9", "3-3-3"],
    words: /\bnif\b|contribuinte/,
    isRight: isWeighted([9, 8, 7, 6, 5, 4, 3, 2, 1], 11),
  },
  {
    type: "uk_nhs",
    groups: [],
    weak: ["10", "3-3-4"],
    words: /\bnhs/,
    isRight: isWeighted([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 11),
  },
  {
    type: "cz_birth_number",
    groups: [],
    weak: ["6-4", "10"],
    words: /rodn/,
    isRight: (digits) => remainderOf(digits, 11) === 0,
  },
  {
    type: "bg_egn",
    groups: [],
    weak: ["10"],
    words: /\begn|\u0435\u0433\u043d/,
    isRight: (digits) =>
      (weightedSum(digits.slice(0, 9), [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 ===
      Number(digits[9]),
  },
  { type: "hr_oib", groups: [], weak: ["11"], words: /\boib/, isRight: isMod11And10 },
  {
    type: "ar_cuit",
    groups: ["2-8-1"],
    weak: ["11"],
    words: /cui[tl]/,
    isRight: isWeighted([5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1], 11),
  },
  {
    type: "il_id",
    groups: [],
    weak: ["9"],
    words: /teudat|israel.{0,8}id|\u05ea\u05e2\u05d5\u05d3\u05ea/,
    isRight: (digits) => !isOneDigit(digits) && isLuhn(digits),
  },
  {
    type: "cn_resident_id",
    groups: ["18", "6-8-4"],
    isRight: (digits) =>
      isDay(digits.slice(10, 12), digits.slice(12, 14)) &&
      /^[1-8]/u.test(digits) &&
      weightedSum(digits, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1]) % 11 === 1,
  },
  {
    type: "us_routing_number",
    groups: [],
    weak: ["9"],
    words: /routing|\baba\b/,
    isRight: isWeighted([3, 7, 1], 10),
  },
];
