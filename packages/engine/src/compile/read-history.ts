import type { Event, KeyPart, Meter } from "../document/history.ts";
import { zoneTable } from "../zone/zone-tables.ts";
import { durationMs } from "./duration.ts";
import { readMatch } from "./read-match.ts";
import { readNamed } from "./read-named.ts";
import { readExpression } from "./reading.ts";
import type { Reading } from "./reading.ts";
import type { EventFile, MeterFile } from "./schema/history.ts";

/** The typed form of an Event document. */
export function readEvent({ metadata, spec }: EventFile, reading: Reading): Event {
  return {
    kind: "Event",
    ...readNamed(metadata, reading),
    match: readMatch(spec.match),
    at: spec.at,
    ...(spec.when === undefined
      ? {}
      : { when: readExpression(spec.when, ["spec", "when"], reading) }),
    key: readKey(spec.key, reading),
    polarityAccepted: spec.polarity === "accepted",
  };
}

/** The typed form of a Meter document. */
export function readMeter({ metadata, spec }: MeterFile, reading: Reading): Meter {
  const { window } = spec;
  return {
    kind: "Meter",
    ...readNamed(metadata, reading),
    match: readMatch(spec.match),
    ...(spec.reserve === undefined
      ? {}
      : { reserve: readExpression(spec.reserve, ["spec", "reserve"], reading) }),
    ...(spec.settle === undefined
      ? {}
      : { settle: readExpression(spec.settle, ["spec", "settle"], reading) }),
    key: readKey(spec.key, reading),
    window:
      typeof window === "string"
        ? { slidingMs: durationMs(window) }
        : { ...window, table: zoneTable(window.zone) },
  };
}

function readKey(key: readonly string[], { document, report }: Reading): KeyPart[] {
  const seen = new Set<string>();
  for (const [index, part] of key.entries()) {
    const span = document.span(["spec", "key", index]);
    if (seen.has(part)) report.error("duplicate_entry", `\`${part}\` is given twice`, span);
    seen.add(part);
    if (part === "global" && key.length > 1) {
      report.error("wrong_value", "`global` is a whole key and joins no other part", span);
    }
  }
  return key.map(keyPart);
}

function keyPart(part: string): KeyPart {
  switch (part) {
    case "agent.id":
    case "user.id":
    case "session.id":
    case "session.task":
    case "tool.server":
    case "tool.name":
    case "resource.type":
    case "resource.id":
    case "global":
      return part;
    default:
      return { args: part.split(".").slice(1) };
  }
}
