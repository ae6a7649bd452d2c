import { commonTypes, outcomeTypes } from "../compile/check/variable-types.ts";

/** The names that conditions can read, whatever the policy. */
export const variableNames: ReadonlySet<string> = new Set([
  ...commonTypes.keys(),
  ...outcomeTypes.keys(),
  "args",
  "original",
  "params",
  "variables",
  "lists",
  "external",
]);
