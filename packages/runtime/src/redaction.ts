import {
  commitmentTo,
  copyJson,
  holdsMark,
  readRedactionPath,
  redactCopies,
  redactedKey,
  redactPaths,
} from "@holdfast/model";
import type { Decision, Json, JsonObject, Mark, RedactionPath, Request } from "@holdfast/model";
import type { Veto } from "./judgement.ts";

/** What is shown where only a text can stand. */
const redactedText = "[redacted]";

/** A denial of arguments that say of themselves that they are redacted: only records hold such marks. */
export const markVeto: Veto = {
  cause: "request",
  code: "invalid_request",
  reason: "the arguments hold the mark of a redacted value",
};

/** A request as records keep it, and texts of what they do not. */
export interface RedactedRequest<Asked extends Request = Request> {
  /** the very request where it holds nothing to redact */
  readonly request: Asked;
  readonly secrets: ReadonlySet<string>;
}

/**
 * Keeps values out of records (`log: {redact: […]}` of a Tool document). A mark has a commitment under a
 * key that is drawn when the guard opens and written nowhere: it tells equal values of one run from
 * others, and once the guard is closed nobody can confirm a guess, however short the value is.
 */
export class Redaction {
  readonly paths: readonly string[];
  readonly #read: readonly RedactionPath[];
  readonly #mark: Mark;

  /** `key`: 32 bytes. */
  constructor(paths: readonly string[], key: Uint8Array) {
    this.paths = paths;
    this.#read = paths.flatMap((path) => readRedactionPath(path) ?? []);
    this.#mark = (place, value) => ({
      [redactedKey]: `hmac-sha256:${commitmentTo(place, value, key)}`,
    });
  }

  /** The request without values of its paths, and without copies of them in what else it says. */
  request<Asked extends Request>(asked: Asked): RedactedRequest<Asked> {
    const args = redactPaths(asked.args, "args", this.#read, this.#mark);
    const result =
      asked.result === undefined
        ? undefined
        : redactPaths(asked.result, "result", this.#read, this.#mark);
    const secrets = new Set([...args.secrets, ...(result?.secrets ?? [])]);
    if (secrets.size === 0 && args.value === asked.args && result?.value === asked.result) {
      return { request: asked, secrets };
    }
    const request = {
      ...asked,
      ...this.#people(asked, secrets),
      args: this.#object(args.value, secrets),
      context: this.#object(asked.context, secrets),
      claims: this.#object(asked.claims, secrets),
      resources: asked.resources.map((each) => ({
        ...each,
        id: this.#text(each.id, secrets),
        attributes: this.#object(each.attributes, secrets),
      })),
      ...(result === undefined ? {} : { result: this.#rest(result.value, secrets) }),
    };
    return { request, secrets };
  }

  /** The decision likewise; `other` redacts the arguments of its fallback. */
  decision(decision: Decision, secrets: ReadonlySet<string>, other?: Redaction): Decision {
    const args = decision.args && redactPaths(decision.args, "args", this.#read, this.#mark);
    const shown =
      decision.result === undefined
        ? undefined
        : redactPaths(decision.result, "result", this.#read, this.#mark);
    const fallen =
      decision.fallback &&
      redactPaths(
        decision.fallback.args,
        "args",
        other === undefined ? [] : other.#read,
        this.#mark,
      );
    const all = new Set(secrets);
    for (const found of [args, shown, fallen]) {
      for (const secret of found?.secrets ?? []) all.add(secret);
    }
    const { shadow, fallback } = decision;
    return {
      ...decision,
      reason: this.#text(decision.reason, all),
      ...(args === undefined ? {} : { args: this.#object(args.value, all) }),
      ...(shown === undefined ? {} : { result: this.#rest(shown.value, all) }),
      ...(fallback === undefined || fallen === undefined
        ? {}
        : { fallback: { ...fallback, args: this.#object(fallen.value, all) } }),
      ...(shadow === undefined
        ? {}
        : { shadow: { ...shadow, reason: this.#text(shadow.reason, all) } }),
    };
  }

  veto({ reason, ...veto }: Veto, secrets: ReadonlySet<string>): Veto {
    return { ...veto, reason: this.#text(reason, secrets) };
  }

  /** Who acts, for whom, on whose behalf and what for, with ids and roles as they are. */
  #people(
    { agent, user, delegation, session }: Request,
    secrets: ReadonlySet<string>,
  ): Partial<Request> & Pick<Request, "agent" | "user" | "delegation"> {
    const without = <Each extends Request["agent"] | NonNullable<Request["user"]>>(one: Each) => ({
      ...one,
      attributes: this.#object(one.attributes, secrets),
    });
    const task = session?.task;
    return {
      agent: without(agent),
      user: user && without(user),
      delegation: delegation.map((hop) => ({ ...hop, agent: without(hop.agent) })),
      ...(session === undefined || task === undefined
        ? {}
        : { session: { ...session, task: this.#text(task, secrets) } }),
    };
  }

  #text(text: string, secrets: ReadonlySet<string>): string {
    return redactCopies(text, secrets, () => redactedText) === text ? text : redactedText;
  }

  #rest(value: Json, secrets: ReadonlySet<string>): Json {
    // A copy of our own, in which nothing is inherited.
    return copyJson(redactCopies(value, secrets, this.#mark));
  }

  #object(value: Json, secrets: ReadonlySet<string>): JsonObject {
    const kept = this.#rest(value, secrets);
    return typeof kept === "object" && kept !== null && !Array.isArray(kept)
      ? (kept as JsonObject)
      : {};
  }
}

/** Undefined where nothing is to be redacted. */
export function redactionOf(
  paths: readonly string[] | undefined,
  key: Uint8Array,
): Redaction | undefined {
  return paths === undefined || paths.length === 0 ? undefined : new Redaction(paths, key);
}

/** Whether the arguments hold a mark, as no request may. */
export function isMarked({ args }: Pick<Request, "args">): boolean {
  return holdsMark(args);
}
