import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Fault } from "./examination.ts";
import type { FuzzInput } from "./target.ts";

/** An input that failed once, and since then must not. */
export interface FuzzCase {
  /** what was wrong with it */
  readonly name: string;
  readonly target: string;
  readonly input: FuzzInput;
}

/** From `tools/facts-fuzz`, and from `tools/dist/facts-fuzz`. */
function casesPath(): string {
  const up = import.meta.url.includes("/dist/") ? "../../.." : "../..";
  return fileURLToPath(new URL(`${up}/packages/facts/test/fuzz-cases/cases.json`, import.meta.url));
}

/** The inputs that are kept. */
export function readFuzzCases(): readonly FuzzCase[] {
  return JSON.parse(readFileSync(casesPath(), "utf8")) as readonly FuzzCase[];
}

/** Adds the inputs of faults to those that are kept, in ASCII; their names are for people to better. */
export function keepFuzzCases(faults: readonly Fault[], seed: number): void {
  const cases = [
    ...readFuzzCases(),
    ...faults.map(({ target, law, input }) => ({ name: `${law}, seed ${seed}`, target, input })),
  ];
  const text = JSON.stringify(cases, null, 2).replaceAll(
    /[\u007f-\uffff]/gu,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  writeFileSync(casesPath(), `${text}\n`);
}
