import type { Request } from "@holdfast/model";
import type { KeyPart } from "../../document/history.ts";
import type { Home } from "../history/compiled-state.ts";
import { sessionRootOf } from "../rule/subject.ts";

/** A part that the request has as a text; `undefined` when it has none. */
type TextPart = (request: Request) => string | undefined;

/** A key whose parts a request has as texts, or lacks. */
export interface SimpleKey {
  readonly home: Home | undefined;
  readonly parts: readonly TextPart[];
  /** whether a request has all parts */
  readonly isIn: (request: Request) => boolean;
}

/** The key of an Event or Meter; `undefined` when arguments or resources are part of it. */
export function simpleKey(key: readonly KeyPart[]): SimpleKey | undefined {
  const parts: TextPart[] = [];
  for (const part of key) {
    const read = textPart(part);
    if (read === undefined) return undefined;
    parts.push(read);
  }
  const [only, ...more] = key;
  if (more.length === 0 && only === "agent.id") return { home: "agent", parts, isIn: () => true };
  const isSession = more.length === 0 && only === "session.id";
  if (isSession) {
    return { home: "session", parts, isIn: ({ session }) => session !== undefined };
  }
  const isIn = (request: Request): boolean => {
    for (const part of parts) if (part(request) === undefined) return false;
    return true;
  };
  return { home: undefined, parts, isIn };
}

function textPart(part: KeyPart): TextPart | undefined {
  if (typeof part === "object") return undefined;
  switch (part) {
    case "agent.id":
      return (request) => request.agent.id;
    case "user.id":
      return (request) => request.user?.id;
    case "session.id":
      return sessionRootOf;
    case "session.task":
      return (request) => request.session?.task;
    case "tool.server":
      return (request) => request.tool.server;
    case "tool.name":
      return (request) => request.tool.name;
    case "global":
      return () => "global";
    case "resource.type":
    case "resource.id":
      return undefined;
  }
}
