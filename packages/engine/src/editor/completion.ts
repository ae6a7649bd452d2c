import { isMap } from "yaml";
import { documentSchemas } from "../compile/schema/documents.ts";
import { apiVersion } from "../compile/schema/field.ts";
import { keysAt } from "../compile/shape-keys.ts";
import type { NameKind } from "../compile/check/vocabulary.ts";
import type { Path } from "../compile/yaml-document.ts";
import { completeCondition, openReason } from "./completion-condition.ts";
import type { CompletionItem, OpenCondition } from "./completion-condition.ts";
import { member } from "./condition-scope.ts";
import { placesOf } from "./name-place.ts";
import type { NamePlace } from "./name-place.ts";
import type { Cursor } from "./navigation.ts";
import { discriminators, keyHelp, possibleValues } from "./schema-help.ts";
import { looseDocuments } from "./survey.ts";
import type { LooseDocument, PolicySurvey } from "./survey.ts";
import { isCondition, isReason, partsOf } from "./yaml-part.ts";
import type { YamlPart } from "./yaml-part.ts";

/** What can be written at a place, and the stretch of the file that it takes the place of. */
export interface CompletionList {
  readonly start: number;
  readonly end: number;
  readonly items: readonly CompletionItem[];
}

/** Stands in the text for the cursor: a character that no policy file is written with. */
const mark = "\ue000";

