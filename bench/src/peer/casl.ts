import { isHistory } from "../condition.ts";
import type { Candidate } from "../contender.ts";
import { peerModule } from "./peer-module.ts";

interface Ability {
  can(action: string, subject: object): boolean;
}

interface Casl {
  readonly createMongoAbility: (rules: readonly object[], options: object) => Ability;
}

interface Subject {
  readonly role: string;
}

/**
 * CASL with a role as the type of the subject and a tool as the action, which are what it indexes
 * its rules by; of several rules the last wins, so those that deny come last.
 */
export const casl: Candidate = {
  name: "@casl/ability",
  indexed: true,
  partial: false,
  method: "ability.can, role as subject type, tool as action",
  // A condition cannot compare the subject with who asks, but in an ability made for each agent.
  holds: ["numeric"],
  async load(source) {
    const { createMongoAbility } = await peerModule<Casl>("@casl/ability");
    const made = [...source.all()].flatMap(({ effect, role, tool, condition }) => {
      if (isHistory(condition) || condition.kind !== "compare") return [];
      const { argument, sign, number } = condition;
      const conditions = { [argument]: { [sign === "<" ? "$lt" : "$gt"]: number } };
      return [{ inverted: effect === "deny", subject: role, action: tool, conditions }];
    });
    const rules = made.toSorted((a, b) => Number(a.inverted) - Number(b.inverted));
    const started = performance.now();
    const ability = createMongoAbility(rules, {
      detectSubjectType: ({ role }: Subject) => role,
    });
    return {
      loadMs: performance.now() - started,
      prepare: ({ request, args }) => ({
        action: `${request.tool.server}.${request.tool.name}`,
        subject: { ...args, role: request.agent.roles[0] },
      }),
      decide: ({ action, subject }: { readonly action: string; readonly subject: object }) =>
        ability.can(action, subject) ? 1 : 0,
    };
  },
};
