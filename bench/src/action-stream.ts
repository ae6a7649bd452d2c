import { readRequest } from "@holdfast/model";
import type { Request } from "@holdfast/model";
import { Chance } from "./chance.ts";
import type { Arguments } from "./condition.ts";
import {
  agentName,
  currencies,
  customerName,
  customersOf,
  regions,
  roleName,
  teamPath,
  toolName,
} from "./rule-source.ts";
import type { Grid, Scenario } from "./scenario.ts";

/** Agents that act; more when there are more roles than that. */
export const agentsLeast = 512;
export const sessionsPerAgent = 2;
export const sessionName = (agent: number, session: number): string =>
  `session-of-agent-${agent}-${session}`;

/** An action to be decided: the request, and what a plain function needs to judge it. */
export interface Action {
  /** the agent's number */
  readonly number: number;
  readonly agent: string;
  readonly session: string;
  /** the number of the agent's role, -1 when no rule names it */
  readonly role: number;
  readonly tool: number;
  readonly args: Arguments;
  readonly request: Request;
}

/** Actions of a seed: the same ones each time, spread evenly over roles and tools. */
export class ActionStream {
  readonly #chance: Chance;
  readonly #grid: Grid;
  readonly #scenario: Scenario;

  constructor(seed: number, grid: Grid, scenario: Scenario) {
    this.#chance = new Chance(seed);
    this.#grid = grid;
    this.#scenario = scenario;
  }

  /** @throws Error when the request it makes is not valid, which is a bug of this file */
  next(): Action {
    const chance = this.#chance;
    const { roles, tools } = this.#grid;
    const number = chance.below(Math.max(agentsLeast, roles));
    const role = number % roles;
    const tool = chance.below(tools);
    const agent = agentName(number);
    const session = sessionName(number, chance.below(sessionsPerAgent));
    const args = this.#args(number, role);
    const misses = this.#scenario === "miss";
    const text = JSON.stringify({
      tenant: "default",
      agent: { id: agent, roles: [misses ? "visitor-team-0000" : roleName(role)] },
      user: { id: `user-of-support-${chance.below(400)}` },
      session: { id: session, task: "answer-the-customer" },
      tool: toolName(tool),
      action: { kind: "mcp" },
      args,
      environment: "production",
    });
    const reading = readRequest(JSON.parse(text));
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
    return {
      number,
      agent,
      session,
      role: misses ? -1 : role,
      tool,
      args,
      request: reading.request,
    };
  }

  take(count: number): Action[] {
    return Array.from({ length: count }, () => this.next());
  }

  #args(agent: number, role: number): Arguments {
    const chance = this.#chance;
    const secret = chance.percent(2) ? "private-" : "";
    const team = chance.percent(90) ? role : role + 1;
    return {
      amount: chance.below(10_000),
      quantity: chance.below(100),
      currency: chance.percent(90) ? chance.of(currencies.slice(0, 2)) : chance.of(currencies),
      region: chance.of(regions),
      path: `${teamPath(team)}${secret}file-${chance.below(10_000)}`,
      urgent: chance.percent(10),
      owner: chance.percent(90) ? agentName(agent) : "agent-of-nobody",
      to: this.#recipient(agent),
    };
  }

  /** Mostly a customer the agent deals with. */
  #recipient(agent: number): string {
    const chance = this.#chance;
    if (chance.percent(3)) return "everyone-else@mail.example";
    return customerName(chance.percent(85) ? chance.of(customersOf(agent)) : chance.below(1_000));
  }
}
