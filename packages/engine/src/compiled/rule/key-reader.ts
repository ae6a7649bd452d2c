import { canonicalJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import type { KeyPart } from "../../document/history.ts";
import type { Atom } from "../history/shelf.ts";
import { Failure } from "../value/failure.ts";
import { resourcesOf } from "./resource-facts.ts";
import type { ResourceFacts } from "./resource-facts.ts";
import { sessionRootOf } from "./subject.ts";
import type { Situation } from "./subject.ts";

/** Reads the key of an Event or Meter from an action; a part it does not have is `Absent`. */
export type KeyReader = (situation: Situation) => readonly Atom[] | Absent;

/** The part of a key that an action does not have. */
export class Absent {
  readonly part: string;

  constructor(part: string) {
    this.part = part;
  }
}

type PartReader = (situation: Situation) => Atom | undefined;

/** The reader of a key; the tenant always comes first. */
export function keyReader(key: readonly KeyPart[]): KeyReader {
  const readers = key.map((part) => ({ read: partReader(part), absent: new Absent(nameOf(part)) }));
  return (situation) => {
    const path: Atom[] = [situation.request.tenant];
    for (const { read, absent } of readers) {
      const atom = read(situation);
      if (atom === undefined) return absent;
      path.push(atom);
    }
    return path;
  };
}

function partReader(part: KeyPart): PartReader {
  if (typeof part === "object") return ({ args }) => argumentAtom(args, part.args);
  switch (part) {
    case "agent.id":
      return ({ request }) => request.agent.id;
    case "user.id":
      return ({ request }) => request.user?.id;
    case "session.id":
      return ({ request }) => sessionRootOf(request);
    case "session.task":
      return ({ request }) => request.session?.task;
    case "tool.server":
      return ({ request }) => request.tool.server;
    case "tool.name":
      return ({ request }) => request.tool.name;
    case "resource.type":
      return (situation) => onlyOne(situation)?.type;
    case "resource.id":
      return (situation) => onlyOne(situation)?.id;
    case "global":
      return () => "global";
  }
}

/** An action that touches several resources has no single one to be keyed by. */
function onlyOne(situation: Situation): ResourceFacts | undefined {
  const found = situation.resources(resourcesOf);
  return found instanceof Failure || found.length !== 1 ? undefined : found[0];
}

function argumentAtom(args: Json, path: readonly string[]): Atom | undefined {
  let at: Json | undefined = args;
  for (const name of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Readonly<Record<string, Json>>)[name];
  }
  if (typeof at === "string") return at.startsWith("\0") ? `\0s${at}` : at;
  return typeof at === "object" && at !== null ? `\0j${canonicalJson(at)}` : at;
}

function nameOf(part: KeyPart): string {
  return typeof part === "object" ? `args.${part.args.join(".")}` : part;
}
