import { isAssignedKey, isPassword } from "./assigned-value.ts";
import type { Finding, Scanned } from "./finding.ts";
import { isLetterUnit } from "./finding.ts";

/** Names of what is kept secret, in small letters. */
const names =
  /pass(?:word|wd|phrase|code)|passwort|contrase\u00f1a|mot_de_passe|(?:^|[^a-z]|\\[nrt])(?:pwd|pass)(?![a-z])|secret|token|api[_ -]?key|apikey|access[_-]?key|accesskey|auth[_-]?key|private[_-]?key|encryption[_-]?key|signing[_-]?key|master[_-]?key|account[_-]?key|shared[_-]?key|license[_-]?key|credential/g;

/** What a name may go on with before its value is set, and how that is written. */
const setting =
  /([\w.-]{0,32}?)(?:["'`\\\])]{0,4}[ \t]{0,4}(?:=>|:=|==?|:|,[ \t]{0,2}(?=["'\\]))| is:?[ \t]|>)[ \t]{0,8}(\\{0,2}["'`])?/y;

/** Options of commands are set by a space. */
const option = /([\w-]{0,32})[ \t]{1,4}(["'])?/y;

/** Ends of names that stand for something about a secret. */
const about =
  /(?:id|ids|name|names|file|path|url|uri|type|types|count|length|len|size|min|max|limit|field|label|policy|reset|hint|expires|expiry|expires_in|expires_at|ttl|used|usage|version|ref|arn|hash_algorithm|algorithm|format|regex|pattern|enabled|required|placeh[a-z]+|title|text|key_id|location|store|manager|class|scope|scopes|status|rotation|budget|s_used)$/;

const passwordNames = /^[^a-z]?(?:pass|pwd|contrase|mot_de)/;

/** The name says it: whether the value of a member is what its name calls secret, and what it is called. */
function secretMember({ name, text, lower }: Scanned): Finding | undefined {
  names.lastIndex = 0;
  const hit = names.exec(name);
  if (hit === null || about.test(name.slice(hit.index + hit[0].length))) return undefined;
  const type = typeOf(hit[0], name, text, lower);
  return type === undefined ? undefined : { type, start: 0, end: text.length };
}

/** Values that are assigned to what is named a password, a secret, a token or a key. */
export function assignedSecretsIn(scanned: Scanned): readonly Finding[] {
  const { text, lower } = scanned;
  const member = secretMember(scanned);
  if (member !== undefined) return [member];
  const found: Finding[] = [];
  names.lastIndex = 0;
  for (let hit = names.exec(lower); hit !== null; hit = names.exec(lower)) {
    const after = hit.index + hit[0].length;
    const read = valueAfter(lower, hit.index, after);
    if (read === undefined) continue;
    const { start, end } = read;
    const isArgument = lower.slice(after, start).includes(",");
    if (isArgument && passwordNames.test(hit[0])) continue;
    const type = typeOf(
      hit[0],
      lower.slice(Math.max(0, hit.index - 24), after),
      text.slice(start, end),
      lower.slice(start, end),
    );
    if (type === undefined) continue;
    found.push({ type, start, end });
    names.lastIndex = Math.max(names.lastIndex, end);
  }
  return found;
}

function typeOf(hit: string, name: string, value: string, lower: string): string | undefined {
  if (passwordNames.test(hit)) return isPassword(value, lower) ? "password" : undefined;
  if (/secret_?access_?key$/u.test(name) || (/aws/u.test(name) && hit === "secret")) {
    if (/^[0-9A-Za-z+/]{40}$/u.test(value)) return "aws_secret_key";
  }
  return isAssignedKey(value, lower) ? "assigned_secret" : undefined;
}

function valueAfter(
  lower: string,
  at: number,
  after: number,
): { readonly start: number; readonly end: number } | undefined {
  const isOption = lower.startsWith("--", optionStart(lower, at));
  setting.lastIndex = after;
  option.lastIndex = after;
  const read = setting.exec(lower) ?? (isOption ? option.exec(lower) : null);
  if (read === null) return undefined;
  const [whole, rest = "", quote] = read;
  if (about.test(rest)) return undefined;
  const start = after + whole.length;
  const end = quote === undefined ? endOfRun(lower, start) : endOfQuote(lower, start, quote);
  return end > start ? { start, end } : undefined;
}

/** Where the option begins whose name holds a place. */
function optionStart(lower: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < 24) {
    const unit = lower.charCodeAt(start - 1);
    if (!isLetterUnit(unit) && unit !== 45) break;
    start -= 1;
  }
  return start;
}

/** What ends a value without quotes: `;`, `&`, `,` and `|` where another value or nothing follows. */
const runEnd = /[\s"'`<>]|[,;&|](?=[\w .-]{0,32}=|\s|[,;&|"']|$)|\\[nrt"']/g;

function endOfRun(lower: string, start: number): number {
  const part = lower.slice(start, start + 512);
  runEnd.lastIndex = 0;
  const end = runEnd.exec(part)?.index ?? part.length;
  // A bracket or dot that ends a sentence is none of the value.
  return start + part.slice(0, end).replace(/[)\]}.,:]+$/u, "").length;
}

function endOfQuote(lower: string, start: number, quote: string): number {
  const part = lower.slice(start, start + 512);
  const line = part.search(/[\r\n]/u);
  const end = part.indexOf(quote);
  if (end < 0 || (line >= 0 && line < end)) return endOfRun(lower, start);
  return start + end;
}
