import type { Settings } from "../document/kinds.ts";

/** The label of a tool that nobody labelled (POLICY.md section 1). */
export const unlabelled = "unlabelled";

const start = { offset: 0, line: 1, column: 1 };

/** The Settings of a policy set that has none (POLICY.md section 4). */
export const defaultSettings: Settings = {
  kind: "Settings",
  name: "settings",
  environments: ["development", "staging", "production"],
  classifications: ["public", "internal", "confidential", "restricted"],
  labels: [
    "read",
    "write",
    "destructive",
    "egress",
    "exec",
    "money",
    "pii",
    "secrets",
    "untrusted",
    "internal",
    "delegate",
    unlabelled,
  ],
  source: { file: "", start, end: start },
};
