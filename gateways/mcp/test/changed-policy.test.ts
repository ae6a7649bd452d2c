import { expect, test } from "vitest";
import { policy } from "./policy-session.ts";
import { RawSession, testGuard } from "./raw-session.ts";

const staff = `    - {id: staff, effect: allow, when: "'staff' in agent.roles"}\n`;

/** The policies with a document of the agent, which gives it its roles. */
function withRole(role: string, agent: string): string {
  return `${policy(staff)}---
apiVersion: holdfast.dev/v1
kind: Agent
metadata: {name: ${agent}}
spec: {roles: [${role}]}
---
apiVersion: holdfast.dev/v1
kind: Agent
metadata: {name: other}
spec: {roles: [staff]}
`;
}

test("policies put in force decide the next call, by the roles that they give the agent", async () => {
  const guard = await testGuard(withRole("staff", "agent-1"));
  const session = new RawSession(guard, { agent: "agent-1" });
  await session.initialize();
  expect((await session.call(1, "echo", {})).result?.["isError"]).toBeUndefined();
  await guard.activate([{ path: "policies/test.yaml", text: withRole("guest", "agent-1") }]);
  expect((await session.call(2, "echo", {})).result?.["isError"]).toBe(true);
  await guard.activate([{ path: "policies/test.yaml", text: withRole("staff", "agent-1") }]);
  expect((await session.call(3, "echo", {})).result?.["isError"]).toBeUndefined();
});
