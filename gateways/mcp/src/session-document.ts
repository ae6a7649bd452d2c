import { copyJson, readRedactionPath, redactCopies, redactPaths } from "@holdfast/model";
import type { Json, RedactionPath } from "@holdfast/model";
import type { Caller, Guard } from "@holdfast/runtime";
import { isObject } from "./message.ts";
import { toRequest } from "./request-mapper.ts";
import type { ActionCall, Identity } from "./request-mapper.ts";

/** The label of what nobody vouches for; see POLICY.md section 3. */
const untrusted = "untrusted";

/** UTF-16 units. A session remembers less: what fills this leaves no room, and that is known of it. */
const wordsMax = 4 * 1024 * 1024;

/** Into which session words go, and by whom. */
export interface SessionIntake {
  readonly guard: Pick<Guard, "observe" | "bundle">;
  readonly caller: Caller | undefined;
  readonly identity: Identity;
}

/**
 * Adds words that the fold of results does not see to a session's origins, as a document under the
 * name of the action's tool; durable when it resolves. They are labelled `untrusted` unless the
 * Tool document of that name has other labels, and never `user`: of an answer that came through a
 * client nobody attests that a person typed it.
 *
 * @throws HoldfastError as `Guard.observe` does; then the words must not be passed on
 */
export async function observeWords(
  { caller, guard, identity }: SessionIntake,
  call: ActionCall,
  words: Json,
): Promise<void> {
  // What came was Unicode; a pair that the cut parts is not.
  const text = leavesOf(words)
    .join("\n")
    .slice(0, wordsMax)
    .replace(/\p{Cs}$/u, "");
  if (text === "") return;
  const source = toolName(call, identity);
  const { settings, tools } = guard.bundle;
  const labels = tools.find(({ name }) => name === source)?.labels ?? [untrusted];
  const known = labels.filter((label) => label === untrusted || settings.labels.includes(label));
  await guard.observe(identity.session, { kind: "document", text, source, labels: known }, caller);
}

/**
 * The words of an answer that have to be observed besides the fold of its result: all of what a
 * server was answered, and of a resource or prompt that no Tool document labels; of a tool's
 * result what is neither text nor structured content.
 */
export function unfoldedWords(
  { guard, identity }: Pick<SessionIntake, "guard" | "identity">,
  call: ActionCall,
  result: Json,
): Json {
  const kept = keptWords({ guard, identity }, call, { root: "result", value: result });
  if (call.from === "server") return kept;
  if (call.method === "tools/call") return besideContent(kept);
  const name = toolName(call, identity);
  return guard.bundle.tools.some((tool) => tool.name === name) ? null : kept;
}

/**
 * Words without what the Tool document of the action keeps out of records, and without copies of
 * such arguments: what is observed is recorded as a text.
 */
export function keptWords(
  { guard, identity }: Pick<SessionIntake, "guard" | "identity">,
  call: ActionCall,
  { root, value }: { readonly root: RedactionPath["root"]; readonly value: Json },
): Json {
  const name = toolName(call, identity);
  const redact = guard.bundle.tools.find((tool) => tool.name === name)?.redact ?? [];
  if (redact.length === 0) return value;
  const paths = redact.flatMap((path) => readRedactionPath(path) ?? []);
  // Nothing stands for what is gone: a mark would be one more word.
  const nothing = (): Json => null;
  const { secrets } = redactPaths(argsOf(call, identity), "args", paths, nothing);
  const kept = redactPaths(value, root, paths, nothing);
  return redactCopies(kept.value, new Set([...secrets, ...kept.secrets]), nothing);
}

function argsOf(call: ActionCall, identity: Identity): Json {
  return copyJson(toRequest(call, identity).args ?? {});
}

function toolName(call: ActionCall, identity: Identity): string {
  const { tool } = toRequest(call, identity);
  return `${identity.server}.${tool.name}`;
}

/** Members of a result that are folded as its content, or are for the client and not for the agent. */
const knownMembers: ReadonlySet<string> = new Set([
  "content",
  "structuredContent",
  "isError",
  "_meta",
]);

/** Members of a content block that hold no words. */
const wordless: ReadonlySet<string> = new Set([
  "_meta",
  "annotations",
  "blob",
  "data",
  "mimeType",
  "type",
]);

/** Embedded resources, links to them, and members that the protocol does not know. */
function besideContent(result: Json): Json {
  if (!isObject(result)) return null;
  const { content } = result;
  // Of any other shape the whole is folded.
  if (!isList(content) || !content.every(isBlock)) return null;
  const others = content.filter(isObject).filter(({ type }) => type !== "text");
  return [without(result, knownMembers), ...others.map((block) => without(block, wordless))];
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isBlock(value: Json): boolean {
  return isObject(value) && typeof value["type"] === "string";
}

function without(value: Json, members: ReadonlySet<string>): Json {
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => !members.has(name));
  return kept.map(([, member]) => without(member, wordless));
}

/** Each text and number alone, so that none is hidden by how JSON writes it. */
function leavesOf(value: Json): readonly string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  if (typeof value === "number") return [JSON.stringify(value)];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(leavesOf);
}
