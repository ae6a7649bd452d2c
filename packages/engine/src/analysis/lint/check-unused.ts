import { documentKeySpan } from "../../compile/check/policy-set.ts";
import type { PolicyDocument } from "../../document/bundle.ts";
import type { Policy } from "../../document/policy.ts";
import type { LintCode } from "./lint-code.ts";
import { nameSpan } from "./lint-set.ts";
import type { LintSet } from "./lint-set.ts";
import { memberRemoval } from "./member-removal.ts";
import { readsOf } from "./rule-reads.ts";
import { usedNames } from "./used-name.ts";
import type { NamedKind, UsedNames } from "./used-name.ts";

/** Documents, params and variables that no rule reaches. */
export function checkUnused(set: LintSet): void {
  const used = usedNames(set.bundle);
  for (const policy of set.bundle.policies) checkPolicy(policy, used, set);
  const { events, meters, lists, sandboxes, externals, groups } = set.bundle;
  const kinds: readonly (readonly [NamedKind, LintCode, readonly PolicyDocument[], string])[] = [
    ["event", "unused_event", events, "no rule reads it, alone or through another Event"],
    ["meter", "unused_meter", meters, "no rule reads it or has a `limit` on it"],
    ["list", "unused_list", lists, "no condition reads it"],
    ["sandbox", "unused_sandbox", sandboxes, "no rule has `in` it"],
    ["external", "unused_external", externals, "no condition reads it, yet it could be asked"],
    ["group", "unused_group", groups, "no `approval` is asked of it"],
  ];
  for (const [kind, code, documents, cause] of kinds) {
    for (const document of documents) {
      if (used.has(kind, document.name)) continue;
      const message = `${document.kind} \`${document.name}\` is not used: ${cause}`;
      const suggestion = "use it, or remove the document";
      set.tell(code, message, nameSpan(document, set), { suggestion });
    }
  }
}

function checkPolicy(policy: Policy, used: UsedNames, set: LintSet): void {
  const names = {
    params: Object.keys(policy.params),
    variables: policy.variables.map(({ name }) => name),
  };
  for (const [root, code, word] of [
    ["params", "unused_param", "param"],
    ["variables", "unused_variable", "variable"],
  ] as const) {
    const read = used.of(policy, root);
    if (read.has("*")) continue;
    // What only an unused variable reads goes with it, in the next run.
    const viaVariables = root === "params" ? paramsOfVariables(policy) : new Set<string>();
    for (const name of names[root]) {
      if (read.has(name) || viaVariables.has(name)) continue;
      const path = ["spec", root, name];
      const message = `${word} \`${name}\` is not used by any rule of policy \`${policy.name}\``;
      const title = `remove ${word} \`${name}\` of policy \`${policy.name}\``;
      set.tell(code, message, documentKeySpan(policy, path, set), {
        suggestion: "use it, or remove it",
        fix: memberRemoval(policy, path, title, set),
      });
    }
  }
}

function paramsOfVariables(policy: Policy): ReadonlySet<string> {
  const paths = policy.variables.flatMap(({ expression }) => readsOf(expression).paths);
  return new Set(
    paths.flatMap(({ path: [root, name] }) => (root === "params" ? [name ?? "*"] : [])),
  );
}
