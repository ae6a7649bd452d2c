import { nearestName } from "@holdfast/model";
import type { Event, Meter } from "../../document/history.ts";
import { didYouMean } from "../report.ts";
import { stepInto } from "./check-modifications.ts";
import { documentSpan } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import type { TypeScope } from "./type-scope.ts";

/** The arguments in a key are declared by every tool the Event or Meter can meet. */
export function checkKey(
  document: Event | Meter,
  scopes: readonly TypeScope[],
  set: PolicySet,
): void {
  for (const [index, part] of document.key.entries()) {
    if (typeof part === "string") continue;
    for (const scope of scopes) {
      let type = scope.args;
      for (const name of part.args) {
        const step = stepInto(type, name);
        if (step === "unknown" || step === "scalar") {
          const near = type.kind === "object" ? nearestName(name, type.fields.keys()) : undefined;
          const text = ["args", ...part.args].join(".");
          const message = `\`${text}\` is not declared by the schema of \`${scope.tool?.name ?? ""}\``;
          const span = documentSpan(document, ["spec", "key", index], set);
          set.report.error("unknown_argument", message, span, { suggestion: didYouMean(near) });
          break;
        }
        type = step.type;
      }
    }
  }
}