/** What can be written at the cursor; the file need not be whole. */
export function completionAt(survey: PolicySurvey, { file, offset }: Cursor): CompletionList {
  const text = survey.files.find(({ path }) => path === file)?.text ?? "";
  const [before, behind] = [text.slice(0, offset), text.slice(offset)];
  const word = /[^\s,[\]{}"'#]*$/u.exec(before)?.[0] ?? "";
  const alone = /^[ \t]*(?:- +)*[\w.-]*$/u.test(before.slice(before.lastIndexOf("\n") + 1));
  const free = /^[ \t]*(?:\r?\n|$)/u.test(behind);
  const colon = /^[\w.-]*[ \t]*:/u.test(behind);
  const nothing = { start: offset, end: offset, items: [] };
  const asKey = alone && free ? markedPart(file, `${before}${mark}:${behind}`, survey) : undefined;
  if (asKey?.part.isKey === true) {
    const items = keyItems(asKey, survey, false);
    if (items.length > 0) return { start: offset - word.length, end: offset, items };
  }
  const marked = markedPart(file, `${before}${mark}${behind}`, survey);
  if (marked === undefined) return nothing;
  const { document, part } = marked;
  if (part.isKey) {
    return { start: offset - word.length, end: offset, items: keyItems(marked, survey, colon) };
  }
  const [typed = "", rest = ""] = String(part.scalar.value).split(mark);
  const condition = openCondition(document, part, { before: typed, behind: rest });
  if (condition !== undefined) {
    const { length, items } = completeCondition(condition, document, survey);
    return { start: offset - length, end: offset, items };
  }
  return { start: offset - word.length, end: offset, items: valueItems(marked, survey) };
}

interface Marked {
  readonly document: LooseDocument;
  readonly part: YamlPart;
}

function markedPart(path: string, text: string, { root }: PolicySurvey): Marked | undefined {
  for (const document of looseDocuments({ path, text }, root)) {
    const part = partsOf(document.yaml.root).find(({ scalar }) =>
      typeof scalar.value === "string" ? scalar.value.includes(mark) : false,
    );
    if (part !== undefined) return { document, part };
  }
  return undefined;
}

/** The condition around the cursor, when it stands in one. */
function openCondition(
  { kind, yaml }: LooseDocument,
  { path }: YamlPart,
  text: OpenCondition,
): OpenCondition | undefined {
  if (kind === undefined) return undefined;
  if (isReason(kind, path)) return openReason(text);
  return isCondition(kind, path, yaml) ? text : undefined;
}

const rootKeys = ["apiVersion", "kind", "metadata", "spec"];

function keyItems(
  { document, part }: Marked,
  survey: PolicySurvey,
  colon: boolean,
): readonly CompletionItem[] {
  const { kind, yaml } = document;
  const parent = part.path.slice(0, -1);
  const present = new Set(siblings(document, parent));
  const item = (label: string, documentation = ""): CompletionItem => ({
    label,
    kind: "key",
    documentation,
    insert: colon ? label : `${label}: `,
  });
  const left = (keys: readonly string[]) => keys.filter((key) => !present.has(key));
  if (kind === undefined) return parent.length === 0 ? left(rootKeys).map((key) => item(key)) : [];
  const names = placesOf(kind, part.path, true).filter(({ defines }) => defines !== true);
  if (names.length > 0) return left(namesOf(names, survey)).map((name) => item(name));
  const args = argumentNames(document, parent, survey);
  if (args.length > 0) return left(args).map((name) => item(name));
  // Of a rule that does not say its effect yet, the keys of every effect come into question.
  const { here, elsewhere } = keysAt(documentSchemas[kind], parent, yaml.value);
  return left(here.length > 0 ? here : [...elsewhere.keys()]).map((key) =>
    item(key, keyHelp(kind, [...parent, key], yaml)),
  );
}

function siblings({ yaml: { root } }: LooseDocument, path: Path): readonly string[] {
  const map = path.length === 0 ? root : isMap(root) ? root.getIn(path, true) : undefined;
  return isMap(map) ? map.items.map((pair) => String(pair.key)) : [];
}

/** The arguments of the tool that a test asks about, and the paths that a `set` can change. */
function argumentNames(
  { kind, yaml }: LooseDocument,
  parent: Path,
  { set }: PolicySurvey,
): readonly string[] {
  const last = parent.at(-1);
  const properties = (tool: unknown): readonly string[] => {
    const found = set.bundle.tools.find(({ name }) => name === tool);
    const schema = found?.schema === undefined ? undefined : found.schema["properties"];
    return typeof schema === "object" && schema !== null ? Object.keys(schema) : [];
  };
  if (kind === "PolicyTest" && last === "args") {
    const request = parent.slice(0, -1).reduce((at: ReturnType<typeof member>, step) => {
      if (Array.isArray(at) && typeof step === "number") return at[step];
      return member(at, String(step));
    }, yaml.value);
    return properties(member(request, "tool"));
  }
  if (kind === "Policy" && last === "set" && parent.length === 4) {
    const tools = member(member(member(yaml.value, "spec"), "match"), "tools");
    const named = Array.isArray(tools) ? tools : [];
    return [...new Set(named.flatMap(properties))].map((name) => `args.${name}`);
  }
  return [];
}

function valueItems({ document, part }: Marked, survey: PolicySurvey): readonly CompletionItem[] {
  const { kind, yaml } = document;
  const item = (label: string, itemKind: CompletionItem["kind"]): CompletionItem => ({
    label,
    kind: itemKind,
    documentation: "",
    insert: label,
  });
  const [first] = part.path;
  if (part.path.length === 1 && first === "apiVersion") return [item(apiVersion, "value")];
  if (part.path.length === 1 && first === "kind") {
    return Object.keys(documentSchemas).map((name) => item(name, "value"));
  }
  if (kind === undefined) return [];
  const places = placesOf(kind, part.path, false);
  const names = namesOf(places, survey).map((name) => item(name, "name"));
  const values = [
    ...discriminators(kind, part.path, yaml),
    ...possibleValues(kind, part.path, yaml),
  ];
  return [...names, ...[...new Set(values)].map((value) => item(value, "value"))];
}

/** The names that can stand at a place, as they are written there. */
function namesOf(places: readonly NamePlace[], { set }: PolicySurvey): readonly string[] {
  const found = places
    .filter(({ kind, defines }) => defines !== true || kind === "role" || kind === "label")
    .flatMap(({ kind, prefix = "", path }) => {
      const names = [...(set.vocabulary.get(kind as NameKind) ?? [])].map((name) => prefix + name);
      const patterns = kind === "tool" && path[2] === "tools";
      const servers = patterns ? [...(set.vocabulary.get("server") ?? [])] : [];
      return names.concat(servers.map((server) => `${server}.*`));
    });
  return [...new Set(found)].toSorted();
}
