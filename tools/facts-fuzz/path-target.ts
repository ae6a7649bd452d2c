import type { Facts, Json, JsonObject } from "@holdfast/model";
import type { Chance } from "../engine-fuzz/chance.ts";
import { kernelPlace } from "./kernel-place.ts";
import { mutated } from "./mutation.ts";
import type { FuzzInput, FuzzTarget, Law, StatedTool } from "./target.ts";
import { codeOf, isObject, valueOf } from "./target.ts";

const tool: StatedTool = { arguments: { path: "path" }, root: "/w" };

function entryOf(facts: Facts): JsonObject | undefined {
  const value = valueOf(facts.paths);
  const first: Json | undefined = Array.isArray(value) ? value[0] : undefined;
  return isObject(first) ? first : undefined;
}

function textOf({ args }: FuzzInput): string {
  const path = args["path"];
  return typeof path === "string" ? path : "";
}

const names =
  "a b c.txt notes.md .git config in out up loop loop2 pipe shut etc passwd w missing . .. ..".split(
    " ",
  );
const joints = ["/", "/", "/", "/./", "//", "/../"];

function madePath(chance: Chance): readonly string[] {
  return Array.from({ length: 1 + chance.below(6) }, () => chance.of(names));
}

/** Dots and slashes that say nothing lead to the same place. */
const same: Law = (facts, varied) => {
  const [one, other] = [entryOf(facts), entryOf(varied)];
  if (one === undefined || other === undefined) return "no fact";
  for (const field of ["real", "kind", "exists", "links", "opaque", "parts"]) {
    const [left, right] = [one, other].map((entry) => JSON.stringify(entry[field]));
    if (left !== right) return `${field}: ${left} but ${right}`;
  }
  return undefined;
};

/** Paths through files, folders, links and loops, held against a second, plain resolution. */
export const pathTree: FuzzTarget = {
  name: "path-tree",
  names: ["paths"],
  laws: { same },
  make: (chance) => {
    const steps = madePath(chance);
    const start = chance.of(["", "", "/w/", "/"]);
    const joined = (joint: () => string): string =>
      steps.reduce((path, name) => `${path}${joint()}${name}`);
    return {
      tool,
      args: { path: start + joined(() => "/") },
      variants: [
        {
          law: "same",
          args: { path: start + joined(() => chance.of(joints.slice(0, 5))) },
        },
      ],
    };
  },
  check: (input, facts) => {
    const entry = entryOf(facts);
    if (entry === undefined) return `no fact: ${JSON.stringify(facts.paths)}`;
    if (entry["opaque"] === true) return undefined;
    const place = kernelPlace(textOf(input));
    if (place === undefined || place.real === entry["real"]) return undefined;
    return `the kernel opens \`${place.real}\`, shown ${JSON.stringify(entry["real"])}`;
  },
};

/** What stands in a text, and the oddity that must be named then. */
const oddParts: readonly (readonly [RegExp, string])[] = [
  [/\p{Cc}/u, "control"],
  [/[\u202a-\u202e\u2066-\u2069]/u, "bidi"],
  [/\u200b|\u200d|\u00a0|\u3000|\ufeff/u, "invisible"],
  [/\\/u, "backslash"],
  [/%[0-9a-f]{2}/iu, "percent"],
  [/^~/u, "tilde"],
  [/^\$/u, "dollar"],
  [/^-/u, "dash"],
  [/^[A-Za-z][A-Za-z]+:/u, "scheme"],
  [/^\/\//u, "double_slash"],
  [/:/u, "stream"],
  [/(?:^|\/)\.{3,}(?:\/|$)/u, "dots"],
];

const pathSeeds: readonly string[] = [
  "notes.md",
  "/w/a/b/c.txt",
  "../etc/passwd",
  ".git/config",
  "a//b/./c.txt",
  "~/.ssh/id",
  "$HOME/x",
  "-rf",
  "file:///etc/passwd",
  "C:\\Windows\\x",
  "\\\\host\\share",
  "a/b:stream",
  "a/.../b",
  "%2e%2e%2fetc",
  "a\u202eb",
  ".g\u200dit",
  "\uff0e\uff0e/etc",
  "\u212aey.pem",
  " x",
  "",
  "a/".repeat(100),
];
const pathPieces: readonly string[] = [
  ..."/ // . .. ... .git .env a \\ : % %2f ~ $ - out in".split(" "),
  " ",
  "\u200b",
  "\u202e",
  "\0",
];

/** Oddities are named, and only what folds away is missing from `parts`. */
export const pathOdd: FuzzTarget = {
  name: "path-odd",
  names: ["paths"],
  laws: {
    folded: (facts, varied) => {
      const [one, other] = [entryOf(facts), entryOf(varied)];
      if (one === undefined || other === undefined || other["opaque"] === true) return undefined;
      const [left, right] = [one, other].map((entry) => JSON.stringify(entry["parts"]));
      return left === right ? undefined : `parts: ${left} but ${right}`;
    },
  },
  make: (chance) => {
    if (!chance.once(3)) {
      return { tool, args: { path: mutated(pathSeeds, pathPieces, chance) }, variants: [] };
    }
    const plain = Array.from({ length: 1 + chance.below(3) }, () => chance.of(plainNames));
    const disguised = plain.map((name) => disguise(name, chance)).join("/");
    return {
      tool,
      args: { path: `/q/${plain.join("/")}` },
      variants: [{ law: "folded", args: { path: `/q/${disguised}` } }],
    };
  },
  check: (input, facts) => {
    const entry = entryOf(facts);
    if (entry === undefined) {
      return ["limit", "invalid"].includes(codeOf(facts.paths) ?? "") ? undefined : "no fact";
    }
    const path = textOf(input);
    const odd: readonly Json[] = Array.isArray(entry["odd"]) ? entry["odd"] : [];
    const unnamed = oddParts.find(([part, name]) => part.test(path) && !odd.includes(name));
    if (unnamed !== undefined) return `not called \`${unnamed[1]}\``;
    if (path.includes("\0")) return entry["opaque"] === true ? undefined : "NUL is not opaque";
    const { real, opaque } = entry;
    if (opaque === true) return undefined;
    const clean =
      typeof real === "string" && real.startsWith("/") && !/\/(?:\/|\.{1,2}(?:\/|$))/u.test(real);
    return clean ? undefined : `real is ${JSON.stringify(real)}`;
  },
};

const plainNames = [".git", ".env", "key.pem", "config", "id_rsa"];

/** A name as somebody writes it who hopes that another file system takes it for the plain one. */
function disguise(name: string, chance: Chance): string {
  const at = chance.below(name.length + 1);
  const wide = (text: string): string =>
    text.replaceAll(/[!-~]/gu, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0));
  switch (chance.below(6)) {
    case 0:
      return name.toUpperCase();
    case 1:
      return `${name.slice(0, at)}${chance.of(["\u200d", "\u00ad", "\ufe0f", "\u2060"])}${name.slice(at)}`;
    case 2:
      return wide(name);
    case 3:
      return `${name}${chance.of([".", " ", ". .", "::$DATA"])}`.replace("::$DATA", "");
    case 4:
      return name.replace("k", "\u212a").replace("s", "\u017f");
    default:
      return name;
  }
}
