import type { FactAnswer, FactName, Facts, Json, JsonObject } from "@holdfast/model";
import type { AnnotatedArgument, ArgumentUse } from "./annotated-argument.ts";
import { givenArguments } from "./argument-path.ts";
import type { GivenArguments } from "./argument-path.ts";
import { contentFact } from "./content/content-fact.ts";
import { factError } from "./fact-error.ts";
import type { FilePort } from "./file-port.ts";
import { k8sFact } from "./k8s/k8s-fact.ts";
import { pathFact } from "./path/path-fact.ts";
import { shellFact } from "./shell/shell-fact.ts";
import { sqlFact } from "./sql/sql-fact.ts";
import type { SqlParser } from "./sql/sql-parser.ts";
import { isReadLike } from "./tool-mode.ts";
import { urlFact } from "./url/url-fact.ts";
import type { UrlSettings } from "./url/url-fact.ts";

/** What a Tool document says that facts depend on (POLICY.md section 5). */
export interface FactTool {
  readonly labels: readonly string[];
  readonly arguments: Readonly<Record<string, ArgumentUse>>;
  /** where relative paths begin and commands run; an absolute path */
  readonly root?: string;
}

/** What facts are wanted of: an action of a tool, in phase `result` with what it gave. */
export interface FactSubject {
  /** `undefined`: no document describes the tool, so that only its result has facts */
  readonly tool: FactTool | undefined;
  readonly args: JsonObject;
  readonly result?: Json;
  /** the facts that are wanted */
  readonly names: readonly FactName[];
}

/** What facts are computed with besides arguments. */
export interface FactPorts {
  readonly files: FilePort;
  /** absent: `sql` is `unavailable` */
  readonly sqlParser?: SqlParser | undefined;
  /** absent: every name counts as private */
  readonly addresses?: UrlSettings["addresses"];
}

/** Computes facts. Total: an answer for every name asked, an error where there is no value. */
export type FactReader = (subject: FactSubject) => Facts;

/** The annotation of the arguments that a fact is computed from. */
const useOf: Readonly<Record<FactName, ArgumentUse>> = {
  shell: "shell",
  sql: "sql",
  urls: "url",
  paths: "path",
  content: "content",
  k8s: "k8s",
};

type Kind = (
  given: readonly AnnotatedArgument[],
  ports: FactPorts,
  tool: FactTool | undefined,
) => FactAnswer;

const kinds: Readonly<Record<FactName, Kind>> = {
  shell: (given, { files }, tool) => shellFact(given, { files, root: tool?.root }),
  sql: (given, { sqlParser: parser }) =>
    parser === undefined
      ? factError("unavailable", "no parser of SQL is loaded")
      : sqlFact(given, { parser }),
  urls: (given, { addresses }) => urlFact(given, { addresses }),
  paths: (given, { files }, tool) => {
    const mode = isReadLike(tool?.labels ?? []) ? "read" : "write";
    return pathFact(given, { files, root: tool?.root, mode });
  },
  content: (given) => contentFact(given),
  k8s: (given, _ports, tool) => k8sFact(given, { verb: manifestVerb(tool?.labels ?? []) }),
};

/**
 * Composes the kinds of facts: each answers from the arguments that the tool's document annotates for
 * it, all of them together, and `content` also from the result. A kind that throws answers with
 * an error.
 */
export function createFactReader(ports: FactPorts): FactReader {
  return ({ tool, args, result, names }) => {
    const found = givenArguments(tool?.arguments ?? {}, args);
    const facts: Partial<Record<FactName, FactAnswer>> = {};
    for (const name of names) facts[name] = answerOf(name, { found, result }, { ports, tool });
    return facts;
  };
}

function answerOf(
  name: FactName,
  { found, result }: { readonly found: GivenArguments; readonly result: Json | undefined },
  { ports, tool }: { readonly ports: FactPorts; readonly tool: FactTool | undefined },
): FactAnswer {
  const use = useOf[name];
  const misfit = found.misfits.find((each) => each.use === use);
  if (misfit !== undefined) {
    return factError("invalid", `\`${misfit.arg}\` does not have the form of its annotation`);
  }
  const own = found.given.filter((each) => each.use === use);
  if (name === "content" && result !== undefined) own.push({ arg: "result", use, value: result });
  if (own.length === 0) return factError("unannotated", `no argument is annotated \`${use}\``);
  try {
    return kinds[name](own, ports, tool);
  } catch (error) {
    // No kind throws; one that does must not take the others with it.
    return error instanceof RangeError
      ? factError("limit", "nested too deep to be read")
      : factError("unavailable", "it could not be computed");
  }
}

/** What a tool does with a manifest: its labels say it, where no request does. */
function manifestVerb(labels: readonly string[]): "get" | "apply" | "delete" {
  if (isReadLike(labels)) return "get";
  return labels.includes("destructive") ? "delete" : "apply";
}
