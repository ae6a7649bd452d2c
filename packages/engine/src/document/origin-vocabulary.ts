/**
 * What both engines and the checker know about origins (POLICY.md section 3): data, no code. The
 * words are English; a person's own act words (`Tool.acts`) may be of any language.
 */

/** Origin tiers, best first. An allow rests only on those up to `field`. */
export const originTiers = [
  "prompt",
  "own",
  "prompt_host",
  "field",
  "named",
  "named_text",
  "text",
  "nowhere",
] as const;
export type OriginTier = (typeof originTiers)[number];

/** How much one engine's state remembers; texts in UTF-16 units. */
export const originLimits = {
  /** entries of one session root; what comes after is not remembered */
  entriesMax: 65_536,
  /** texts and names of one session root together */
  unitsMax: 4 * 1024 * 1024,
  /** session roots; what the one has seen that has been quiet longest is dropped first */
  memoriesMax: 4_096,
  /** session roots of which is known only that they were dropped; the earliest is forgotten first */
  droppedMax: 65_536,
  /** texts and names of all session roots together */
  totalUnitsMax: 64 * 1024 * 1024,
  /** texts that can name one entry */
  namesMax: 16,
  /** the shortest literal that is known by standing in a text, in UTF-16 units */
  literalUnitsMin: 4,
  /** leaves of one value that is asked about; more is an error */
  leavesMax: 1_000,
  /** consecutive words in common that make a text touch another */
  sharedWordsMin: 5,
  /** the shortest topic word, in UTF-16 units */
  topicUnitsMin: 4,
} as const;

/**
 * What asking about origins is charged, in steps of evaluation, whatever an engine has kept of
 * earlier answers. The size of a memory is its units and 16 for each entry.
 */
export const originCharges = {
  /** units of a memory's size that one leaf is looked for in, for one step */
  searchedPerStep: 128,
  /** units that are read word by word, for one step */
  readPerStep: 64,
  /** units of a text in which beginnings of other texts are looked for, for one step */
  cutPerStep: 8,
  /** what an entry is counted with beside its units */
  entryUnits: 16,
  /** a longer entry is looked for in a text only where so many of its first units stand */
  headUnits: 16,
} as const;

/** Units that join words into one token: `a.b`, `bob@corp`, `x/y`. */
export const connectors = ".-/@+\\~";

/** White space wherever origins speak of it: where prompts, sentences and JSON texts are cut. */
export const originSpace = " \t\n\f\r";

/** Letters whose doubling can stand before `ed` and `ing`. */
export const doubledConsonants = "bcdfghjklmnpqrstvwxyz";

/** What reading origins says when it fails; explanations of both engines are compared. */
export const originMessages = {
  /** code `absent` */
  session: "the request has no `session`",
  /** code `unavailable` */
  prompt: "no prompt was reported to this session",
  /** code `limit`, which nothing absorbs */
  leaves: `a value has more than ${originLimits.leavesMax} leaves`,
  /** code `invalid_argument`, of `no_worse` */
  tiers: "`no_worse` compares an origin with a tier",
} as const;

/** Consecutive words that make a sentence a request, each list lower case. */
export const requestPhrases: readonly string[] = [
  "please",
  "kindly",
  "you should",
  "you must",
  "you need to",
  "you have to",
  "you are to",
  "you can now",
  "can you",
  "could you",
  "would you",
  "will you",
  "i want you to",
  "i need you to",
  "i would like you to",
  "we need you to",
  "make sure to",
  "make sure that you",
  "be sure to",
  "remember to",
  "do not forget to",
  "don t forget to",
  "it is important that you",
  "your task is",
  "go ahead and",
];

/** Words that may stand before the verb of an imperative sentence. */
export const leadWords: readonly string[] = [
  "and",
  "then",
  "also",
  "now",
  "first",
  "second",
  "third",
  "next",
  "finally",
  "just",
  "so",
  "step",
  "todo",
  "task",
  "important",
  "urgent",
  "note",
  "instead",
  "afterwards",
  "immediately",
  "ok",
  "okay",
  "hi",
  "hello",
  "dear",
  "assistant",
  "agent",
  "ai",
];

/** Words of four units or more that say nothing of a topic. */
export const stopWords: ReadonlySet<string> = new Set(
  (
    "about above after again against also although always among another anyone anything around because been " +
    "before behind being below between both could does doing done down during each either else even ever every " +
    "everything first found from further gets give given goes going have having hello help here hers herself " +
    "himself however https http into itself just keep know last least less let lets like list look made make makes " +
    "many maybe might mine more most much must myself name need needs never next none nothing once only onto other " +
    "others ours ourselves over please quite rather really same shall should since some something soon still such " +
    "sure take than thank thanks that their theirs them themselves then there these they thing things this those " +
    "though through thus today tomorrow under until upon used user using very want wants well went were what when " +
    "where whether which while whom whose will with within without would yesterday your yours yourself"
  ).split(" "),
);
