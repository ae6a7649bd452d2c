import { condition, documents, words } from "./explanation.ts";
import type { Explanation } from "./explanation.ts";

/** Codes of parsing and type-checking conditions. */
export const celCodes: Readonly<Record<string, Explanation>> = {
  cel_syntax: condition(
    "The text is not CEL: something is missing, or stands where nothing can.",
    "args.amount > 100 &&",
    'args.amount > 100 && args.customer != "cus_1"',
  ),
  cel_character: condition(
    "CEL has no such character.",
    "args.amount > 100 ; true",
    "args.amount > 100",
  ),
  cel_escape: condition(
    'A backslash in a text begins an escape, and this is none. Double it, or write the text raw: r"…".',
    'args.customer == "a\\d"',
    'args.customer == r"a\\d"',
  ),
  cel_unterminated_string: condition(
    "A text has no closing quote.",
    'args.customer == "cus_1',
    'args.customer == "cus_1"',
  ),
  cel_number: condition(
    "The digits are no number of CEL, or do not fit one: ints have 64 bits.",
    "args.amount > 99999999999999999999",
    "args.amount > 9999999",
  ),
  cel_quoted_name: condition(
    "Backticks quote the name of a field behind a dot, and this is not closed or not one.",
    "args.`amount > 100",
    "args.`amount` > 100",
  ),
  cel_reserved_word: condition(
    "The word is reserved by CEL and cannot be a variable.",
    "args.amount > 100 || package",
    "args.amount > 100",
  ),
  cel_macro: condition(
    "`has` wants a field, and `all`, `exists`, `map`, `filter` want a plain name and an expression.",
    "has(args)",
    "has(args.note)",
  ),
  cel_struct: condition(
    "There are no protobuf messages in policies. Write a map.",
    "Money{amount: 1}.amount == 1",
    '{"amount": 1}.amount == 1 && args.amount > 5',
  ),
  cel_too_deep: condition(
    "An expression nests at most 64 deep.",
    "⟪70 × (⟫true⟪70 × )⟫",
    "args.amount > 100",
  ),
  cel_too_large: condition(
    "An expression has at most 20,000 parts. A List holds long lists better.",
    "args.amount in [⟪20001 × 1,⟫1]",
    "args.amount in [1.0, 2.0]",
  ),
  cel_too_long: condition(
    "An expression has at most 64 KiB.",
    'args.customer == "⟪66000 × x⟫"',
    'args.customer == "cus_1"',
  ),
  cel_unknown_variable: condition(
    "There is no such variable. What a condition sees is listed in docs/reference.md.",
    "amount > 100",
    "args.amount > 100",
  ),
  cel_unknown_field: condition(
    "The type has no such field. The arguments of a tool are those of its schema.",
    "args.amuont > 100",
    "args.amount > 100",
  ),
  cel_unknown_function: condition(
    "There is no such function.",
    'args.customer.beginsWith("cus_")',
    'args.customer.startsWith("cus_")',
  ),
  cel_unknown_name: condition(
    "A text stands for a label, a tool, an Event or another name of a closed set, and there is none of this name.",
    '"mony" in action.labels',
    '"money" in action.labels',
  ),
  cel_name: condition(
    "An Event, a Meter or a tier is named by a plain text, not by something computed.",
    "happened(args.customer)",
    "args.amount > 100",
  ),
  cel_no_overload: condition(
    "The function or operator does not take values of these types.",
    "args.customer > 100",
    "args.amount > 100",
  ),
  cel_type: condition(
    "The parts do not have types that go together: the entries of a list, both sides of a choice, the body of a macro.",
    "args.amount > 100 ? args.customer : args.amount > 50",
    'args.amount > 100 ? args.customer == "cus_1" : args.amount > 50',
  ),
  cel_never_equal: condition(
    "Both sides have types that are never equal, so the comparison is always the same.",
    "args.customer == 5",
    'args.customer == "5"',
  ),
  cel_map_key: condition(
    "A key of a map is a text, an int, a uint or a bool.",
    "{1.5: true}.size() == args.tags.size()",
    '{"1.5": true}.size() == args.tags.size()',
  ),
  cel_pattern: condition(
    "Patterns are RE2: linear in time, and so without look-around and back-references.",
    'args.customer.matches("^(?!cus_0)")',
    '!args.customer.matches("^cus_0")',
  ),
  cel_time: condition(
    "The text is no timestamp (RFC 3339) or no duration.",
    'now > timestamp("tomorrow")',
    'now > timestamp("2026-11-21T10:00:00Z")',
  ),
  cel_zone: words(
    "The text cannot be the name of a time zone or an offset. Write a name of the IANA database such as `Europe/London`, `UTC`, or an offset such as `+02:00`. In policies `cel_unknown_name` says so instead, with the nearest zone there is.",
  ),
  cel_window: condition(
    "Weekly hours are written like `mon-fri 09:00-17:00; sat 10:00-12:00`.",
    'in_window(now, "UTC", "9 to 5")',
    'in_window(now, "UTC", "09:00-17:00")',
  ),
  cel_net: condition(
    "The text is no address block.",
    'in_net(args.customer, "10.0.0.0")',
    'in_net(args.customer, "10.0.0.0/8")',
  ),
  condition_cost: documents(
    "The condition can take more steps than one may, whatever the request: loops over lists that may be long, in loops. Bound what it goes over in the tool's schema, or test the size first.",
    `
kind: Tool
metadata: {name: pay.batch}
spec:
  labels: [money]
  schema:
    type: object
    required: [payees, known]
    properties: {payees: {type: array, items: {type: string}}, known: {type: array, items: {type: string}}}
---
kind: Policy
metadata: {name: batches}
spec:
  match: {tools: [pay.batch]}
  rules:
    - {id: strangers, effect: deny, when: '!args.payees.all(p, args.known.exists(k, k == p))'}`,
    `
kind: Tool
metadata: {name: pay.batch}
spec:
  labels: [money]
  schema:
    type: object
    required: [payees, known]
    properties: {payees: {type: array, maxItems: 100, items: {type: string}}, known: {type: array, maxItems: 100, items: {type: string}}}
---
kind: Policy
metadata: {name: batches}
spec:
  match: {tools: [pay.batch]}
  rules:
    - {id: strangers, effect: deny, when: '!args.payees.all(p, args.known.exists(k, k == p))'}`,
  ),
};
