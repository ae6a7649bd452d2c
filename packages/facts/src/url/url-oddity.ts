import { isCanonicalFour, looksLikeFour } from "./ip-form.ts";
import type { UrlText } from "./url-text.ts";

/**
 * What can make the text of a URL mean another one to another program, in the order in which a fact
 * lists them.
 *
 * - `form`: not written as `scheme://host`
 * - `control`, `whitespace`, `backslash`, `non_ascii`: anywhere in the text
 * - `non_ascii_host`: in the host, its port or the user before it
 * - `encoded_slash`, `encoded_backslash`, `encoded_nul`: `%2f`, `%5c`, `%00` in the path
 * - `encoded_percent`: `%25` before two hexadecimal digits in the path: encoded twice
 * - `dot_parameter`: a segment `..` with parameters, such as `..;a`
 * - `trailing_dot`: a host that ends in a dot
 * - `ip_form`: an IPv4 address not written as four decimal numbers
 * - `punycode`: a host of which some label begins with `xn--`
 */
export const urlOddities = [
  "form",
  "control",
  "whitespace",
  "backslash",
  "non_ascii",
  "non_ascii_host",
  "encoded_slash",
  "encoded_backslash",
  "encoded_nul",
  "encoded_percent",
  "dot_parameter",
  "trailing_dot",
  "ip_form",
  "punycode",
] as const;

export type UrlOddity = (typeof urlOddities)[number];

const tests: Readonly<Record<UrlOddity, (text: string, parts: UrlText) => boolean>> = {
  form: (_, { formed }) => !formed,
  control: (text) => /\p{Cc}/u.test(text),
  whitespace: (text) => /\s/u.test(text),
  backslash: (text) => text.includes("\\"),
  non_ascii: (text) => /[^\0-\x7f]/u.test(text),
  non_ascii_host: (_, { authority }) => /[^\0-\x7f]/u.test(authority),
  encoded_slash: (_, { path }) => /%2[fF]/u.test(path),
  encoded_backslash: (_, { path }) => /%5[cC]/u.test(path),
  encoded_nul: (_, { path }) => path.includes("%00"),
  encoded_percent: (_, { path }) => /%25[0-9A-Fa-f]{2}/u.test(path),
  dot_parameter: (_, { path }) => /(?:^|[/\\])(?:\.|%2[eE]){2};/u.test(path),
  trailing_dot: (_, { host }) => host.endsWith("."),
  ip_form: (_, { host }) => looksLikeFour(host) && !isCanonicalFour(host),
  punycode: (_, { host }) => /(?:^|\.)[xX][nN]--/u.test(host),
};

/** What is odd about the text of a URL, named as {@link urlOddities} says. */
export function odditiesOf(text: string, parts: UrlText): readonly UrlOddity[] {
  return urlOddities.filter((name) => tests[name](text, parts));
}
