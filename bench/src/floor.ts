import type { Action } from "./action-stream.ts";
import { toolName, roleName } from "./rule-source.ts";
import type { RuleSource } from "./rule-source.ts";
import type { Contender } from "./contender.ts";

const empty = -1;

/**
 * The least that deciding a request by role, tool and one number can be: three lookups of texts
 * (role, server, tool), one probe of a flat table, one comparison. Nothing is checked, nothing
 * combined, nothing explained.
 */
export function floorOf(source: RuleSource): Contender<Action["request"]> {
  const { roles, tools } = source.grid;
  const roleNumbers = new Map<string, number>();
  for (let role = 0; role < roles; role += 1) roleNumbers.set(roleName(role), role);
  const servers = new Map<string, Map<string, number>>();
  for (let tool = 0; tool < tools; tool += 1) {
    const { server, name } = toolName(tool);
    const names = servers.get(server) ?? new Map<string, number>();
    servers.set(server, names.set(name, tool));
  }
  const slots = 2 ** Math.ceil(Math.log2(roles * tools * 2));
  const keys = new Int32Array(slots).fill(empty);
  const limits = new Float64Array(slots);
  const slotOf = (key: number): number => {
    let slot = Math.imul(key, 0x9e3779b1) & (slots - 1);
    while (keys[slot] !== key && keys[slot] !== empty) slot = (slot + 1) & (slots - 1);
    return slot;
  };
  for (let key = 0; key < roles * tools; key += 1) {
    const slot = slotOf(key);
    keys[slot] = key;
    limits[slot] = 6_000 + (key % 3_000);
  }
  return {
    loadMs: 0,
    prepare: ({ request }) => request,
    decide: ({ agent, tool, args }) => {
      const role = roleNumbers.get(agent.roles[0] ?? "");
      const number = servers.get(tool.server)?.get(tool.name);
      if (role === undefined || number === undefined) return 0;
      const slot = slotOf(role * tools + number);
      const amount = args["amount"];
      const passes = typeof amount === "number" && amount < (limits[slot] ?? 0);
      return keys[slot] !== empty && passes ? 1 : 0;
    },
  };
}
