import fc from "fast-check";

/** Pieces of commands. Nothing that they make can do harm in an empty folder without programs. */
const pieces = [
  ..."ls cat grep head echo true false test [ ] pwd wc".split(" "),
  ..."a b -l -n --all x=1 y= =".split(" "),
  ..."if then else elif fi for in do done while until case esac ! { } time function".split(" "),
  ..."; & && || | |& ( ) (( )) [[ ]] ;; ;&".split(" "),
  ..."< <<E <<'E' <<-E <<< 2>&1 <(".split(" "),
  ..."' \" ` \\ $ $( ${ } $' $\" $(( )) $i ${i} ${i:-a} $[ # * ? [a] {a,b} {1..3} {a .. , : ~ %".split(
    " ",
  ),
  ..." | | |\n|\nE\n|\t|\\\n|é".split("|"),
  "for i in a b; do echo $i; done",
  "$(ls a)",
  "`cat b`",
  '"$(head)"',
];

/** Texts that are more or less commands. */
export const shellText: fc.Arbitrary<string> = fc
  .array(fc.tuple(fc.constantFrom(...pieces), fc.boolean()), { minLength: 1, maxLength: 14 })
  .map((parts) => parts.map(([piece, spaced]) => (spaced ? `${piece} ` : piece)).join(""));

const plainWords = [
  ..."a b -l x.txt a{b,c}d {1..3} *.md 'q' $i ${i} a#b ~x~ {a} x=1 [a]b a:b {a,b}{c,d} {,a}".split(
    " ",
  ),
  ..."{a,{b,c}} $((1+2)) \\* \\$ \\` \\' \\\" '' \"\" \"$i\" '$i' '#' \"`a`\" {$,b}{i,d} !".split(
    " ",
  ),
  "'b c'",
  '"d e"',
  "\\ ",
  "$'\\t'",
  "a\\\nb",
  "{a,'b c'}",
  '"it\'s"',
];
const programs = fc.constantFrom(
  ..."ls cat head echo sort wc true".split(" "),
  "grep -e x --",
  "LC_ALL=C ls",
);
const joints = fc.constantFrom(" ; ", " && ", " || ", " | ", "\n", " & ", " |& ", ";", "|", "&&");

interface Parts {
  readonly word: string;
  readonly simple: string;
  readonly line: string;
}

const { line } = fc.letrec<Parts>((tie) => {
  const word = tie("word") as fc.Arbitrary<string>;
  const simple = tie("simple") as fc.Arbitrary<string>;
  const line = tie("line") as fc.Arbitrary<string>;
  return {
    word: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...plainWords) },
      { weight: 1, arbitrary: line.map((inner) => `$(${inner})`) },
      { weight: 1, arbitrary: line.map((inner) => `"$(${inner})"`) },
      { weight: 1, arbitrary: line.map((inner) => `<(${inner})`) },
      { weight: 1, arbitrary: line.map((inner) => `\${x:-${inner}}`) },
      { weight: 2, arbitrary: fc.tuple(word, word).map(([a, b]) => a + b) },
    ),
    simple: fc
      .tuple(programs, fc.array(word, { maxLength: 3 }))
      .map(([program, words]) => [program, ...words].join(" ")),
    line: fc.oneof(
      { maxDepth: 4, depthIdentifier: "line" },
      simple,
      fc.tuple(line, joints, line).map((parts) => parts.join("")),
      line.map((inner) => `( ${inner} )`),
      line.map((inner) => `{ ${inner}; }`),
      line.map((inner) => `! ${inner}`),
      fc.tuple(line, line).map(([a, b]) => `if ${a}; then ${b}; else ${a}; fi`),
      fc.tuple(word, line).map(([a, b]) => `for i in p ${a} 'q r'; do ${b}; done`),
      fc.tuple(word, line).map(([a, b]) => `case ${a} in a|'b') ${b};; *) ${b};; esac`),
      fc.tuple(simple, word).map(([a, b]) => `${a} <<E\n${b}\nE\n`),
      fc.tuple(simple, word).map(([a, b]) => `${a} <<'E'\n${b}\nE\n`),
      fc.tuple(simple, word).map(([a, b]) => `${a} <<< ${b}`),
      word.map((inner) => `[[ ${inner} == a* ]] && ls`),
      simple.map((inner) => `\`${inner}\``),
      simple.map((inner) => `${inner} # ${inner}`),
    ),
  };
});

const slips = [..."'\"`$(){};&|<\\# *,=~!\n".split(""), "", "", "<(", "$("];

/** Commands that parse, most of them, and what they become when somebody mistypes one character. */
export const shellLine: fc.Arbitrary<string> = fc
  .tuple(line, fc.option(fc.tuple(fc.nat(200), fc.nat(2), fc.constantFrom(...slips)), { freq: 2 }))
  .map(([text, slip]) => {
    if (slip === null) return text;
    const [at, gone, come] = slip;
    const place = at % (text.length + 1);
    return text.slice(0, place) + come + text.slice(place + gone);
  });
