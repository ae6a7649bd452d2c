import type { Facts, Json, JsonObject } from "@holdfast/model";
import type { Chance } from "../engine-fuzz/chance.ts";
import { mutated } from "./mutation.ts";
import type { FuzzTarget, Law, StatedTool } from "./target.ts";
import { codeOf, isObject, valueOf } from "./target.ts";

const tool: StatedTool = { arguments: { manifest: "k8s" } };

function k8sOf(facts: Facts): JsonObject | undefined {
  const value = valueOf(facts.k8s);
  return isObject(value) ? value : undefined;
}

/** A value with the members of its objects in another order, all the way in. */
function turned(value: Json): Json {
  if (Array.isArray(value)) return value.map(turned);
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [key, turned(member)] as const);
  return Object.fromEntries(members.reverse());
}

/** The order of members and the form, text or JSON, change nothing. */
const same: Law = (facts, varied) => {
  const [left, right] = [facts.k8s, varied.k8s].map((answer) => JSON.stringify(answer));
  return left === right ? undefined : `${left} but ${right}`;
};

/** One more power is one more in the fact, or makes it opaque. */
const privileged: Law = (_, varied) => {
  const fact = k8sOf(varied);
  if (fact === undefined) return `no fact: ${codeOf(varied.k8s)}`;
  return fact["opaque"] === true || fact["privileged"] === true ? undefined : "not privileged";
};

const apis = { Pod: "v1", Deployment: "apps/v1", CronJob: "batch/v1" };
const specOf: Readonly<Record<keyof typeof apis, (pod: JsonObject) => JsonObject>> = {
  Pod: (pod) => pod,
  Deployment: (pod) => ({ template: { spec: pod } }),
  CronJob: (pod) => ({ jobTemplate: { spec: { template: { spec: pod } } } }),
};

function madeContainer(chance: Chance, isPrivileged: boolean): JsonObject {
  const securityContext = isPrivileged ? { privileged: true } : { runAsUser: chance.below(3) };
  return { name: "c", image: chance.of(["nginx:1", "busybox", "a/b@sha256:0"]), securityContext };
}

function madeManifest(chance: Chance, isPrivileged: boolean): JsonObject {
  const kind = chance.of(["Pod", "Deployment", "CronJob"] as const);
  const containers = Array.from({ length: 1 + chance.below(3) }, (_, index) =>
    madeContainer(chance, isPrivileged && index === 0),
  );
  const volumes = chance.once(2)
    ? [{ name: "h", hostPath: { path: chance.of(["/etc", "/var/run/docker.sock"]) } }]
    : [];
  const own: JsonObject = { hostNetwork: chance.once(3), containers, volumes };
  return {
    apiVersion: apis[kind],
    kind,
    metadata: { name: "x", namespace: chance.of(["a", "kube-system"]) },
    spec: specOf[kind](own),
  };
}

const yamlSeeds: readonly string[] = [
  "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: team}\nspec:\n  containers:\n    - name: c\n      image: nginx\n      securityContext: {privileged: true}\n",
  "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      hostNetwork: true\n      volumes: [{name: h, hostPath: {path: /etc}}]\n      containers: [{name: c, image: img}]\n",
  "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n",
  "---\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: b}\n",
  "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\nrules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]\n",
  "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\nroleRef: {kind: ClusterRole, name: admin, apiGroup: rbac.authorization.k8s.io}\nsubjects: []\n",
  '{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"operation": "CREATE", "resource": {"group": "", "version": "v1", "resource": "pods"}, "namespace": "a", "name": "b", "object": {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": []}}}}',
  "a: &x [1]\nb: *x\n<<: {c: d}\n",
  "kind: !!str Pod\n? complex\n: value\n",
  "apiVersion: v1\nkind: Pod\nspec: |\n  text\n  more\n",
];
const yamlPieces: readonly string[] = [
  ..."--- ... : - ? & * ! !!str | > { } [ ] , # %YAML << null ~ true yes 0x10 1e3 kind: spec: 'a' \" '".split(
    " ",
  ),
  "\n",
  "\n  ",
  "\t",
  "privileged: true",
  "hostPID: true\n",
];

/** Texts that are nearly manifests, and made ones as JSON, as text and in another order. */
export const k8sManifest: FuzzTarget = {
  name: "k8s",
  names: ["k8s"],
  laws: { same, privileged },
  make: (chance) => {
    if (chance.once(2)) {
      const manifest = mutated(yamlSeeds, yamlPieces, chance);
      const comment = { law: "same", args: { manifest: `# a comment\n${manifest}` } };
      // A directive may stand only before a document, where a comment may stand too.
      return { tool, args: { manifest }, variants: [comment] };
    }
    const seed = chance.below(2 ** 31);
    const manifest = madeManifest(chance, false);
    const text = (value: Json): string => JSON.stringify(value, null, seed % 3);
    return {
      tool,
      args: { manifest },
      variants: [
        { law: "same", args: { manifest: turned(manifest) } },
        { law: "same", args: { manifest: text(manifest) } },
        { law: "same", args: { manifest: text(turned(manifest)) } },
        { law: "privileged", args: { manifest: madeManifest(chance, true) } },
        { law: "privileged", args: { manifest: [manifest, madeManifest(chance, true)] } },
      ],
    };
  },
};
