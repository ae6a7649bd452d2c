import type { ArgumentUse } from "../../document/kinds.ts";

/** What an annotated argument is, in words. */
export const argumentWords: Readonly<Record<ArgumentUse, string>> = {
  shell: "a command",
  sql: "a query",
  path: "a path",
  url: "a URL",
  k8s: "a Kubernetes request",
  content: "content",
};
