import { resolve } from "node:path";
import { z } from "zod";

const path = z.string().min(1).max(4096);

/** One place that checkpoints are published to, as `log.publish` of `holdfast.yaml` names it. */
export const targetSchema = z.union([
  /** a file, relative to the configuration; better on another machine's disk */
  z.strictObject({ file: path }),
  /** gets each checkpoint by POST, as text/plain */
  z.strictObject({
    url: z.url({ protocol: /^https?$/u }),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  /** work tree of a git repository; `path` is the file in it that is committed */
  z.strictObject({ git: path, path: path.default("checkpoint"), push: z.boolean().default(false) }),
]);

/** A place to publish to; paths absolute. */
export type PublishTarget = z.output<typeof targetSchema>;

/** The least time between two checkpoints that one target gets, in milliseconds. */
export function intervalOf(target: PublishTarget): number {
  if ("file" in target) return 1_000;
  return "url" in target ? 10_000 : 60_000;
}

/** A target's name in reports: `file:/backup/checkpoint`, `https://…`, `git:/srv/audit#checkpoint`. */
export function targetName(target: PublishTarget): string {
  if ("file" in target) return `file:${target.file}`;
  return "url" in target ? target.url : `git:${target.git}#${target.path}`;
}

/** The target with its paths made absolute, from the folder of the configuration. */
export function resolveTarget(target: PublishTarget, folder: string): PublishTarget {
  if ("file" in target) return { file: resolve(folder, target.file) };
  return "url" in target ? target : { ...target, git: resolve(folder, target.git) };
}
