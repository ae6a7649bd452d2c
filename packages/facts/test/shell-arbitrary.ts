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
  " ",
  " ",
  " ",
  "\n",
  "\nE\n",
  "\t",
  "\\\n",
  "for i in a b; do echo $i; done",
  "$(ls a)",
  "`cat b`",
  '"$(head)"',
  "é",
];

/** Texts that are more or less commands. */
export const shellText: fc.Arbitrary<string> = fc
  .array(fc.tuple(fc.constantFrom(...pieces), fc.boolean()), { minLength: 1, maxLength: 14 })
  .map((parts) => parts.map(([piece, spaced]) => (spaced ? `${piece} ` : piece)).join(""));
