import { HoldfastError, parseJson } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import type { CorpusCase, Refusal, SkippedCase, Step } from "./corpus-case.ts";
import { lookUps, MadeFiles, resolverOf } from "./made-world.ts";
import type { World } from "./made-world.ts";
import { packOf } from "./policy-pack.ts";
import { isObject, textFrom, textOf } from "./row-file.ts";
import { statedSetup } from "./stated-setup.ts";

/** Redirects that a client follows. */
const hopsMax = 20;

/** Whether a row is one of the bypass format: a policy in words, and a payload of its kind. */
export function isBypassRow(row: JsonObject): boolean {
  return isObject(row["payload"]) && typeof row["policy"] === "string" && "expect" in row;
}

/**
 * A row of the bypass format as actions.
 *
 * @throws Error for a row that says something that cannot be made or done
 */
export function bypassCase(row: JsonObject): CorpusCase | SkippedCase {
  const [kind, policy] = [textOf(row, "kind"), textOf(row, "policy")];
  const shared = { corpus: "bypass", kind, policy };
  const payload = row["payload"];
  if (!packOf.has(policy) || !isObject(payload)) return { ...shared, skipped: true };
  const text = JSON.stringify(payload);
  const attack = row["expect"] === "deny";
  return { ...shared, id: textOf(row, "id"), attack, text, steps: stepsOf(row, payload) };
}

function stepsOf(row: JsonObject, payload: JsonObject): readonly (Step | Refusal)[] {
  const [kind, policy] = [textOf(row, "kind"), textOf(row, "policy")];
  const made = (): MadeFiles => filesOf(policy, row);
  const plain = { files: made(), addresses: () => [] };
  const { command = null, sql: query = null } = payload;
  if (kind === "shell") return [{ tool: "local.shell", args: { command }, world: plain }];
  if (kind === "sql") return [{ tool: "db.query", args: { query }, world: plain }];
  if (kind === "json") return [jsonStep(textOf(payload, "raw"), plain)];
  if (kind === "path") return pathSteps(payload, row["sequence"], made());
  if (kind === "url") return urlSteps(policy, payload, isObject(row["env"]) ? row["env"] : {});
  throw new Error(`a row of kind \`${kind}\` is held to \`${policy}\``);
}

/** What stands where the case runs: the setup of its policy, and its own. */
function filesOf(policy: string, row: JsonObject): MadeFiles {
  const files = new MadeFiles();
  files.add(statedSetup(policy));
  const setup = row["setup"];
  if (isObject(setup)) files.add(setup);
  return files;
}

/** What the payment gateway reads from a text: strict JSON, as the gateways read it. */
function jsonStep(raw: string, world: World): Step | Refusal {
  try {
    const args = parseJson(raw, { bytesMax: 64 * 1024, depthMax: 32 });
    if (!isObject(args)) return { refused: "arguments are no object" };
    return { tool: "payments.transfer", args, world };
  } catch (error) {
    if (error instanceof HoldfastError) return { refused: error.message };
    throw error;
  }
}

/** One decision, and one more each time that the case says `execute`, on what is there by then. */
function pathSteps(
  { op, path }: JsonObject,
  sequence: Json | undefined,
  files: MadeFiles,
): readonly Step[] {
  const step = (): Step => ({
    tool: op === "git_add" ? "git.add" : `files.${textFrom(op)}`,
    args: { path: path ?? null },
    world: { files: files.copy(), addresses: () => [] },
  });
  if (!Array.isArray(sequence)) return [step()];
  const steps: Step[] = [];
  for (const each of sequence as readonly Json[]) {
    const said = textFrom(each);
    if (said === "decide" || said === "execute") steps.push(step());
    else change(files, said);
  }
  return steps;
}

/** Does what a step of a sequence says to the file system. */
function change(files: MadeFiles, said: string): void {
  const link = /^(?:replace|create) (\S+) (?:by|as) (?:symlink|link) ?-> ?(\S+)$/u.exec(said);
  const made = /^(?:create|write) (\S+)$/u.exec(said);
  const gone = /^(?:remove|delete) (\S+)$/u.exec(said);
  if (link !== null) {
    const [, path = "", target = ""] = link;
    files.put(path, { kind: "link", links: 1, target });
  } else if (made !== null) files.put(made[1] ?? "", { kind: "file", links: 1 });
  else if (gone !== null) files.remove(gone[1] ?? "");
  else throw new Error(`a sequence says \`${said}\``);
}

/** The request, and each one that it is redirected to; all of it once for each look-up. */
function urlSteps(policy: string, payload: JsonObject, env: JsonObject): readonly Step[] {
  const redirects = isObject(env["redirects"]) ? env["redirects"] : {};
  const tool = policy === "P-URL-ALLOW" ? "http.request" : "web.fetch";
  const steps: Step[] = [];
  for (let turn = 0; turn < lookUps(env); turn++) {
    const world = { files: new MadeFiles(), addresses: resolverOf(env, turn) };
    let url: Json | undefined = payload["url"] ?? null;
    for (let hop = 0; hop < hopsMax && url !== undefined; hop++) {
      steps.push({ tool, args: { ...payload, url }, world });
      url = targetOf(redirects, textFrom(url));
    }
  }
  return steps;
}

/** Where a URL redirects to, resolved against it. */
function targetOf(redirects: JsonObject, url: string): string | undefined {
  const target = redirects[url];
  if (typeof target !== "string") return undefined;
  return URL.canParse(target, url) && !URL.canParse(target) ? new URL(target, url).href : target;
}
