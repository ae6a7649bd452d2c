import { documents, file } from "./explanation.ts";
import type { Explanation } from "./explanation.ts";

/** Codes of reading YAML and of the form of documents. */
export const yamlCodes: Readonly<Record<string, Explanation>> = {
  yaml_syntax: file(
    "The text is not YAML 1.2: a bracket, a quote or an indentation is not closed or does not fit.",
    `
apiVersion: holdfast.dev/v1
kind: Group
metadata: {name: leads
spec: {members: [user:bo]}`,
    `
apiVersion: holdfast.dev/v1
kind: Group
metadata: {name: leads}
spec: {members: [user:bo]}`,
  ),
  yaml_too_large: file(
    "A policy file has at most 256 KiB. File layout means nothing, so a large file can be split at any document.",
    "# ⟪300000 × x⟫",
    "# x",
  ),
  yaml_too_deep: file(
    "Values nest at most 64 deep, and nothing is indented further than 256 columns.",
    "a: ⟪70 × [⟫⟪70 × ]⟫",
    `
apiVersion: holdfast.dev/v1
kind: Group
metadata: {name: leads}
spec: {members: [user:bo]}`,
  ),
  yaml_character: file(
    "Control characters, marks that change the direction of text and byte order marks are refused: with them a file can read otherwise than it parses. Write such a character as an escape in double quotes.",
    'apiVersion: holdfast.dev/v1\nkind: List\nmetadata: {name: names}\nspec: {type: string, items: ["\u202Eeman"]}',
    'apiVersion: holdfast.dev/v1\nkind: List\nmetadata: {name: names}\nspec: {type: string, items: ["\\u202Eeman"]}',
  ),
  yaml_alias: documents(
    "Anchors, aliases and merge keys are not part of the policy language: what a document says is written in it.",
    `
kind: Group
metadata: {name: leads}
spec: {members: &people [user:bo]}`,
    `
kind: Group
metadata: {name: leads}
spec: {members: [user:bo]}`,
  ),
  yaml_tag: documents(
    "A tag names a type that the YAML core schema does not know.",
    `
kind: Group
metadata: {name: leads}
spec: {members: !people [user:bo]}`,
    `
kind: Group
metadata: {name: leads}
spec: {members: [user:bo]}`,
  ),
  yaml_directive: file(
    "`%YAML` and `%TAG` are not part of the policy language: every file is YAML 1.2.",
    `
%YAML 1.2
---
apiVersion: holdfast.dev/v1
kind: Group
metadata: {name: leads}
spec: {members: [user:bo]}`,
    `
apiVersion: holdfast.dev/v1
kind: Group
metadata: {name: leads}
spec: {members: [user:bo]}`,
  ),
  yaml_key: documents(
    "A key of a map is text, and not one that JavaScript objects treat specially.",
    `
kind: Policy
metadata: {name: numbered}
spec:
  match: {tools: [pay.refund]}
  params: {1: 5000}
  rules:
    - {id: none, effect: deny, when: args.amount > 5000}`,
    `
kind: Policy
metadata: {name: numbered}
spec:
  match: {tools: [pay.refund]}
  params: {max: 5000}
  rules:
    - {id: none, effect: deny, when: args.amount > params.max}`,
  ),
  yaml_number: documents(
    "Numbers are doubles. Whole numbers beyond 2^53 - 1 and numbers that are not finite would become others.",
    `
kind: Policy
metadata: {name: large}
spec:
  match: {tools: [pay.refund]}
  params: {max: 9007199254740993}
  rules:
    - {id: none, effect: deny, when: args.amount > params.max}`,
    `
kind: Policy
metadata: {name: large}
spec:
  match: {tools: [pay.refund]}
  params: {max: 9007199254740991}
  rules:
    - {id: none, effect: deny, when: args.amount > params.max}`,
  ),
  duplicate_key: documents(
    "One map gives a key twice, and only one of them could count.",
    `
kind: Group
metadata: {name: leads}
spec:
  members: [user:bo]
  members: [user:cy]`,
    `
kind: Group
metadata: {name: leads}
spec:
  members: [user:bo, user:cy]`,
  ),
  not_a_document: file(
    "A document is a map with `apiVersion`, `kind`, `metadata` and `spec`.",
    "- user:bo",
    `
apiVersion: holdfast.dev/v1
kind: Group
metadata: {name: leads}
spec: {members: [user:bo]}`,
  ),
  api_version: file(
    "This compiler reads `holdfast.dev/v1`. A document of another version is refused whole, so that none of it is half understood.",
    `
apiVersion: holdfast.dev/v2
kind: Group
metadata: {name: leads}
spec: {members: [user:bo]}`,
    `
apiVersion: holdfast.dev/v1
kind: Group
metadata: {name: leads}
spec: {members: [user:bo]}`,
  ),
  unknown_kind: documents(
    "There is no such kind of document. `holdfast schema` lists the kinds.",
    `
kind: Groop
metadata: {name: leads}
spec: {members: [user:bo]}`,
    `
kind: Group
metadata: {name: leads}
spec: {members: [user:bo]}`,
  ),
  unknown_key: documents(
    "The key does not exist here. Nothing unknown is silently left out: a misspelt key would be a rule that never holds.",
    `
kind: Group
metadata: {name: leads}
spec: {member: [user:bo], members: [user:cy]}`,
    `
kind: Group
metadata: {name: leads}
spec: {members: [user:bo, user:cy]}`,
  ),
  missing_key: documents(
    "A required key is absent.",
    `
kind: Event
metadata: {name: refunded}
spec: {match: {tools: [pay.refund]}, key: [session.id]}`,
    `
kind: Event
metadata: {name: refunded}
spec: {match: {tools: [pay.refund]}, at: success, key: [session.id]}`,
  ),
  wrong_type: documents(
    "A value of another type is needed: a list, a map, a text, a number, or for a condition true or false.",
    `
kind: Group
metadata: {name: leads}
spec: {members: user:bo}`,
    `
kind: Group
metadata: {name: leads}
spec: {members: [user:bo]}`,
  ),
  wrong_value: documents(
    "The value is not one of those that are possible; the message lists the nearest.",
    `
kind: Policy
metadata: {name: remote}
spec:
  match: {kinds: [mpc]}
  rules:
    - {id: none, effect: deny}`,
    `
kind: Policy
metadata: {name: remote}
spec:
  match: {kinds: [mcp]}
  rules:
    - {id: none, effect: deny}`,
  ),
  wrong_format: documents(
    "The text does not have the form that is needed: a duration, a name, an address block, a person.",
    `
kind: Meter
metadata: {name: calls}
spec: {key: [agent.id], window: 1 hour}`,
    `
kind: Meter
metadata: {name: calls}
spec: {key: [agent.id], window: 1h}`,
  ),
  empty_list: documents(
    "A list without entries would match nothing. Leave the key out where nothing is to be restricted.",
    `
kind: Policy
metadata: {name: any}
spec:
  match: {tools: []}
  rules:
    - {id: large, effect: deny, when: 'agent.id == "intern"'}`,
    `
kind: Policy
metadata: {name: any}
spec:
  match: {}
  rules:
    - {id: large, effect: deny, when: 'agent.id == "intern"'}`,
  ),
  duplicate_document: documents(
    "Two documents of one kind have one name, and order means nothing, so neither could win.",
    `
kind: Group
metadata: {name: leads}
spec: {members: [user:bo]}
---
kind: Group
metadata: {name: leads}
spec: {members: [user:cy]}`,
    `
kind: Group
metadata: {name: leads}
spec: {members: [user:bo]}
---
kind: Group
metadata: {name: owners}
spec: {members: [user:cy]}`,
  ),
  duplicate_entry: documents(
    "A list that is a set gives one entry twice.",
    `
kind: Event
metadata: {name: refunded}
spec: {match: {tools: [pay.refund]}, at: success, key: [session.id, session.id]}`,
    `
kind: Event
metadata: {name: refunded}
spec: {match: {tools: [pay.refund]}, at: success, key: [session.id, agent.id]}`,
  ),
  duplicate_credential: documents(
    "A credential tells which agent it is, so no two agents share one.",
    `
kind: Agent
metadata: {name: support-1}
spec: {credentials: [{spiffe: "spiffe://corp.example/support"}]}
---
kind: Agent
metadata: {name: billing}
spec: {credentials: [{spiffe: "spiffe://corp.example/support"}]}`,
    `
kind: Agent
metadata: {name: support-1}
spec: {credentials: [{spiffe: "spiffe://corp.example/support"}]}
---
kind: Agent
metadata: {name: billing}
spec: {credentials: [{spiffe: "spiffe://corp.example/billing"}]}`,
  ),
  settings_twice: documents(
    "A policy set has one Settings document; two could not both be in force.",
    `
kind: Settings
metadata: {name: ours}
spec: {labels: [read, write, money]}
---
kind: Settings
metadata: {name: theirs}
spec: {labels: [read, write, money]}`,
    `
kind: Settings
metadata: {name: ours}
spec: {labels: [read, write, money]}`,
  ),
};
