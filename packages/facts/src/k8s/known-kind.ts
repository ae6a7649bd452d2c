/** What is known of a kind of objects: where it belongs, and where its pods are described. */
export interface KnownKind {
  readonly group: string;
  readonly resource: string;
  /** where the pod's metadata and specification stand; absent: it makes no pods */
  readonly pod?: readonly string[];
}

/** Kinds that make no pods, by group: `Deployment=deployments`. */
const plainKinds: Readonly<Record<string, string>> = {
  "": `ConfigMap=configmaps Secret=secrets Service=services ServiceAccount=serviceaccounts
    Namespace=namespaces PersistentVolume=persistentvolumes PersistentVolumeClaim=persistentvolumeclaims
    LimitRange=limitranges ResourceQuota=resourcequotas Endpoints=endpoints Event=events`,
  "networking.k8s.io":
    "Ingress=ingresses NetworkPolicy=networkpolicies IngressClass=ingressclasses",
  autoscaling: "HorizontalPodAutoscaler=horizontalpodautoscalers",
  policy: "PodDisruptionBudget=poddisruptionbudgets",
  "storage.k8s.io": "StorageClass=storageclasses",
  "scheduling.k8s.io": "PriorityClass=priorityclasses",
  "coordination.k8s.io": "Lease=leases",
  "discovery.k8s.io": "EndpointSlice=endpointslices",
  "events.k8s.io": "Event=events",
  "rbac.authorization.k8s.io": `Role=roles ClusterRole=clusterroles RoleBinding=rolebindings
    ClusterRoleBinding=clusterrolebindings`,
};

const template = ["spec", "template"] as const;

const workloads: Readonly<Record<string, KnownKind>> = {
  "/Pod": { group: "", resource: "pods", pod: [] },
  "/PodTemplate": { group: "", resource: "podtemplates", pod: ["template"] },
  "/ReplicationController": {
    group: "",
    resource: "replicationcontrollers",
    pod: template,
  },
  "apps/Deployment": { group: "apps", resource: "deployments", pod: template },
  "apps/StatefulSet": {
    group: "apps",
    resource: "statefulsets",
    pod: template,
  },
  "apps/DaemonSet": { group: "apps", resource: "daemonsets", pod: template },
  "apps/ReplicaSet": { group: "apps", resource: "replicasets", pod: template },
  "batch/Job": { group: "batch", resource: "jobs", pod: template },
  "batch/CronJob": {
    group: "batch",
    resource: "cronjobs",
    pod: ["spec", "jobTemplate", "spec", "template"],
  },
};

const kinds: ReadonlyMap<string, KnownKind> = new Map([
  ...Object.entries(workloads),
  ...Object.entries(plainKinds).flatMap(([group, list]) =>
    list.split(/\s+/u).map((entry) => {
      const [kind = "", resource = ""] = entry.split("=");
      return [`${group}/${kind}`, { group, resource }] as const;
    }),
  ),
]);

/** What is known of a kind of a group (empty for the core); `undefined` for any other. */
export function knownKind(group: string, kind: string): KnownKind | undefined {
  return kinds.get(`${group}/${kind}`);
}
