/**
 * The names under which spans carry what the log knows, in one place and with a version of its own:
 * the GenAI and MCP conventions of OpenTelemetry are in development and rename things. A change of
 * any name is another version, which every export carries (`holdfast.mapping.version`).
 *
 * Source: OpenTelemetry semantic conventions for GenAI (execute_tool spans) and MCP; what they have
 * no name for is under `holdfast.`.
 */
export const otelMapping = {
  version: 3,
  operation: "gen_ai.operation.name",
  tool: "gen_ai.tool.name",
  toolType: "gen_ai.tool.type",
  call: "gen_ai.tool.call.id",
  args: "gen_ai.tool.call.arguments",
  result: "gen_ai.tool.call.result",
  agent: "gen_ai.agent.id",
  agentVersion: "gen_ai.agent.version",
  session: "gen_ai.conversation.id",
  method: "mcp.method.name",
  errorType: "error.type",
  user: "user.id",
  mapping: "holdfast.mapping.version",
  server: "holdfast.tool.server",
  sequence: "holdfast.record.sequence",
  sessionRoot: "holdfast.session.root",
  tenant: "holdfast.tenant",
  kind: "holdfast.action.kind",
  effect: "holdfast.decision.effect",
  code: "holdfast.decision.code",
  rules: "holdfast.decision.rules",
  reason: "holdfast.decision.reason",
  bundle: "holdfast.decision.bundle",
  mode: "holdfast.decision.mode",
  granted: "holdfast.decision.granted",
  latency: "holdfast.decision.latency_ns",
  shadow: "holdfast.shadow.effect",
  pep: "holdfast.pep.type",
  outcome: "holdfast.outcome.status",
  outcomeSequence: "holdfast.outcome.sequence",
  resultEffect: "holdfast.result.effect",
  resultRules: "holdfast.result.rules",
  parent: "holdfast.action.parent",
  delegation: "holdfast.delegation",
  confidence: "holdfast.decision.confidence",
  audit: "holdfast.decision.audit",
  cost: "holdfast.outcome.cost",
  prompt: "holdfast.seen.prompt",
  documents: "holdfast.seen.documents",
  documentsDigest: "holdfast.seen.documents_digest",
  taints: "holdfast.taints",
  resultTaints: "holdfast.result.taints",
  meters: "holdfast.meters",
} as const;
