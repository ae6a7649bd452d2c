export { quickstartPolicies, runDemo } from "./run-demo.ts";
export type { DemoOptions, DemoResult } from "./run-demo.ts";
export type { DecisionLine } from "./gateway-session.ts";
