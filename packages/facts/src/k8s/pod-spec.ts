import { upperAscii } from "@holdfast/model";
import type { JsonObject } from "@holdfast/model";
import {
  flagIn,
  member,
  numberIn,
  objectIn,
  objectsIn,
  onlyKnown,
  textIn,
  textsIn,
  Unclear,
} from "./manifest-object.ts";

/** What pods may do on their nodes, and what they are given. */
export interface PodPowers {
  readonly images: string[];
  readonly capabilities: string[];
  readonly host_paths: string[];
  readonly service_accounts: string[];
  readonly secrets: string[];
  privileged: boolean;
  host_network: boolean;
  host_pid: boolean;
  host_ipc: boolean;
  escalation: boolean;
  root: boolean;
  unconfined: boolean;
}

function names(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/u));
}

/** Members of a pod's specification that are read here, or that give it no power over others. */
const podMembers = names(`
  activeDeadlineSeconds affinity automountServiceAccountToken containers dnsConfig dnsPolicy
  enableServiceLinks ephemeralContainers hostAliases hostIPC hostNetwork hostPID hostUsers hostname
  imagePullSecrets initContainers nodeName nodeSelector os overhead preemptionPolicy priority
  priorityClassName readinessGates resources restartPolicy runtimeClassName schedulerName schedulingGates
  securityContext serviceAccount serviceAccountName setHostnameAsFQDN shareProcessNamespace subdomain
  terminationGracePeriodSeconds tolerations topologySpreadConstraints volumes`);

const containerMembers = names(`
  args command env envFrom image imagePullPolicy lifecycle livenessProbe name ports readinessProbe
  resizePolicy resources restartPolicy securityContext startupProbe stdin stdinOnce targetContainerName
  terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir`);

const contextMembers = names(`
  allowPrivilegeEscalation appArmorProfile capabilities fsGroup fsGroupChangePolicy privileged procMount
  readOnlyRootFilesystem runAsGroup runAsNonRoot runAsUser seLinuxChangePolicy seccompProfile
  supplementalGroups supplementalGroupsPolicy windowsOptions`);

/** Sources of volumes that are read here, or that hold nothing of the node or of secrets. */
const volumeMembers = names(`
  configMap downwardAPI emptyDir ephemeral hostPath image name persistentVolumeClaim projected secret`);

/** What a container's profile of AppArmor was before it was a member, and still is to servers. */
const profileAnnotation = "container.apparmor.security.beta.kubernetes.io/";

const containerLists = ["containers", "initContainers", "ephemeralContainers"] as const;

/** Adds what a pod, or a template of one, is given. @throws Unclear where it cannot be told */
export function readPod(pod: JsonObject, powers: PodPowers): void {
  const annotations = objectIn(objectIn(pod, "metadata"), "annotations");
  powers.unconfined ||= Object.entries(annotations).some(
    ([name, value]) => name.startsWith(profileAnnotation) && value === "unconfined",
  );
  readSpec(objectIn(pod, "spec"), powers);
}

function readSpec(spec: JsonObject, powers: PodPowers): void {
  onlyKnown(spec, podMembers);
  const context = objectIn(spec, "securityContext");
  readContext(context, powers);
  powers.host_network ||= flagIn(spec, "hostNetwork") === true;
  powers.host_pid ||= flagIn(spec, "hostPID") === true;
  powers.host_ipc ||= flagIn(spec, "hostIPC") === true;
  const account = textIn(spec, "serviceAccountName");
  const older = textIn(spec, "serviceAccount");
  // Of two names that differ one wins, and it is not written which.
  if (account !== "" && older !== "" && account !== older) throw new Unclear();
  powers.service_accounts.push(account || older || "default");
  for (const volume of objectsIn(spec, "volumes")) readVolume(volume, powers);
  const containers = containerLists.flatMap((list) => objectsIn(spec, list));
  if (containers.length === 0) throw new Unclear();
  for (const container of containers) readContainer(container, context, powers);
}

function readContainer(container: JsonObject, pod: JsonObject, powers: PodPowers): void {
  onlyKnown(container, containerMembers);
  powers.images.push(textIn(container, "image"));
  // A port of the node is a part of its network.
  powers.host_network ||= objectsIn(container, "ports").some(
    (port) => (numberIn(port, "hostPort") ?? 0) !== 0,
  );
  const own = objectIn(container, "securityContext");
  readContext(own, powers);
  const added = textsIn(objectIn(own, "capabilities"), "add").map((name) =>
    upperAscii(name).replace(/^CAP_/u, ""),
  );
  powers.capabilities.push(...added);
  const isPrivileged = flagIn(own, "privileged") === true;
  powers.privileged ||= isPrivileged;
  const isRaised = isPrivileged || added.includes("SYS_ADMIN") || added.includes("ALL");
  powers.escalation ||= isRaised || flagIn(own, "allowPrivilegeEscalation") !== false;
  const user = numberIn(own, "runAsUser") ?? numberIn(pod, "runAsUser");
  const isKept = flagIn(own, "runAsNonRoot") ?? flagIn(pod, "runAsNonRoot");
  powers.root ||= user === undefined ? isKept !== true : user === 0;
  for (const variable of objectsIn(container, "env")) {
    noteSecret(objectIn(objectIn(variable, "valueFrom"), "secretKeyRef"), "name", powers);
  }
  for (const source of objectsIn(container, "envFrom")) {
    noteSecret(objectIn(source, "secretRef"), "name", powers);
  }
}

/** What the contexts of pods and of containers both can say. */
function readContext(context: JsonObject, powers: PodPowers): void {
  onlyKnown(context, contextMembers);
  powers.privileged ||= flagIn(objectIn(context, "windowsOptions"), "hostProcess") === true;
  const profiles = ["seccompProfile", "appArmorProfile"].map((name) =>
    textIn(objectIn(context, name), "type"),
  );
  powers.unconfined ||=
    profiles.includes("Unconfined") || textIn(context, "procMount") === "Unmasked";
}

function readVolume(volume: JsonObject, powers: PodPowers): void {
  onlyKnown(volume, volumeMembers);
  if (member(volume, "hostPath") !== undefined) {
    powers.host_paths.push(textIn(objectIn(volume, "hostPath"), "path"));
  }
  noteSecret(objectIn(volume, "secret"), "secretName", powers);
  for (const source of objectsIn(objectIn(volume, "projected"), "sources")) {
    noteSecret(objectIn(source, "secret"), "name", powers);
  }
  const image = textIn(objectIn(volume, "image"), "reference");
  if (image !== "") powers.images.push(image);
}

function noteSecret(reference: JsonObject, name: string, powers: PodPowers): void {
  if (Object.keys(reference).length > 0) powers.secrets.push(textIn(reference, name));
}
