import { isPassword } from "./assigned-value.ts";
import { isWithinWord, isWordUnit } from "./finding.ts";
import type { Finding, Scanned } from "./finding.ts";
import { bytesOf64 } from "./web-token.ts";

const userinfo = /:\/\/([^\s/?#:@"'<>]{0,128}):([^\s/?#"'<>]{1,256}?)@(?=[\w[.-])/y;

/** Passwords in the authority of URLs (RFC 3986, section 3.2.1), whatever their scheme. */
export function urlPasswordsIn({ text, lower }: Scanned): readonly Finding[] {
  const found: Finding[] = [];
  for (let at = text.indexOf("://"); at >= 0; at = text.indexOf("://", at + 3)) {
    if (!isWordUnit(text, at - 1)) continue;
    userinfo.lastIndex = at;
    const read = userinfo.exec(text);
    if (read === null) continue;
    const [whole, user = "", password = ""] = read;
    const start = at + 3 + user.length + 1;
    const end = at + whole.length - 1;
    if (!isKept(password, lower.slice(start, end))) continue;
    found.push({ type: "url_credentials", start, end });
  }
  return found;
}

function isKept(password: string, lower: string): boolean {
  if (
    /^(?:\$|\{|<|%7b|\[|\*+$|x+$|pass(?:word|wd)?$|pwd$|secret$|changeme|example|token$)/u.test(
      lower,
    )
  )
    return false;
  return (password.length >= 4 && new Set(password).size >= 3) || isPassword(password, lower);
}

const header = /(basic|bearer)(?:[ \t]|%20){1,4}([\w.~+/=-]{6,4096})/y;

/** What the header `Authorization` carries by the schemes Basic (RFC 7617) and Bearer (RFC 6750). */
export function authorizationsIn({ text, lower }: Scanned): readonly Finding[] {
  const found: Finding[] = [];
  for (const scheme of ["basic", "bearer"]) {
    for (let at = lower.indexOf(scheme); at >= 0; at = lower.indexOf(scheme, at + 5)) {
      header.lastIndex = at;
      const read = header.exec(lower);
      if (read === null || isWithinWord(lower, at)) continue;
      const end = at + read[0].length;
      const start = end - (read[2] ?? "").length;
      const value = text.slice(start, end);
      if (scheme === "basic" ? isUserAndPassword(value) : isBearer(value)) {
        found.push({ type: scheme === "basic" ? "basic_auth" : "bearer_token", start, end });
      }
    }
  }
  return found;
}

function isUserAndPassword(value: string): boolean {
  const bytes = bytesOf64(value);
  if (bytes === undefined || bytes.length < 3) return false;
  return bytes.includes(58) && bytes.every((byte) => byte >= 0x20 && byte !== 0x7f);
}

function isBearer(value: string): boolean {
  return value.length >= 16 && /[0-9]/u.test(value) && new Set(value).size >= 8;
}
