/** How commander says what is wrong, and how Holdfast does. */
const phrases: readonly (readonly [RegExp, (found: readonly string[]) => string])[] = [
  [/^unknown (option|command) '(.*?)'$/su, ([kind, given]) => `unknown ${kind} \`${given}\``],
  [/^missing required argument '(.*)'$/su, ([name]) => `missing argument \`<${name}>\``],
  [/^option '(.*)' argument missing$/su, ([flags = ""]) => `${withValue(flags)} needs a value`],
  [
    /^required option '(.*)' not specified$/su,
    ([flags = ""]) => `missing option ${withValue(flags)}`,
  ],
  [
    /^option '(.*?)' argument '(.*)' is invalid\. (.*)$/su,
    ([flags = "", given, why = ""]) =>
      `\`${given}\` is no value of ${withValue(flags)}: ${inStyle(why)}`,
  ],
  [
    /^command-argument value '(.*)' is invalid for argument '(.*)'\. (.*)$/su,
    ([given, name, why = ""]) => `\`${given}\` is no \`<${name}>\`: ${inStyle(why)}`,
  ],
  [
    /^too many arguments(?: for '(.*)')?\. Expected (\d+) arguments? but got (\d+)\.$/su,
    ([command, most, given]) =>
      `${given} argument${given === "1" ? "" : "s"}, and ${command === undefined ? "it" : `\`${command}\``} takes ${most === "0" ? "none" : most}`,
  ],
];

const suggestion = /\n\(Did you mean (?:one of )?(.*?)\?\)$/su;

/**
 * What commander says of arguments that make no sense, in the words of every other refusal: one
 * line, lower case, what was typed in backticks, and what may have been meant.
 *
 * @param text as commander gives it, `error: …` and a line feed
 */
export function argumentErrorText(text: string): string {
  const whole = text.trimEnd().replace(/^error: /u, "");
  const meant = suggestion.exec(whole)?.[1]?.split(", ");
  const said = whole.replace(suggestion, "");
  for (const [pattern, phrase] of phrases) {
    const found = pattern.exec(said);
    if (found === null) continue;
    const [, ...parts] = found;
    const hint = meant?.map((name) => `\`${name}\``).join(" or ");
    return `${phrase(parts)}${hint === undefined ? "" : `, did you mean ${hint}?`}\n`;
  }
  return `${inStyle(whole)}\n`;
}

/** `-d, --data <dir>` as `--data <dir>`. */
function withValue(flags: string): string {
  return `\`${flags.replace(/^-\w, /u, "")}\``;
}

function inStyle(sentence: string): string {
  const choices = /^Allowed choices are (.*)\.$/su.exec(sentence)?.[1];
  if (choices !== undefined) return `write ${choices.replace(/, (?=[^,]*$)/u, " or ")}`;
  return `${sentence.slice(0, 1).toLowerCase()}${sentence.slice(1).replace(/\.$/u, "")}`;
}
