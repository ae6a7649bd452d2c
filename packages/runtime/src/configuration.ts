import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { actionKinds, HoldfastError, lineIndex, problemsOf } from "@holdfast/model";
import type { Diagnostic } from "@holdfast/model";
import { isNode, LineCounter, parseDocument, visit } from "yaml";
import type { Document } from "yaml";
import { z } from "zod";
import { DiagnosticsError } from "./diagnostics-error.ts";
import { resolveTarget, targetSchema } from "./publish/target.ts";

/** The largest configuration file. */
const bytesMax = 1024 * 1024;

const name = z.string().min(1).max(256);
const names = z.array(name).min(1);
const modes = z.enum(["enforce", "observe"]);

const matchSchema = z.strictObject({
  agents: names.optional(),
  agent_roles: names.optional(),
  user_roles: names.optional(),
  tools: names.optional(),
  labels: names.optional(),
  kinds: z.array(z.enum(actionKinds)).min(1).optional(),
  environments: names.optional(),
});

const configurationSchema = z.strictObject({
  /** one of the environments Settings declares */
  environment: name.optional(),
  /** folder of the policies, relative to this file */
  policies: name.optional(),
  /** folder of the log, relative to this file */
  data: name.optional(),
  /** the agent an enforcement point speaks for when nothing else says so */
  agent: name.optional(),
  enforcement: z
    .strictObject({
      default: modes.default("enforce"),
      rules: z.array(z.strictObject({ match: matchSchema, mode: modes })).default(() => []),
    })
    .prefault({}),
  registry: z
    .strictObject({
      /** tools without a Tool document: the policies decide, or all are denied */
      unregistered: z.enum(["decide", "deny"]).default("decide"),
      /** `step_up` asks a person; without an approver nobody answers, so it denies like `deny` */
      changed: z.enum(["deny", "step_up"]).default("deny"),
    })
    .prefault({}),
  facts: z
    .strictObject({
      /** longest time for the facts of one action; later they are errors, which deny */
      deadline_ms: z.int().min(1).max(10_000).default(250),
    })
    .prefault({}),
  log: z
    .strictObject({
      /** whether payloads are stored under keys of their subjects; default: in logs that begin so */
      payloads: z.enum(["encrypted", "plain"]).optional(),
      /** where checkpoints go, so that somebody else remembers the log */
      publish: z
        .array(targetSchema)
        .max(16)
        .default(() => []),
      /** who brings the index up to the log: a thread of the guard, or whoever asks it */
      index: z.enum(["live", "on-demand"]).optional(),
    })
    .prefault({}),
});

/** `holdfast.yaml` with defaults filled in and its folders absolute. */
export type Configuration = z.output<typeof configurationSchema>;
export type ConfigurationMatch = z.output<typeof matchSchema>;

/** What holds without a configuration file: everything is enforced. */
export function defaultConfiguration(): Configuration {
  return configurationSchema.parse({});
}

/**
 * Reads `holdfast.yaml`. The path is explicit: a file found by walking up from where an agent
 * works could be the agent's own.
 *
 * @throws DiagnosticsError `configuration_invalid` with everything that is wrong;
 * HoldfastError `configuration_unreadable`
 */
export function readConfiguration(path: string): Configuration {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new HoldfastError("configuration_unreadable", `cannot read configuration \`${path}\``, {
      cause,
    });
  }
  if (text.length > bytesMax) {
    throw new HoldfastError("configuration_unreadable", `configuration \`${path}\` is over 1 MiB`);
  }
  const parsed = parseConfiguration(text, path.replaceAll("\\", "/"));
  const folder = dirname(resolve(path));
  return {
    ...parsed,
    ...(parsed.policies === undefined ? {} : { policies: resolve(folder, parsed.policies) }),
    ...(parsed.data === undefined ? {} : { data: resolve(folder, parsed.data) }),
    log: {
      ...parsed.log,
      publish: parsed.log.publish.map((target) => resolveTarget(target, folder)),
    },
  };
}

function parseConfiguration(text: string, file: string): Configuration {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    version: "1.2",
    schema: "core",
    uniqueKeys: true,
    merge: false,
    lineCounter,
  });
  const place = (from: number, to: number) => lineIndex(text).spanAt(file, from, to);
  const found: Diagnostic[] = [...document.errors, ...document.warnings].map((error) => ({
    code: "configuration_yaml",
    severity: "error",
    message: error.message.split("\n", 1)[0]?.replace(/ at line .*$/u, "") ?? "not YAML",
    span: place(...error.pos),
  }));
  visit(document, {
    Alias(_key, { range }) {
      const span = place(range?.[0] ?? 0, range?.[1] ?? 0);
      const message = "aliases are not taken; write the value out";
      found.push({ code: "configuration_yaml", severity: "error", message, span });
    },
  });
  if (found.length === 0) {
    const value: unknown = document.toJS({ maxAliasCount: 0 }) ?? {};
    const parsed = configurationSchema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) {
      const [from, to] = rangeOf(document, issue.path);
      for (const problem of problemsOf(configurationSchema, [issue])) {
        const message =
          problem.path === "" ? problem.message : `\`${problem.path}\`: ${problem.message}`;
        found.push({
          code: "configuration_field",
          severity: "error",
          message,
          span: place(from, to),
        });
      }
    }
  }
  throw new DiagnosticsError("configuration_invalid", {
    message: `configuration \`${file}\` is not valid`,
    diagnostics: found,
    sources: new Map([[file, text]]),
  });
}

/** Where the innermost node on a path that exists stands. */
function rangeOf(document: Document, path: readonly PropertyKey[]): [number, number] {
  for (let length = path.length; length >= 0; length -= 1) {
    const keys = path.slice(0, length).map((key) => (typeof key === "symbol" ? String(key) : key));
    const node: unknown = length === 0 ? document.contents : document.getIn(keys, true);
    if (isNode(node) && node.range) return [node.range[0], node.range[1]];
  }
  return [0, 0];
}
