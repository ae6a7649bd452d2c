import type { Bundle } from "@holdfast/engine";
import type { RecordedRun } from "@holdfast/runtime";

/** Names that one reads; a file of runs can hold any number. */
const shownMax = 5;

/** Calls that were made where a policy set declares no environment, and are denied for that alone. */
export class UndeclaredEnvironments {
  readonly #declared: ReadonlySet<string>;
  readonly #calls = new Map<string, number>();

  constructor({ settings }: Pick<Bundle, "settings">) {
    this.#declared = new Set(settings.environments);
  }

  add({ calls }: RecordedRun): void {
    for (const { environment } of calls) {
      if (environment === undefined || this.#declared.has(environment)) continue;
      this.#calls.set(environment, (this.#calls.get(environment) ?? 0) + 1);
    }
  }

  /** What there is to say, on one line; `undefined` where all are declared. */
  get words(): string | undefined {
    if (this.#calls.size === 0) return undefined;
    const total = [...this.#calls.values()].reduce((sum, each) => sum + each, 0);
    const names = [...this.#calls.keys()].slice(0, shownMax).map((name) => `\`${name}\``);
    const more = this.#calls.size > shownMax ? ` and ${this.#calls.size - shownMax} more` : "";
    const whose = total === 1 ? "1 call was" : `${total} calls were`;
    return `${whose} made in ${names.join(", ")}${more}, which the policies do not declare, and so denied; declared: ${[...this.#declared].join(", ")}`;
  }
}
