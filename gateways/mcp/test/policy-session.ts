import { RawSession, testGuard } from "./raw-session.ts";
import type { StdioGatewayOptions } from "@holdfast/gateway-mcp";

/** Key of the machine-readable part of a refusal. */
export const decisionKey = "holdfast.dev/decision";

/** A policy over some tools, with its rules; every tool it names is labelled. */
export function policy(
  rules: string,
  { tools = ["echo", "write", "fail", "refuse"] } = {},
): string {
  const documents = tools.map(
    (tool) => `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: rec.${tool}}
spec: {labels: [read]}
`,
  );
  return `
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: test}
spec:
  match: {tools: [${tools.map((tool) => `rec.${tool}`).join(", ")}]}
  rules:
${rules}
---${documents.join("---")}`;
}

export const allow = "    - {id: allow, effect: allow}\n";

export async function open(
  text: string,
  options: Partial<StdioGatewayOptions> & { readonly server?: object } = {},
): Promise<RawSession> {
  const session = new RawSession(await testGuard(text), options);
  await session.initialize();
  return session;
}

export function toolsOf(result: Record<string, unknown> | undefined): { readonly name: string }[] {
  const tools = result?.["tools"];
  return Array.isArray(tools) ? tools : [];
}

export async function allNames(session: RawSession): Promise<string[]> {
  const shown: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 9; page++) {
    const params = cursor === undefined ? {} : { cursor };
    const { result } = await session.ask(`page-${Math.random()}`, "tools/list", params);
    shown.push(...toolsOf(result).map(({ name }) => name));
    const next = result?.["nextCursor"];
    if (typeof next !== "string") break;
    cursor = next;
  }
  return shown;
}
