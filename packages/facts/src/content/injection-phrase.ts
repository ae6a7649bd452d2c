/**
 * What texts say that mean to steer an assistant, as words in small letters: a first word that is looked
 * for, and what follows it within a sentence. A hint for people and narrowing rules: whoever writes it
 * another way is not found.
 */
export interface InjectionPhrase {
  readonly marker: string;
  /** beginnings of words that are looked for */
  readonly first: string;
  /** what follows the first word; `~` is a gap of up to four words */
  readonly rest: string;
}

const told =
  "(?:instruct|prompt|direct|guidelin|rule|command|polic|context|programming|restriction|training)[a-z]*";
const earlier =
  "(?:all|any|every|previous|prior|preceding|above|earlier|former|foregoing|your|system|initial|original|existing|safety)";

/** The phrases that are known. */
export const injectionPhrases: readonly InjectionPhrase[] = [
  {
    marker: "override",
    first: "ignore|disregard|forget|overrid|bypass|neglect|discard",
    rest: `[a-z]*~ ${earlier}~ ${told}`,
  },
  {
    marker: "override",
    first: "forget|disregard|ignore",
    rest: "~ (?:everything|anything|all|what)~ (?:told|said|before|above|instructed|learned)",
  },
  {
    marker: "override",
    first: "ignore|disregard|forget",
    rest: "~ (?:the |this |that )?user(?: s)?~ (?:request|question|input|wishes|message)s?",
  },
  {
    marker: "override",
    first: "stop|cease|quit",
    rest: `[a-z]* (?:following|obeying)~ (?:${told}|instructions)`,
  },
  {
    marker: "override",
    first: "new|updated|revised|real|actual",
    rest: " (?:system )?(?:instructions?|task|directives?|objective)~ (?:transfer|send|delete|email|forward|execute|run|call|upload|post|reveal|print|write|you|must|is to)",
  },
  {
    marker: "override",
    first: "you",
    rest: " (?:now )?have (?:a |been given a )?new (?:task|instructions?|goal|objective|role|directive)s?",
  },
  {
    marker: "override",
    first: "from",
    rest: " now on~ (?:you|obey|only|respond|answer|act|ignore)",
  },
  {
    marker: "override",
    first: "ignor",
    rest: "(?:ez|iere|ieren|a|ar|e)~ (?:instruc|anweisung|vorgaben|regel|consigne|directive|regla|indica|istruzion|instru)[a-z]*",
  },
  {
    marker: "override",
    first: "oublie|vergiss|olvida|dimentica|esque",
    rest: "[a-z]*~ (?:instruc|anweisung|consigne|istruzion|instru|alles|todo|tout)[a-z]*",
  },
  {
    marker: "override",
    first: "before",
    rest: " you (?:can |may |are able to )?(?:solve|finish|complete|continue|proceed|start|answer)[a-z]*~ (?:task|request|question)s?",
  },
  {
    marker: "addressed",
    first: "message",
    rest: "~ to you~ (?:the )?(?:ai|assistant|llm|language model|model)",
  },
  {
    marker: "addressed",
    first: "this|the",
    rest: " (?:tool|function) requires [^ .]{1,40} to be called first",
  },
  {
    marker: "persona",
    first: "you|act",
    rest: " (?:are )?(?:now |as )(?:a |an )?(?:dan|unrestricted|jailbroken|evil|uncensored|root|admin|administrator|superuser|developer mode|system)",
  },
  {
    marker: "persona",
    first: "you",
    rest: " are now~ (?:ai|assistant|model|bot|without|unrestricted|free|no longer)",
  },
  {
    marker: "persona",
    first: "act|behave|respond|pretend",
    rest: "~ (?:administrator|jailbroken|unrestricted|no restrictions|without restrictions|content policy|no content|no rules|no filters)",
  },
  {
    marker: "persona",
    first: "enable|activate|enter|switch",
    rest: "~ (?:developer|dan|god|jailbreak|unrestricted|debug|admin) mode",
  },
  {
    marker: "secrecy",
    first: "do|don|never|without|not",
    rest: "(?: not| t)?~ (?:tell|telling|mention|mentioning|inform|informing|notify|notifying|reveal|alert|show|asking|ask)~ (?:this|it|about|of|that)?~? ?(?:the )?user[a-z]*",
  },
  {
    marker: "prompt_leak",
    first: "reveal|print|show|output|repeat|leak|disclose|display|tell",
    rest: "[a-z]*~ (?:your|system|hidden|initial)~ (?:prompt|instructions)",
  },
  {
    marker: "addressed",
    first: "if|note|attention|important|dear|hey|hello|message|instructions",
    rest: "~ (?:ai|llm|assistant|language model|chatbot|gpt|claude|gemini|copilot)~ (?:agent|assistant|model|you|must|respond|read|the user|before|please|should|when|follow|do|include|reply|reading)",
  },
  {
    marker: "addressed",
    first: "ai|assistant|agent|llm",
    rest: "(?: assistant| agent| model)? (?:you must|must|when you|please|before answering|i need you|you should|you have to|you will)",
  },
  {
    marker: "addressed",
    first: "before",
    rest: " (?:using|calling|answering|responding|you use|you call|you answer)~ (?:read|send|call|run|pass|include|open|fetch|this tool)",
  },
  {
    marker: "addressed",
    first: "system|admin|administrator",
    rest: " (?:you must|you are|ignore|disregard|proceed|override|new instructions|do not|execute|call|reveal|the user has)",
  },
  {
    marker: "approval",
    first: "user",
    rest: "~ (?:has|have) (?:already )?(?:approved|confirmed|consented|authorized|authorised|agreed)~ (?:skip|no|without|so|do not|proceed)",
  },
];
