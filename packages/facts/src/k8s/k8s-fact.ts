import { lowerAscii } from "@holdfast/model";
import type { FactAnswer, Json, JsonObject } from "@holdfast/model";
import type { AnnotatedArgument } from "../annotated-argument.ts";
import { factError } from "../fact-error.ts";
import { factLimits } from "../fact-limit.ts";
import { hasLoneSurrogate, utf8Bytes } from "../text-bytes.ts";
import { readAccess } from "./access-rule.ts";
import type { AccessPowers } from "./access-rule.ts";
import { knownKind } from "./known-kind.ts";
import {
  isList,
  isObject,
  member,
  objectIn,
  objectsIn,
  textIn,
  Unclear,
} from "./manifest-object.ts";
import { readManifests } from "./manifest-text.ts";
import { readPod } from "./pod-spec.ts";
import type { PodPowers } from "./pod-spec.ts";

/** What the tool does with a manifest that no request says the verb of. */
export interface KubernetesSettings {
  /** `get` for a tool that only reads, `delete` for one that destroys, else `apply` */
  readonly verb: "get" | "apply" | "delete";
}

/** One object that a request or a manifest is about. */
interface Target {
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

interface Gathered {
  readonly powers: PodPowers & AccessPowers;
  readonly objects: Target[];
}

/**
 * The fact `k8s` (POLICY.md section 1): what the arguments annotated `k8s` ask of a cluster, all of them
 * together. Each is an AdmissionReview, a manifest, a list of these, or a text of YAML or JSON with
 * any number of documents. Of several objects a field that is not the same for all is left out.
 * Opaque where a kind is not known, or a member that decides about powers cannot be told.
 *
 * Errors: `unannotated`, `invalid` (no manifest; YAML that readers take otherwise), `limit` (more
 * than 64 KiB of text, 64 levels, 20,000 values, 1,000 entries of a list).
 */
export function k8sFact(
  annotated: readonly AnnotatedArgument[],
  { verb }: KubernetesSettings,
): FactAnswer {
  const own = annotated.filter(({ use }) => use === "k8s");
  if (own.length === 0) return factError("unannotated", "no argument is annotated `k8s`");
  const gathered: Gathered = { powers: noPowers(), objects: [] };
  try {
    for (const { arg, value } of own) {
      const found = manifestsOf(arg, value);
      if ("error" in found) return found;
      if (found.objects.length === 0) return factError("invalid", `\`${arg}\` holds no manifest`);
      for (const object of found.objects) readTop(object, verb, gathered);
    }
  } catch (error) {
    if (error instanceof Unclear) return { value: { opaque: true } };
    throw error;
  }
  const value = valueOf(gathered);
  const isLong = Object.values(value).some(
    (entry) => Array.isArray(entry) && entry.length > factLimits.entriesMax,
  );
  return isLong ? factError("limit", `more than ${factLimits.entriesMax} entries`) : { value };
}

function noPowers(): PodPowers & AccessPowers {
  return {
    images: [],
    capabilities: [],
    host_paths: [],
    service_accounts: [],
    secrets: [],
    rbac_verbs: [],
    roles: [],
    privileged: false,
    host_network: false,
    host_pid: false,
    host_ipc: false,
    escalation: false,
    root: false,
    unconfined: false,
    rbac_escalation: false,
  };
}

/** The manifests of one argument. */
function manifestsOf(
  arg: string,
  value: Json,
): { readonly objects: readonly JsonObject[] } | (FactAnswer & { readonly error: object }) {
  let given: readonly Json[] = isList(value) ? value : [value];
  if (typeof value === "string") {
    if (value.length > factLimits.textBytesMax || utf8Bytes(value) > factLimits.textBytesMax) {
      return refusal("limit", `\`${arg}\` is longer than ${factLimits.textBytesMax} bytes`);
    }
    if (hasLoneSurrogate(value)) return refusal("invalid", `\`${arg}\` is no text of Unicode`);
    const read = readManifests(value);
    if ("error" in read) return refusal(read.error, `\`${arg}\`: ${read.reason}`);
    given = read.documents;
  }
  const objects = given.filter(isObject);
  if (objects.length < given.length) return refusal("invalid", `\`${arg}\` is no manifest`);
  return { objects };
}

function refusal(
  code: "invalid" | "limit",
  reason: string,
): { readonly error: { code: "invalid" | "limit"; reason: string } } {
  return { error: { code, reason } };
}

/** A request for admission, or what a manifest describes. */
function readTop(object: JsonObject, verb: string, gathered: Gathered): void {
  const [group] = groupAndVersion(object);
  if (textIn(object, "kind") === "AdmissionReview" && group === "admission.k8s.io") {
    demandNoItems(object);
    readRequest(objectIn(object, "request"), gathered);
  } else readObject(object, verb, gathered);
}

/** What the server is asked for (admission.k8s.io/v1, AdmissionRequest). */
function readRequest(request: JsonObject, gathered: Gathered): void {
  const verb = lowerAscii(textIn(request, "operation"));
  const resource = objectIn(request, "resource");
  const plural = textIn(resource, "resource");
  const sub = textIn(request, "subResource");
  if (verb === "" || plural === "") throw new Unclear();
  gathered.objects.push({
    verb,
    group: textIn(resource, "group"),
    version: textIn(resource, "version"),
    resource: sub === "" ? plural : `${plural}/${sub}`,
    namespace: textIn(request, "namespace"),
    name: textIn(request, "name"),
  });
  const object = member(request, "object");
  // What is deleted gives nothing; of what is connected to, the resource says it.
  if (verb === "delete" || verb === "connect") return;
  if (!isObject(object)) throw new Unclear();
  const own: Gathered = { powers: gathered.powers, objects: [] };
  readObject(object, verb, own);
  const [target] = own.objects;
  const isSame = target?.resource === plural && target.group === textIn(resource, "group");
  // Another kind than the resource has: of a subresource, which is not read here.
  if (!isSame || own.objects.length !== 1) throw new Unclear();
}

/** How a list is in a list, and what one of a kind leaves out at each of its items. */
interface ListPlace {
  readonly depth: number;
  readonly kind: string;
  readonly apiVersion: Json;
}

/** An object by its kind; a list by its items. @throws Unclear for kinds that are not known */
function readObject(given: JsonObject, verb: string, gathered: Gathered, list?: ListPlace): void {
  const isBare = list !== undefined && list.kind !== "" && member(given, "kind") === undefined;
  const object = isBare ? { ...given, kind: list.kind, apiVersion: list.apiVersion } : given;
  const kind = textIn(object, "kind");
  const [group, version] = groupAndVersion(object);
  if (kind.endsWith("List") && member(object, "items") !== undefined) {
    const depth = (list?.depth ?? 0) + 1;
    if (depth > 3) throw new Unclear();
    const { apiVersion = null } = object;
    for (const item of objectsIn(object, "items")) {
      readObject(item, verb, gathered, {
        depth,
        kind: kind.slice(0, -4),
        apiVersion,
      });
    }
    return;
  }
  demandNoItems(object);
  const known = knownKind(group, kind);
  if (known === undefined) throw new Unclear();
  const metadata = objectIn(object, "metadata");
  const { resource } = known;
  const [namespace, name] = [textIn(metadata, "namespace"), textIn(metadata, "name")];
  gathered.objects.push({ verb, group, version, resource, namespace, name });
  const { powers } = gathered;
  if (group === "rbac.authorization.k8s.io") readAccess(kind, object, powers);
  if (kind === "PersistentVolume") readVolume(objectIn(object, "spec"), powers);
  if (known.pod !== undefined) readPod(known.pod.reduce(objectIn, object), powers);
}

/** Whatever has `items` is a list of them to kubectl, of which it takes no more. @throws Unclear */
function demandNoItems(object: JsonObject): void {
  if (member(object, "items") !== undefined) throw new Unclear();
}

function readVolume(spec: JsonObject, { host_paths: paths }: PodPowers): void {
  for (const source of ["hostPath", "local"]) {
    if (member(spec, source) !== undefined) paths.push(textIn(objectIn(spec, source), "path"));
  }
}

function groupAndVersion(object: JsonObject): readonly [group: string, version: string] {
  const written = textIn(object, "apiVersion");
  const slash = written.indexOf("/");
  return slash < 0 ? ["", written] : [written.slice(0, slash), written.slice(slash + 1)];
}

/** The fact: lists without what stands there twice, and what all objects have in common. */
function valueOf({ objects, powers }: Gathered): JsonObject {
  const lists = Object.fromEntries(
    Object.entries(powers).map(([name, value]) => [
      name,
      Array.isArray(value) ? [...new Set(value as string[])].sort() : value,
    ]),
  );
  const [first] = objects;
  const shared = Object.entries(first ?? {}).filter(([name, value]) =>
    objects.every((each) => each[name as keyof Target] === value),
  );
  return {
    ...Object.fromEntries(shared),
    objects: objects.map((target) => ({ ...target })),
    ...lists,
    opaque: false,
  };
}
