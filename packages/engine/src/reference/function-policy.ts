import { isPlainText, lowerAscii } from "@holdfast/model";
import { CelError, celError } from "./cel-error.ts";
import { weekdayOf } from "./civil-date.ts";
import { compare, equals } from "./equality.ts";
import { binary, noSuchOverload, unary } from "./function-family.ts";
import type { FunctionFamily, Implementation } from "./function-family.ts";
import { wallClockAt } from "./function-time.ts";
import type { WallClock } from "./function-time.ts";
import { globMatches } from "./glob.ts";
import { isAddress, isInNet } from "./ip-address.ts";
import { Timestamp } from "./time-value.ts";
import { isList } from "./value-type.ts";
import { CelMap } from "./value.ts";
import type { Value } from "./value.ts";
import { isInWindow, parseWindow } from "./weekly-window.ts";

/**
 * The pure functions of the policy language. What is not written as it should be (a relative
 * path, a host that is none) is an error, never false: an error denies on either side of a rule.
 */
export const policyFunctions: FunctionFamily = {
  global: {
    under: binary("under", (path, root, budget) => {
      const real = path instanceof CelMap ? path.get("real") : undefined;
      if (!(path instanceof CelMap) || typeof root !== "string") return undefined;
      if (real === undefined && path.withheld !== undefined) return path.withheld;
      if (typeof real !== "string") return celError("no_such_key", "the path has no field `real`");
      budget.walk(real.length + root.length);
      return isUnder(real, root);
    }),
    domain: binary("domain", (host, suffix, budget) => {
      if (typeof host !== "string" || typeof suffix !== "string") return undefined;
      budget.walk(host.length + suffix.length);
      return isWithin(host, suffix);
    }),
    in_net: binary("in_net", (address, block, budget) => {
      if (typeof address !== "string" || typeof block !== "string") return undefined;
      budget.walk(address.length + block.length);
      const inside = isInNet(address, block);
      if (typeof inside === "boolean") return inside;
      const wrong =
        inside === "embedded"
          ? `\`${address}\` carries an IPv4 address, so it cannot be judged by \`${block}\``
          : `\`${address}\` or \`${block}\` is no IP address or block`;
      return celError("invalid_argument", wrong);
    }),
    glob: binary("glob", (pattern, text, budget) => {
      if (typeof pattern !== "string" || typeof text !== "string") return undefined;
      budget.spend(Math.floor(((pattern.length + 1) * (text.length + 1)) / 256));
      return globMatches(pattern, text);
    }),
    plain_text: unary("plain_text", (text, budget) => {
      if (typeof text !== "string") return undefined;
      budget.walk(text.length * 4);
      return isPlainText(text);
    }),
    in_window: (args, budget, zones) => {
      const [now, zone, hours] = args;
      if (!(now instanceof Timestamp) || typeof zone !== "string" || typeof hours !== "string") {
        return noSuchOverload("in_window", args);
      }
      if (args.length !== 3) return noSuchOverload("in_window", args);
      budget.walk(zone.length + hours.length);
      return isInHours(hours, wallClockAt(now, zone, zones));
    },
    min: extreme("min", (order) => order < 0),
    max: extreme("max", (order) => order > 0),
    overlap: binary("overlap", (left, right, budget) => {
      if (left === null || right === null || !isList(left) || !isList(right)) return undefined;
      return left.some((item) => right.some((other) => equals(item, other, budget)));
    }),
  },
};

/** Whether a path, links resolved, is a folder or lies in it. Both are absolute, without `..`. */
function isUnder(path: string, root: string): boolean | CelError {
  for (const text of [path, root]) {
    if (!text.startsWith("/") || /(?:^|\/)\.{1,2}(?:\/|$)/.test(text) || text.includes("\0")) {
      return celError("invalid_argument", `\`${text}\` is not an absolute path without \`..\``);
    }
  }
  const parts = namesOf(path);
  return namesOf(root).every((part, index) => parts[index] === part);
}

/** The names of a path; repeated and trailing slashes say nothing. */
function namesOf(path: string): readonly string[] {
  return path.split("/").filter((part) => part !== "");
}

/** Whether a host is a domain or lies below it. An IP address is no domain and lies below none. */
function isWithin(host: string, suffix: string): boolean | CelError {
  const names = [host, suffix].map((name) => lowerAscii(name).replace(/\.$/, ""));
  const [own = "", domain = ""] = names;
  if (isAddress(own.replace(/^\[(.*)\]$/, "$1"))) return false;
  const wrong = [own, domain].find((name) => !/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(name));
  if (wrong !== undefined) return celError("invalid_argument", `\`${wrong}\` is not a host name`);
  return own === domain || own.endsWith(`.${domain}`);
}

function isInHours(hours: string, clock: WallClock | CelError): boolean | CelError {
  if (clock instanceof CelError) return clock;
  const window = parseWindow(hours);
  if (window === undefined) {
    return celError(
      "invalid_argument",
      `\`${hours}\` is not weekly hours such as \`mon-fri 09:00-17:00\``,
    );
  }
  return isInWindow(window, weekdayOf(clock.days), Math.floor(clock.secondOfDay / 60));
}

/**
 * The first value that `better` prefers to all before it, of several arguments or of one list:
 * numbers, timestamps or durations, of one kind. NaN and an empty list are errors.
 */
function extreme(name: string, better: (order: number) => boolean): Implementation {
  return (args, budget) => {
    const [only] = args;
    const listed = args.length === 1 && only !== undefined && only !== null && isList(only);
    const values: readonly Value[] = listed ? only : args;
    budget.spend(values.length);
    let best: Value | undefined;
    for (const value of values) {
      if (typeof value === "string" || typeof value === "boolean" || value instanceof Uint8Array) {
        return noSuchOverload(name, args);
      }
      const order = compare(value, best ?? value);
      if (order === undefined) return noSuchOverload(name, args);
      if (Number.isNaN(order)) return celError("invalid_argument", `\`${name}\` of NaN`);
      if (best === undefined || better(order)) best = value;
    }
    return best ?? celError("invalid_argument", `\`${name}\` needs at least one value`);
  };
}
