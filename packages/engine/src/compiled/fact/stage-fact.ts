import { canonicalJson } from "@holdfast/model";
import type { FactName, Facts, Json, JsonObject } from "@holdfast/model";
import { factTypes } from "../../compile/check/variable-types.ts";
import type { DecisionInput } from "../../engine.ts";
import { Failure } from "../value/failure.ts";
import type { Value } from "../value/value.ts";
import { FactReading } from "./fact-value.ts";

/** A fact as conditions see it, and the JSON that labels are derived from. */
export interface StageFact {
  readonly value: Value;
  readonly json: Json;
}

/** What a stage of deciding looks at. */
interface Stage {
  readonly recorded: Omit<DecisionInput, "state">;
  readonly args: JsonObject;
  readonly result: Json | undefined;
  readonly observed: boolean;
}

/** Reads the facts of one stage, each when it is first asked for. */
export class StageFacts {
  readonly #stage: Stage;
  readonly #annotated: ReadonlySet<FactName>;
  readonly #known = new Map<FactName, StageFact | Failure>();

  constructor(stage: Stage, annotated: ReadonlySet<FactName>) {
    this.#stage = stage;
    this.#annotated = annotated;
  }

  of(name: FactName): StageFact | Failure {
    let known = this.#known.get(name);
    if (known === undefined) {
      known = this.#read(name);
      this.#known.set(name, known);
    }
    return known;
  }

  #read(name: FactName): StageFact | Failure {
    const { phase } = this.#stage.recorded.request.action;
    const ofResult = name === "content" && phase === "result";
    const missing = new Failure("unavailable", `the fact \`${name}\` is not available`);
    const type = factTypes.get(name);
    if (type === undefined || !(ofResult || this.#annotated.has(name))) return missing;
    const answer = this.#source(ofResult || phase === "call")?.[name];
    if (answer === undefined) return missing;
    if ("error" in answer) {
      const { code, reason } = answer.error;
      return new Failure(code, `the fact \`${name}\` has no value: ${reason}`);
    }
    const value = new FactReading(name).read(answer.value, type);
    return value instanceof Failure ? value : { value, json: answer.value };
  }

  /** Of what was asked, unless the fact is of something that rewriting has changed. */
  #source(canChange: boolean): Facts | undefined {
    const { recorded, observed } = this.#stage;
    const { facts } = recorded;
    if (facts === undefined) return undefined;
    if (!canChange || !this.#isRewritten()) return facts.original;
    return observed ? (facts.observed ?? facts.decided) : facts.decided;
  }

  #isRewritten(): boolean {
    const { recorded, args, result } = this.#stage;
    const { request } = recorded;
    if (request.action.phase === "call") return differ(request.args, args);
    return differ(request.result ?? null, result ?? null);
  }
}

function differ(a: Json, b: Json): boolean {
  return a !== b && canonicalJson(a) !== canonicalJson(b);
}
