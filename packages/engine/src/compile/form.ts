import type { JsonObject } from "@holdfast/model";
import type { PolicyDocument } from "../document/bundle.ts";
import type { Expression } from "../document/expression.ts";
import type { List, PolicyTest, Tool } from "../document/kinds.ts";
import { durationText } from "./duration.ts";
import { asWritten, eventSpec, formOf, ifAny, ifMembers } from "./form-policy.ts";
import { meterSpec, policySpec } from "./form-policy.ts";
import type { WriteText } from "./form-policy.ts";
import { apiVersion } from "./schema/field.ts";

/**
 * A document as it is written down, with defaults left out: what is printed and, with expressions
 * in the printer's words, what the bundle digest covers. Reading it gives the same document up to
 * positions.
 */
export function documentForm(document: PolicyDocument, write: WriteText = asWritten): JsonObject {
  return formOf({
    apiVersion,
    kind: document.kind,
    metadata: formOf({
      name: document.name,
      description: document.description,
      labels: ifMembers(labelsOf(document)),
    }),
    spec: specForm(document, write),
  });
}

function labelsOf(document: PolicyDocument): Readonly<Record<string, string>> {
  return document.kind === "Policy" ? document.labels : (document.metadataLabels ?? {});
}

function specForm(document: PolicyDocument, write: WriteText): JsonObject {
  switch (document.kind) {
    case "Policy":
      return policySpec(document, write);
    case "Event":
      return eventSpec(document, write);
    case "Meter":
      return meterSpec(document, write);
    case "Tool":
      return toolSpec(document, write);
    case "Agent":
      return formOf({
        roles: ifAny(document.roles),
        owner: document.owner,
        created: document.created,
        version: document.version,
        attributes: ifMembers(document.attributes),
        environments: document.environments,
        credentials: ifAny(document.credentials),
      });
    case "Group":
      return formOf({ members: document.members });
    case "List":
      return listSpec(document);
    case "Resource":
      return formOf({
        match: document.match,
        classification: document.classification,
        labels: ifAny(document.labels),
      });
    case "Sandbox":
      return formOf({ rank: document.rank, ...document.covers });
    case "External":
      return formOf({ ...document.access, input: ifMembers(texts(document.input, write)) });
    case "Boundary":
      return formOf({ folder: document.folder, allows: document.allows });
    case "Settings":
      return formOf({
        environments: document.environments,
        classifications: document.classifications,
        labels: document.labels,
        log: document.redact === undefined ? undefined : { redact: document.redact },
      });
    case "PolicyTest":
      return policyTestSpec(document);
  }
}

function texts(record: Readonly<Record<string, Expression>>, write: WriteText): object {
  return Object.fromEntries(Object.entries(record).map(([name, each]) => [name, write(each)]));
}

function toolSpec(tool: Tool, write: WriteText): JsonObject {
  return formOf({
    labels: tool.labels,
    classification: tool.classification,
    resources: ifAny(tool.resources.map(({ type, id }) => ({ type, id: write(id) }))),
    arguments: ifMembers(tool.arguments),
    results: ifMembers(
      Object.fromEntries(
        Object.entries(tool.results).map(([path, { as, labels }]) => [
          path,
          { as, labels: ifAny(labels) },
        ]),
      ),
    ),
    acts: ifAny(tool.acts),
    root: tool.root,
    schema: tool.schema,
    pin: tool.pin,
    audit: tool.audit === "required" ? undefined : tool.audit,
    log: ifMembers(
      formOf({ redact: ifAny(tool.log.redact), classes: ifMembers(tool.log.classes) }),
    ),
  });
}

function listSpec(list: List): JsonObject {
  const { remote } = list;
  return formOf({
    type: list.type,
    items: ifAny(list.items),
    source:
      remote === undefined
        ? undefined
        : {
            url: remote.url,
            every: remote.everyMs === undefined ? undefined : durationText(remote.everyMs),
            sha256: remote.sha256,
          },
  });
}

function policyTestSpec(test: PolicyTest): JsonObject {
  return formOf({
    cases: test.cases.map(({ name, given, request, expect }) => ({
      name,
      given: ifMembers(
        formOf({
          now: given.nowMs === undefined ? undefined : new Date(given.nowMs).toISOString(),
          events: ifMembers(
            Object.fromEntries(
              Object.entries(given.events).map(([event, ago]) => [
                event,
                ago.map((ms) => `-${durationText(ms)}`),
              ]),
            ),
          ),
          meters: ifMembers(given.meters),
          restrictions: ifAny(given.restrictions),
          external: ifMembers(given.external),
          prompt: given.prompt,
          documents: ifAny(
            given.documents.map(({ source, text, labels }) =>
              formOf({ source, text, labels: ifAny(labels) }),
            ),
          ),
          results: ifAny(
            given.results.map(({ tool, args, result }) =>
              formOf({ tool, args: ifMembers(args), result }),
            ),
          ),
        }),
      ),
      request,
      expect,
    })),
  });
}
