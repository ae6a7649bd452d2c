import { lowerAscii } from "@holdfast/model";
import type { FactName, Json, JsonObject } from "@holdfast/model";
import {
  derivableLabels,
  destructiveCommands,
  destructiveStatements,
  destructiveVerbs,
  opaqueLabels,
  readingVerbs,
} from "../../document/fact-vocabulary.ts";
import { Failure } from "../value/failure.ts";
import { byUnit } from "../value/map.ts";
import { isList } from "../value/value.ts";
import type { StageFact } from "./stage-fact.ts";

/** The labels of an action at one stage. */
export interface ActionLabels {
  /** all that it may have, sorted */
  readonly all: readonly string[];
  /** those of its tool and of facts that show everything, sorted: what a grant may rest on */
  readonly sure: readonly string[];
  /** why conditions cannot read them: a fact has no value */
  readonly unknown: Failure | undefined;
}

/** Facts that labels are derived from, in the order in which the first error is told. */
const derivingFacts = ["shell", "sql", "urls", "paths", "k8s"] as const;
type DerivingFact = (typeof derivingFacts)[number];

/** Whether labels are derived from what arguments are annotated as. */
export function derivesFrom(annotated: ReadonlySet<FactName>): boolean {
  return derivingFacts.some((name) => annotated.has(name));
}

/** The labels of a tool's action, given its facts. */
export function actionLabels(
  own: readonly string[],
  annotated: ReadonlySet<FactName>,
  factOf: (name: FactName) => StageFact | Failure,
): ActionLabels {
  const all = new Set(own);
  const sure = new Set(own);
  let unknown: Failure | undefined;
  for (const name of derivingFacts) {
    if (!annotated.has(name)) continue;
    const fact = factOf(name);
    if (fact instanceof Failure && fact.code === "unannotated") continue;
    const found = new Found();
    const failure = fact instanceof Failure ? fact : deriving[name](fact.json, found);
    if (failure !== undefined) {
      const words = `the labels of the action are not known: ${failure.message}`;
      unknown ??= new Failure(failure.code, words);
      for (const label of derivableLabels) all.add(label);
      continue;
    }
    for (const label of found.shown) {
      sure.add(label);
      all.add(label);
    }
    for (const label of found.hidden) all.add(label);
  }
  return { all: [...all].sort(byUnit), sure: [...sure].sort(byUnit), unknown };
}

/** Labels that one fact derives: by what it shows, and by what it may hide. */
class Found {
  readonly shown: string[] = [];
  readonly hidden: string[] = [];

  show(label: string, isSo: boolean): void {
    if (isSo) this.shown.push(label);
  }

  /** Takes note of a record that is opaque; whether it is. */
  hides(record: JsonObject, ...more: readonly string[]): boolean {
    if (record["opaque"] !== true) return false;
    this.hidden.push(...opaqueLabels, ...more);
    return true;
  }
}

/** What each fact derives; a fact that lacks what that takes is a failure. */
const deriving: Readonly<Record<DerivingFact, (json: Json, found: Found) => Failure | undefined>> =
  {
    shell: (json, found) => {
      const shell = recordIn(json);
      if (found.hides(shell)) return undefined;
      const { network, writes, commands, destructive } = shell;
      if (network === undefined || !isList(writes) || !isList(commands)) return lacking("shell");
      const names: string[] = [];
      for (const command of commands) {
        const { name } = recordIn(command);
        if (typeof name !== "string") return lacking("shell");
        names.push(name);
      }
      found.show("egress", network === true);
      found.show("write", writes.length > 0);
      found.show("destructive", destructive === true || names.some(isDestructive));
      return undefined;
    },
    sql: (json, found) => {
      const sql = recordIn(json);
      if (found.hides(sql)) return undefined;
      const { writes, statements } = sql;
      if (writes === undefined || !isList(statements)) return lacking("sql");
      found.show("write", writes === true);
      for (const statement of statements) {
        const { kind, has_where: hasWhere } = recordIn(statement);
        if (typeof kind !== "string" || hasWhere === undefined) return lacking("sql");
        const text = lowerAscii(kind);
        const drops = destructiveStatements.some((start) => text.startsWith(start));
        found.show("destructive", drops || (hasWhere === false && text.startsWith("delete")));
      }
      return undefined;
    },
    urls: (json, found) => {
      for (const entry of isList(json) ? json : []) {
        const url = recordIn(entry);
        if (found.hides(url, "internal")) continue;
        if (url["private"] === undefined) return lacking("urls");
        found.show("egress", true);
        found.show("internal", url["private"] === true);
      }
      return undefined;
    },
    paths: (json, found) => {
      for (const entry of isList(json) ? json : []) {
        const path = recordIn(entry);
        if (found.hides(path)) continue;
        if (path["mode"] === undefined) return lacking("paths");
        found.show("write", path["mode"] !== "read");
      }
      return undefined;
    },
    k8s: (json, found) => {
      const request = recordIn(json);
      if (found.hides(request)) return undefined;
      const { verb } = request;
      if (typeof verb !== "string") return lacking("k8s");
      const text = lowerAscii(verb);
      found.show("write", !readingVerbs.has(text));
      found.show("destructive", destructiveVerbs.has(text));
      return undefined;
    },
  };

/** By the last part of its path, up to the first dot: `mkfs.ext4` is `mkfs`. */
function isDestructive(command: string): boolean {
  const name = command.slice(command.lastIndexOf("/") + 1);
  const dot = name.indexOf(".");
  return destructiveCommands.has(name) || (dot >= 0 && destructiveCommands.has(name.slice(0, dot)));
}

/** **Contract:** the fact has its type, so that what is no record is none that is read here. */
function recordIn(json: Json | undefined): JsonObject {
  return typeof json === "object" && json !== null && !isList(json) ? json : nothing;
}

const nothing: JsonObject = {};

function lacking(name: FactName): Failure {
  return new Failure("absent", `the fact \`${name}\` was gathered without it`);
}
