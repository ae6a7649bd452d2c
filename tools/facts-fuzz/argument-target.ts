import type { FactTool } from "@holdfast/facts";
import { factNames } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import type { Chance } from "../engine-fuzz/chance.ts";
import { shellSeeds } from "./shell-seed.ts";
import { sqlSeeds } from "./sql-seed.ts";
import type { FuzzTarget, Law } from "./target.ts";
import { isObject } from "./target.ts";
import { urlSeeds } from "./url-seed.ts";

const keys = ["a", "b", "c", "a.b", "text", "__proto__", "constructor", "toString", "0", "", "[]"];
const places = ["a", "b", "a.b", "a[]", "a[].b", "a[][]", "a.b.c", "text", "__proto__", "0", "c"];
const uses = ["shell", "sql", "path", "url", "content", "k8s"] as const;

/** Any JSON, deep or wide now and then. */
function madeJson(chance: Chance, depth: number): Json {
  const kind = chance.below(depth > 3 ? 5 : 8);
  if (kind === 0) return chance.of([null, true, false]);
  if (kind === 1) return chance.of([0, -1, 1.5, 1e300, 2 ** 53, -0]);
  if (kind < 5) {
    return chance.of([
      chance.of(shellSeeds),
      chance.of(sqlSeeds),
      chance.of(urlSeeds),
      "",
      "\0",
      "\ud800",
      "x".repeat(chance.once(50) ? 70_000 : 3),
    ]);
  }
  const count = chance.once(60) ? 2000 : chance.below(4);
  if (kind < 7) return Array.from({ length: count }, () => madeJson(chance, depth + 1));
  return madeObject(chance, depth + 1);
}

function madeObject(chance: Chance, depth: number): JsonObject {
  const members = Array.from({ length: chance.below(5) }, () => chance.of(keys));
  return Object.fromEntries(members.map((key) => [key, madeJson(chance, depth)]));
}

/** A text that fits what an argument is annotated for. */
function madeText(use: string, chance: Chance): string {
  if (use === "shell") return chance.of(shellSeeds);
  if (use === "sql") return chance.of(sqlSeeds);
  return use === "url" ? chance.of(urlSeeds) : chance.of(["a", "/w/notes.md", "", "x: 1"]);
}

/** An object with its members in another order, all the way in. */
function turned(value: Json): Json {
  if (Array.isArray(value)) return value.map(turned);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, turned(member)]),
  );
}

/** Facts are of what the annotations name, whatever order it stands in and whatever is beside it. */
const same: Law = (facts, varied) => {
  const { content: _, ...one } = facts;
  const { content: __, ...other } = varied;
  const [left, right] = [JSON.stringify(one), JSON.stringify(other)];
  return left === right ? undefined : `${left} but ${right}`;
};

/** Any annotations and any JSON, and a result: all facts at once. */
export const anyArguments: FuzzTarget = {
  name: "arguments",
  names: factNames,
  laws: { same },
  make: (chance) => {
    const annotated = Array.from({ length: chance.below(5) }, () => [
      chance.of(places),
      chance.of(uses),
    ]);
    const annotations = Object.fromEntries(annotated) as FactTool["arguments"];
    const fitting = Object.entries(annotations)
      .filter(([place]) => !place.includes("[") && chance.once(2))
      .map(([place, use]) => [place, madeText(use, chance)]);
    const args = { ...madeObject(chance, 0), ...(Object.fromEntries(fitting) as JsonObject) };
    const root = chance.of(["/w", "/", "", "relative", "none"]);
    const result = chance.once(2) ? { result: madeJson(chance, 0) } : {};
    return {
      tool: { arguments: annotations, ...(root === "none" ? {} : { root }) },
      args,
      variants: [
        { law: "same", args: turned(args) as JsonObject },
        { law: "same", args: { ...args, unannotated: madeJson(chance, 2) } },
      ],
      ...result,
    };
  },
};
