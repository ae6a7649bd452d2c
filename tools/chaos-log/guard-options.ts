import type { GuardOptions } from "@holdfast/runtime";
import { pep, policyText } from "./action.ts";

/** Small segments and frequent snapshots, so that kills fall into every kind of work. */
export const guardOptions: Omit<GuardOptions, "data"> = {
  policies: [{ path: "policies/chaos.yaml", text: policyText }],
  pep,
  segmentBytes: 32 * 1024,
  snapshotRecords: 50,
};
