import { createFactReader } from "@holdfast/facts";
import type { FactReader, SqlParser } from "@holdfast/facts";
import { canonicalJson, factsSchema } from "@holdfast/model";
import type { FactAnswer, FactName, Facts, Json, JsonObject } from "@holdfast/model";
import { DeclaredTypes } from "./declared-type.ts";
import { madeFiles, publicAddresses } from "./made-place.ts";
import type { FuzzInput, FuzzTarget } from "./target.ts";
import { codeOf, isObject, valueOf } from "./target.ts";

/** An input whose facts are not what they must be. */
export interface Fault {
  readonly target: string;
  /** what does not hold: `total`, `type`, `same`, `slow`, `check`, or a law of the target */
  readonly law: string;
  readonly problem: string;
  readonly input: FuzzInput;
}

/** What is wrong with an input, and whether its facts say something. */
export interface Examined {
  readonly faults: readonly Fault[];
  /** whether some fact has a value and is not opaque */
  readonly isTold: boolean;
}

/** No input may take longer, in milliseconds of processor time. */
const slowMs = 100;

/** Examines inputs of all targets with one parser. */
export class Examination {
  readonly #reader: FactReader;
  readonly #types = new DeclaredTypes();

  constructor(sqlParser: SqlParser, reader?: FactReader) {
    this.#reader =
      reader ?? createFactReader({ files: madeFiles, sqlParser, addresses: publicAddresses });
  }

  /**
   * What is wrong with the facts of an input: the reader throws, an answer is not of the type that
   * the engine declares or cannot be recorded, computing them again gives others, the target's own
   * check fails, or a law about a variant does. With `timed`, also when an input takes over
   * {@link slowMs} each time of four.
   */
  examine(target: FuzzTarget, input: FuzzInput, timed: boolean): Examined {
    const faults: Fault[] = [];
    const note = (law: string, problem: string | undefined): void => {
      if (problem !== undefined) faults.push({ target: target.name, law, problem, input });
    };
    const seen = (args: JsonObject): Facts | undefined => {
      try {
        const facts = timed
          ? this.#timed(target, { ...input, args }, note)
          : this.#read(target, { ...input, args });
        note("type", this.#typeProblem(target.names, facts));
        return facts;
      } catch (error) {
        note("total", `thrown: ${error instanceof Error ? (error.stack ?? "") : String(error)}`);
        return undefined;
      }
    };
    const facts = seen(input.args);
    if (facts === undefined) return { faults, isTold: false };
    const again = JSON.stringify(this.#read(target, input));
    if (again !== JSON.stringify(facts)) note("same", `then ${again}`);
    note("check", target.check?.(input, facts));
    for (const { law, args } of input.variants) {
      const varied = seen(args);
      if (varied === undefined || isLimited(facts) || isLimited(varied)) continue;
      const compare = target.laws[law];
      if (compare === undefined) throw new Error(`\`${target.name}\` has no law \`${law}\``);
      note(law, compare(facts, varied));
    }
    return { faults, isTold: Object.values(facts).some(isTold) };
  }

  #read(target: FuzzTarget, { tool, args, result }: FuzzInput): Facts {
    const whole = result === undefined ? {} : { result };
    return this.#reader({ tool: { labels: [], ...tool }, args, names: target.names, ...whole });
  }

  /** WHY: what is slow once may have waited for the collector, or for the compiler of the engine. */
  #timed(
    target: FuzzTarget,
    input: FuzzInput,
    note: (law: string, problem: string) => void,
  ): Facts {
    const begun = performance.now();
    const facts = this.#read(target, input);
    if (performance.now() - begun <= slowMs) return facts;
    const times = [1, 2, 3].map(() => processorMs(() => this.#read(target, input)));
    const least = Math.min(...times);
    if (least > slowMs) note("slow", `${Math.round(least)} ms: ${codesOf(facts)}`);
    return facts;
  }

  #typeProblem(names: readonly FactName[], facts: Facts): string | undefined {
    const read = factsSchema.safeParse(facts);
    if (!read.success) return `not facts: ${read.error.message}`;
    for (const name of names) {
      const answer = facts[name];
      if (answer === undefined) return `no answer for \`${name}\``;
      if ("value" in answer && !this.#types.fits(name, answer))
        return `\`${name}\` has another type`;
    }
    try {
      canonicalJson(facts);
      return undefined;
    } catch (error) {
      return `cannot be recorded: ${String(error)}`;
    }
  }
}

function processorMs(run: () => unknown): number {
  const begun = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
}

/** Whether a fact has a value, and no part of it is opaque. */
function isTold(answer: FactAnswer): boolean {
  const value = valueOf(answer);
  const parts: readonly (Json | undefined)[] = Array.isArray(value) ? value : [value];
  return parts.every((part) => isObject(part) && part["opaque"] !== true);
}

function isLimited(facts: Facts): boolean {
  return Object.values(facts).some((answer) => codeOf(answer) === "limit");
}

function codesOf(facts: Facts): string {
  return Object.entries(facts)
    .map(([name, answer]) => `${name} ${codeOf(answer) ?? "has a value"}`)
    .join(", ");
}
