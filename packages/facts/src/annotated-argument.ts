import type { Json } from "@holdfast/model";

/** What a Tool document says an argument is (POLICY.md section 5). */
export type ArgumentUse = "shell" | "sql" | "path" | "url" | "content" | "k8s";

/** One annotated argument of the call that will really run. */
export interface AnnotatedArgument {
  /**
   * its path in the Tool document: `command`, `items[].path`; of `content` the place where the value
   * stands (`items[0].text`), which masks are laid by
   */
  readonly arg: string;
  readonly use: ArgumentUse;
  readonly value: Json;
}
