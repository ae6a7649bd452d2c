import { appendFileSync, readFileSync } from "node:fs";
import { HoldfastError, parseJson } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import { badArguments } from "../failure.ts";

/** The first words of a plan: nobody writes them by accident. */
export const planMark = "this gateway poisons what its server answers";

/** What `stress run` tells the processes that it has started; in a folder of its own. */
export interface LivePlan {
  readonly stress: typeof planMark;
  readonly policy: string;
  readonly data: string;
  readonly alias: string;
  readonly agent: string;
  readonly environment: string;
  readonly prompt?: string;
  /** command of the MCP server, and its arguments */
  readonly server: readonly string[];
  /** results that are poisoned at most */
  readonly most: number;
  /** file that both processes add to, a line of JSON each */
  readonly report: string;
}

/** @throws CommandFailure for a file that `stress run` has not written */
export function readPlan(path: string): LivePlan {
  let json: Json = null;
  try {
    json = parseJson(readFileSync(path));
  } catch {
    // Told below: whatever it is, it is no plan.
  }
  if (
    typeof json === "object" &&
    json !== null &&
    "stress" in json &&
    json["stress"] === planMark
  ) {
    return json as unknown as LivePlan;
  }
  throw badArguments(`\`${path}\` is no plan of \`holdfast stress run\`, which alone starts this`);
}

/** One thing that happened in a live run, in order. */
export type LiveEntry =
  | {
      readonly kind: "poison";
      readonly number: number;
      readonly mutation: string;
      readonly words: string;
      readonly carrier: string;
      readonly tool: string;
      readonly args: JsonObject;
      readonly canaries: readonly string[];
    }
  | {
      readonly kind: "call";
      readonly tool: string;
      readonly args: JsonObject;
      readonly granted: boolean;
      readonly effect: string;
      readonly code: string;
      readonly rules: readonly string[];
    };

/** Adds to the report of a run. */
export function note({ report }: Pick<LivePlan, "report">, entry: LiveEntry): void {
  appendFileSync(report, `${JSON.stringify(entry)}\n`);
}

/** All that happened, in order. The file is written by processes of this command alone. */
export function readEntries(path: string): readonly LiveEntry[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): LiveEntry => {
      const json: Json = parseJson(line);
      if (typeof json !== "object" || json === null || !("kind" in json)) {
        throw new HoldfastError("stress_report", "the report of the live run is damaged");
      }
      return json as unknown as LiveEntry;
    });
}
