import type { Span } from "@holdfast/model";
import type { Bundle, PolicyDocument } from "../document/bundle.ts";
import type { Settings, Tool } from "../document/kinds.ts";
import { bundleDigest } from "./bundle-digest.ts";
import { namedZones } from "./named-zones.ts";
import type { Marks } from "./reading.ts";
import type { Report } from "./report.ts";
import { defaultSettings } from "./settings.ts";

/** Where a check finds what it needs and tells what it found. */
export interface Checking {
  readonly report: Report;
  readonly marks: Marks;
}

/**
 * Puts documents together, each list sorted by name. Duplicates are reported and left out, so
 * that the other checks can go on.
 */
export function bundleOf(documents: readonly PolicyDocument[], checking: Checking): Bundle {
  const unique = withoutDuplicates(documents, checking);
  const of = <Kind extends PolicyDocument["kind"]>(
    kind: Kind,
  ): Extract<PolicyDocument, { kind: Kind }>[] =>
    unique
      .filter((each): each is Extract<PolicyDocument, { kind: Kind }> => each.kind === kind)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  const [settings = defaultSettings] = of("Settings");
  const others = unique.filter(({ kind }) => kind !== "Settings");
  const parts = {
    settings,
    policies: of("Policy"),
    events: of("Event"),
    meters: of("Meter"),
    tools: of("Tool").map((tool) => classified(tool, settings, checking)),
    agents: of("Agent"),
    groups: of("Group"),
    lists: of("List"),
    resources: of("Resource"),
    sandboxes: of("Sandbox"),
    externals: of("External"),
    boundaries: of("Boundary"),
    tests: of("PolicyTest"),
  };
  const zones = namedZones(parts);
  return { ...parts, zones, digest: bundleDigest([...others, settings], zones) };
}

/** A tool with the paths whose values are of a class that records do not keep. */
function classified(tool: Tool, { classifications, redact }: Settings, { marks }: Checking): Tool {
  const least = redact === undefined ? -1 : classifications.indexOf(redact);
  if (least < 0) return tool;
  const paths = Object.entries(tool.log.classes)
    .filter(([, each]) => classifications.indexOf(each) >= least)
    .map(([path]) => path);
  if (paths.length === 0) return tool;
  const whole = { ...tool, redact: [...new Set([...tool.log.redact, ...paths])] };
  const placed = marks.placed.get(tool);
  if (placed !== undefined) marks.placed.set(whole, placed);
  return whole;
}

/** The place of a document's name, to point at it. */
function nameSpan(document: PolicyDocument, { marks }: Checking): Span {
  return marks.placed.get(document)?.span(["metadata", "name"]) ?? document.source;
}

function withoutDuplicates(
  documents: readonly PolicyDocument[],
  checking: Checking,
): PolicyDocument[] {
  const first = new Map<string, PolicyDocument>();
  for (const document of documents) {
    // One Settings document speaks for the whole set, whatever its name.
    const key = document.kind === "Settings" ? "Settings" : `${document.kind}/${document.name}`;
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, document);
      continue;
    }
    const notes = [{ message: "the other one", span: nameSpan(earlier, checking) }];
    const span = nameSpan(document, checking);
    if (document.kind === "Settings") {
      const message = "a policy set has one Settings document, this is another";
      checking.report.error("settings_twice", message, span, { notes });
    } else {
      const message = `there are two documents of kind ${document.kind} named \`${document.name}\``;
      checking.report.error("duplicate_document", message, span, { notes });
    }
  }
  return [...first.values()];
}
