/** What a verb in a tool's name says that the tool does. */
export interface Verb {
  /** `read` alone, or what it does besides */
  readonly labels: readonly string[];
  /** words that a person uses for it */
  readonly acts: readonly string[];
}

function verb(labels: string, acts = ""): Verb {
  return { labels: labels.split(" "), acts: acts === "" ? [] : acts.split(" ") };
}

/** Verbs that only look. */
const looking = verb("read");

/** Verbs as names of tools begin with them. A verb that is not here counts as one that writes. */
export const verbTable: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ..."calculate check count describe diff fetch find get inspect list lookup query read retrieve search show status total view"
    .split(" ")
    .map((name): [string, Verb] => [name, looking]),
  [
    "browse",
    verb("read", "visit open browse go check click follow look read access see accept view"),
  ],
  ["visit", verb("read", "visit open browse go check click follow look read access see")],
  ["add", verb("write", "add include put invite append insert register link")],
  ["append", verb("write", "append add write put include insert")],
  ["approve", verb("write", "approve accept confirm sign")],
  ["book", verb("write", "book reserve reservation")],
  ["click", verb("read", "click follow open visit accept")],
  ["cancel", verb("write destructive", "cancel delete remove drop")],
  ["checkout", verb("write money", "checkout buy purchase order pay")],
  ["clear", verb("write destructive", "clear empty delete remove")],
  ["clone", verb("write", "clone download copy")],
  ["comment", verb("write egress", "comment reply answer write post")],
  ["copy", verb("write", "copy duplicate backup")],
  [
    "create",
    verb(
      "write",
      "create make add write save set schedule book put draft prepare plan remind generate store record",
    ),
  ],
  ["delete", verb("write destructive", "delete remove erase cancel clear drop clean")],
  ["download", verb("write", "download save get fetch")],
  ["edit", verb("write", "edit change modify update correct fix")],
  ["execute", verb("write exec", "execute run start")],
  ["fill", verb("write egress", "fill submit enter register sign apply complete provide")],
  ["forward", verb("write egress", "forward send share")],
  ["grant", verb("write egress", "grant give allow share")],
  [
    "input",
    verb(
      "write egress",
      "fill submit enter register sign apply book complete input provide request order pay",
    ),
  ],
  ["invite", verb("write egress", "invite add include")],
  ["issue", verb("write egress", "issue report open raise file post")],
  ["login", verb("write", "login log access")],
  ["merge", verb("write", "merge combine")],
  ["move", verb("write", "move rename put place organize")],
  ["order", verb("write money", "order buy purchase")],
  ["pay", verb("write money egress", "pay settle transfer send")],
  ["post", verb("write egress", "post publish upload write put submit share")],
  ["publish", verb("write egress", "publish post share release")],
  ["pull", verb("write", "pull update download sync")],
  ["push", verb("write egress", "push upload commit submit")],
  ["put", verb("write", "put write save set")],
  ["refund", verb("write money egress", "refund return")],
  ["remove", verb("write destructive", "remove delete drop clear take kick ban")],
  ["rename", verb("write", "rename move change")],
  ["reply", verb("write egress", "reply answer respond write")],
  ["reschedule", verb("write", "reschedule move change postpone shift delay")],
  ["reserve", verb("write", "reserve book reservation rent")],
  ["run", verb("write exec", "run execute start")],
  ["schedule", verb("write", "schedule plan set send pay recurring")],
  [
    "send",
    verb(
      "write egress",
      "send email mail message forward reply respond write tell inform notify text dm contact share ask greet invite confirm",
    ),
  ],
  ["set", verb("write", "set change update make")],
  ["share", verb("write egress", "share send give grant")],
  ["star", verb("write", "star like favorite bookmark")],
  ["submit", verb("write egress", "submit send file hand")],
  ["subscribe", verb("write egress", "subscribe join register sign")],
  ["transfer", verb("write egress", "transfer hand give move send")],
  ["unstar", verb("write", "unstar unlike remove")],
  [
    "update",
    verb("write", "update change adjust modify edit set correct reset move increase refresh"),
  ],
  ["upload", verb("write egress", "upload put send share publish")],
  ["verify", verb("write", "verify confirm code authenticate")],
  ["confirm", verb("write", "confirm verify accept")],
  ["write", verb("write", "write save put create note")],
]);

/** Words in a tool's name that say that it moves money, whatever its verb. */
export const moneyNames: ReadonlySet<string> = new Set([
  "checkout",
  "invoice",
  "money",
  "payment",
  "payments",
  "payout",
  "refund",
  "transaction",
  "transactions",
]);

/** What a person calls moving money. */
export const moneyActs: readonly string[] =
  "deposit donate pay payment refund reimburse rent send settle transaction transfer wire".split(
    " ",
  );

/** What a person calls an act on a thing that a tool's name names, whatever its verb. */
export const thingActs: ReadonlyMap<string, readonly string[]> = new Map([
  ["cart", ["buy", "cart", "order", "purchase"]],
  ["email", ["email", "mail"]],
  ["event", ["schedule"]],
  ["message", ["message"]],
]);
