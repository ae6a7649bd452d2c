import { copyJson } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import type {
  AgentDocument,
  Boundary,
  External,
  Group,
  List,
  Resource,
  Sandbox,
  Settings,
  Tool,
} from "../document/kinds.ts";
import { durationMs } from "./duration.ts";
import { readExpression } from "./reading.ts";
import type { Reading } from "./reading.ts";
import { nullRecord, readNamed } from "./read-named.ts";
import type {
  AgentFile,
  BoundaryFile,
  ExternalFile,
  GroupFile,
  ListFile,
  ResourceFile,
  SandboxFile,
  SettingsFile,
  ToolFile,
} from "./schema/kinds.ts";
import { defaultSettings } from "./settings.ts";

/** The typed form of a Tool document. */
export function readTool({ metadata, spec }: ToolFile, reading: Reading): Tool {
  const dot = metadata.name.indexOf(".");
  return {
    kind: "Tool",
    ...readNamed(metadata, reading),
    server: metadata.name.slice(0, dot),
    tool: metadata.name.slice(dot + 1),
    labels: spec.labels,
    ...(spec.classification === undefined ? {} : { classification: spec.classification }),
    resources: (spec.resources ?? []).map(({ type, id }, index) => ({
      type,
      id: readExpression(id, ["spec", "resources", index, "id"], reading),
    })),
    arguments: nullRecord(Object.entries(spec.arguments ?? {})),
    results: nullRecord(
      Object.entries(spec.results ?? {}).map(([path, { as, labels }]) => [
        path,
        { ...(as === undefined ? {} : { as }), labels: labels ?? [] },
      ]),
    ),
    acts: spec.acts ?? [],
    ...(spec.root === undefined ? {} : { root: spec.root }),
    ...(spec.schema === undefined ? {} : { schema: spec.schema }),
    ...(spec.pin === undefined ? {} : { pin: spec.pin }),
    audit: spec.audit ?? "required",
    redact: spec.log?.redact ?? [],
    log: {
      redact: spec.log?.redact ?? [],
      classes: nullRecord(Object.entries(spec.log?.classes ?? {})),
    },
  };
}

/** The typed form of an Agent document. */
export function readAgent({ metadata, spec }: AgentFile, reading: Reading): AgentDocument {
  return {
    kind: "Agent",
    ...readNamed(metadata, reading),
    roles: spec.roles ?? [],
    ...(spec.owner === undefined ? {} : { owner: spec.owner }),
    ...(spec.created === undefined ? {} : { created: spec.created }),
    ...(spec.version === undefined ? {} : { version: spec.version }),
    attributes: spec.attributes ?? nullRecord<Json>([]),
    ...(spec.environments === undefined ? {} : { environments: spec.environments }),
    credentials: (spec.credentials ?? []).map(asJsonObject),
  };
}

function asJsonObject(value: object): JsonObject {
  return nullRecord(Object.entries(value).map(([key, member]) => [key, copyJson(member)] as const));
}

/** The typed form of a Group document. */
export function readGroup({ metadata, spec }: GroupFile, reading: Reading): Group {
  return { kind: "Group", ...readNamed(metadata, reading), members: spec.members };
}

/** The typed form of a List document. */
export function readList({ metadata, spec }: ListFile, reading: Reading): List {
  const { type, items, source } = spec;
  const remote =
    source === undefined
      ? {}
      : {
          remote: {
            url: source.url,
            ...(source.every === undefined ? {} : { everyMs: durationMs(source.every) }),
            ...(source.sha256 === undefined ? {} : { sha256: source.sha256 }),
          },
        };
  return { kind: "List", ...readNamed(metadata, reading), type, items: items ?? [], ...remote };
}

/** The typed form of a Resource document. */
export function readResource({ metadata, spec }: ResourceFile, reading: Reading): Resource {
  const { match, classification, labels } = spec;
  return {
    kind: "Resource",
    ...readNamed(metadata, reading),
    match,
    ...(classification === undefined ? {} : { classification }),
    labels: labels ?? [],
  };
}

/** The typed form of a Sandbox document. */
export function readSandbox({ metadata, spec }: SandboxFile, reading: Reading): Sandbox {
  const { rank, ...covers } = spec;
  return { kind: "Sandbox", ...readNamed(metadata, reading), rank, covers: asJsonObject(covers) };
}

/** The typed form of an External document. */
export function readExternal({ metadata, spec }: ExternalFile, reading: Reading): External {
  const { input, ...access } = spec;
  return {
    kind: "External",
    ...readNamed(metadata, reading),
    access: asJsonObject(access),
    input: nullRecord(
      Object.entries(input ?? {}).map(([name, value]) => [
        name,
        readExpression(value, ["spec", "input", name], reading),
      ]),
    ),
  };
}

/** The typed form of a Boundary document. */
export function readBoundary({ metadata, spec }: BoundaryFile, reading: Reading): Boundary {
  const { agents, tools, labels, kinds, environments } = spec.allows;
  return {
    kind: "Boundary",
    ...readNamed(metadata, reading),
    folder: spec.folder,
    allows: {
      ...(agents === undefined ? {} : { agents }),
      ...(tools === undefined ? {} : { tools }),
      ...(labels === undefined ? {} : { labels }),
      ...(kinds === undefined ? {} : { kinds }),
      ...(environments === undefined ? {} : { environments }),
    },
  };
}

/** The typed form of a Settings document; what it leaves out has the built-in value. */
export function readSettings({ metadata, spec }: SettingsFile, reading: Reading): Settings {
  return {
    kind: "Settings",
    ...readNamed(metadata, reading),
    environments: spec.environments ?? defaultSettings.environments,
    classifications: spec.classifications ?? defaultSettings.classifications,
    labels: spec.labels ?? defaultSettings.labels,
    ...(spec.log === undefined ? {} : { redact: spec.log.redact }),
  };
}
