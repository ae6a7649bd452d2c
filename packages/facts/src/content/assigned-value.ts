import { entropyOf } from "./finding.ts";

/** What programs and documents write in the place of a value. */
const standIns =
  /^(?:\[masked|change|replace|example|sample|dummy|insert|enter|your|my[-_]|the[-_]|some[-_]|foo|bar|todo|redacted|hidden|secret$|password|passwd|default|test$|xxx|\*\*\*|\.\.\.|---|n\/a|none|null|nil|true|false|undefined|required|optional|string|number|boolean|object|any$|void)/;

/** What refers to a value that stands elsewhere: variables, calls, files and addresses. */
const references =
  /^(?:[$%<@&!]|\{\{|\{%|#\{|\[|process\.|os\.|env[.[(]|self\.|this\.|config\.|settings\.|options\.|data\.|req\.|var\.|local\.|module\.|secrets?[./]|vault:|file:|https?:|arn:|ref[+:]|op:\/\/|\.{0,2}\/|~\/|[a-z]:\\|[a-z_$][\w$.]*\()/;

/** Whether a text is what is kept secret, and not a word about it: `lower` is the same in small letters. */
function isOwnValue(value: string, lower: string): boolean {
  if (standIns.test(lower) || references.test(lower)) return false;
  if (/^[^()]*\(\)?[^()]*\)?$/u.test(value) && /^[a-z_$][\w$.]*\(/u.test(lower)) return false;
  return new Set(value).size >= 4;
}

/** Words, names and numbers with a separator: `auth.login.label`, `kubernetes-dashboard-certs`. */
const words = /^[A-Za-z]*(?:[ ._:/-]+[A-Za-z]*)*$/u;

/** Whether what is assigned to a password can be one: more than a word. */
export function isPassword(value: string, lower: string): boolean {
  if (value.length < 6 || value.length > 128 || !isOwnValue(value, lower)) return false;
  if (/^[0-9.,:/-]+$/u.test(value)) return value.length >= 8 && /^[0-9]+$/u.test(value);
  if (words.test(value))
    return /[a-z][A-Z]/u.test(value) && /[A-Z]{2}|[A-Z][a-z]?[A-Z]/u.test(value);
  return /[0-9]|[^0-9A-Za-z ._:/-]/u.test(value) && /[A-Za-z0-9]/u.test(value);
}

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** Whether what is assigned to a key or token can be one: long enough, of one run, and at random. */
export function isAssignedKey(value: string, lower: string): boolean {
  if (value.length < 16 || value.length > 512) return false;
  // WHY first: it fails soon on most texts, of which a long one can hold thousands.
  if (!/^[0-9A-Za-z+/_=.~-]+$/u.test(value) || !/[0-9]/u.test(value)) return false;
  if (!isOwnValue(value, lower)) return false;
  if (uuid.test(lower)) return true;
  if (/^[0-9]+$/u.test(value)) return false;
  const parts = value.split(/[._/=~+-]+/u);
  const plain = parts.filter((part) =>
    /^(?:[a-z]*|[A-Z]?[a-z]*|[A-Z]*|[0-9]{1,8}|v[0-9]+)$/u.test(part),
  );
  if (plain.length === parts.length) return false;
  return entropyOf(value) >= 3;
}
