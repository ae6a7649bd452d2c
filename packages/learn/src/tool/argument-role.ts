import { snakeName } from "./snake-name.ts";

/**
 * What an argument is for: `party` whom or what it reaches (an address, an account, a person, a
 * channel), `url`, `secret` what lets somebody in, `title`, `content`, `object` what is acted on,
 * `amount`, `time`, or `other`.
 */
export type ArgumentRole =
  | "party"
  | "url"
  | "secret"
  | "title"
  | "content"
  | "object"
  | "amount"
  | "time"
  | "other";

/** Words of an argument's name and the role they give, the first that fits. */
const roleWords: readonly (readonly [ArgumentRole, RegExp])[] = [
  ["other", /(?:^|_)(?:selectors?|fields?|(?:input|field|element)_ids?)$/u],
  ["url", /(?:^|_)(?:url|uri|link|href|website|webpage|endpoint)$/u],
  ["secret", /(?:^|_)(?:password|passphrase|otp|ssh_key|api_key|token|secret|credentials?|pin)$/u],
  ["party", /(?:^|_)(?:iban|recipients?|payee|beneficiary|account_number)$/u],
  [
    "party",
    /^(?:to|cc|bcc|users?|username|channel|assignees?|participants|attendees|collaborators?)$/u,
  ],
  ["party", /(?:^|_)(?:emails?|owner|phone|phone_number|address)$/u],
  ["party", /(?:^|_)(?:emails?|username)$/u],
  ["title", /(?:^|_)(?:subject|title|filename|file_name)$/u],
  [
    "content",
    /(?:^|_)(?:body|contents?|message|text|comment|description|note|notes|values|inputs)$/u,
  ],
  ["amount", /(?:^|_)(?:amount|price|quantity|total|sum)$/u],
  ["time", /(?:^|_)(?:date|time|day|start|end|start_time|end_time|start_day|end_day)$/u],
  ["object", /(?:^|_)(?:id|ids|path|file|repo|repo_name|name|location|attachments|dir|order)$/u],
  ["object", /(?:^|_)(?:hotel|company|restaurant|product|item|event|issue|table|document)$/u],
];

/** The role that an argument's name gives it. */
export function roleOf(name: string): ArgumentRole {
  const snake = snakeName(name);
  return roleWords.find(([, words]) => words.test(snake))?.[0] ?? "other";
}
