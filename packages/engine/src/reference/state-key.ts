import { canonicalJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import type { Event, KeyPart, Meter } from "../document/history.ts";
import { sessionRootOf } from "./situation.ts";
import type { Situation } from "./situation.ts";
import { CelError } from "./cel-error.ts";

/**
 * Where the history of an Event or Meter lies for this action: tenant, name and key as one text,
 * or the key part that the action does not have.
 */
export type Slot =
  | { readonly present: true; readonly slot: string }
  | { readonly present: false; readonly part: string };

/** The slot of an Event or Meter; tenants never share one (POLICY.md section 1). */
export function slotOf(document: Event | Meter, situation: Situation): Slot {
  const parts: Json[] = [];
  for (const part of document.key) {
    const value = partValue(part, situation);
    if (value === undefined) return { present: false, part: nameOf(part) };
    parts.push(value);
  }
  const { tenant } = situation.request;
  return { present: true, slot: canonicalJson([tenant, document.kind, document.name, parts]) };
}

function partValue(part: KeyPart, situation: Situation): Json | undefined {
  const { request } = situation;
  if (typeof part === "object") return argumentAt(situation.args, part.args);
  switch (part) {
    case "agent.id":
      return request.agent.id;
    case "user.id":
      return request.user?.id;
    case "session.id":
      return sessionRootOf(request);
    case "session.task":
      return request.session?.task;
    case "tool.server":
      return request.tool.server;
    case "tool.name":
      return request.tool.name;
    case "resource.type":
      return onlyResource(situation)?.type;
    case "resource.id":
      return onlyResource(situation)?.id;
    case "global":
      return "global";
  }
}

/** An action that touches several resources has no single one to be keyed by. */
function onlyResource(situation: Situation): { type: string; id: string } | undefined {
  const { resources } = situation;
  if (resources instanceof CelError || resources.length !== 1) return undefined;
  const [first] = resources;
  return first === undefined ? undefined : { type: first.type, id: first.id };
}

function argumentAt(args: Json, path: readonly string[]): Json | undefined {
  let current: Json | undefined = args;
  for (const name of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, name)) {
      return undefined;
    }
    current = (current as Readonly<Record<string, Json>>)[name];
  }
  return current;
}

function nameOf(part: KeyPart): string {
  return typeof part === "object" ? ["args", ...part.args].join(".") : part;
}
