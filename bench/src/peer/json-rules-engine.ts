import type { Condition } from "../condition.ts";
import { isHistory } from "../condition.ts";
import type { Candidate } from "../contender.ts";
import { peerModule } from "./peer-module.ts";

interface RulesEngine {
  addOperator(name: string, test: (fact: unknown, value: unknown) => boolean): void;
  addRule(rule: object): void;
  run(facts: object): Promise<{ readonly events: readonly { readonly type: "allow" | "deny" }[] }>;
}

interface JsonRulesEngine {
  readonly Engine: new () => RulesEngine;
}

/** json-rules-engine: every rule an event; `startsWith` is an operator of our own. */
export const jsonRulesEngine: Candidate = {
  name: "json-rules-engine",
  indexed: false,
  partial: false,
  method: "engine.run",
  holds: ["numeric", "mixed"],
  async load(source) {
    const { Engine } = await peerModule<JsonRulesEngine>("json-rules-engine");
    const rules = [...source.all()].flatMap(({ effect, role, tool, condition }) =>
      isHistory(condition)
        ? []
        : [
            {
              conditions: {
                all: [
                  ...(role === undefined ? [] : [{ fact: "role", operator: "equal", value: role }]),
                  ...(tool === undefined ? [] : [{ fact: "tool", operator: "equal", value: tool }]),
                  ...terms(condition),
                ],
              },
              event: { type: effect },
            },
          ],
    );
    const started = performance.now();
    const engine = new Engine();
    engine.addOperator("startsWith", (fact, value) => String(fact).startsWith(String(value)));
    for (const rule of rules) engine.addRule(rule);
    return {
      loadMs: performance.now() - started,
      prepare: ({ agent, request, args }) => ({
        ...args,
        agent,
        role: request.agent.roles[0],
        tool: `${request.tool.server}.${request.tool.name}`,
      }),
      decide: () => 0,
      decideLater: async (facts: object) => {
        const { events } = await engine.run(facts);
        const allowed = events.some(({ type }) => type === "allow");
        return allowed && !events.some(({ type }) => type === "deny") ? 1 : 0;
      },
    };
  },
};

function terms(condition: Condition): readonly object[] {
  switch (condition.kind) {
    case "compare":
      return [compared(condition.argument, condition)];
    case "equals":
      return [{ fact: "currency", operator: "equal", value: condition.text }];
    case "one-of":
      return [{ fact: "region", operator: "in", value: condition.texts }];
    case "prefix":
      return [{ fact: condition.argument, operator: "startsWith", value: condition.text }];
    case "flag":
      return [
        { fact: "urgent", operator: "equal", value: condition.urgent },
        compared("quantity", condition),
      ];
    case "own":
      return [{ fact: "owner", operator: "equal", value: { fact: "agent" } }];
  }
}

function compared(
  fact: string,
  { sign, number }: { readonly sign: "<" | ">"; readonly number: number },
): object {
  return { fact, operator: sign === "<" ? "lessThan" : "greaterThan", value: number };
}
