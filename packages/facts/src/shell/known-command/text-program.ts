import type { CommandEntries, CommandEntry } from "./command-entry.ts";

const help = "--help --version";

const digest: CommandEntry = {
  options: `-btwz --binary --text --tag --zero --status --quiet --strict --warn ${help}`,
  operands: "read*",
};

const grep: CommandEntry = {
  options: `-EFGPiywxzsvVbnHhoqaIrRLlcTZUu -e:text -f:read -m:text -d:text -D:text -A:text
    -B:text -C:text --extended-regexp --fixed-strings --basic-regexp --perl-regexp --regexp:text
    --file:read --ignore-case --no-ignore-case --word-regexp --line-regexp --null-data
    --no-messages --invert-match --max-count:text --byte-offset --line-number --line-buffered
    --with-filename --no-filename --label:text --only-matching --quiet --silent
    --binary-files:text --text --directories:text --devices:text --recursive
    --dereference-recursive --include:text --exclude:text --exclude-from:read --exclude-dir:text
    --files-without-match --files-with-matches --count --initial-tab --null --before-context:text
    --after-context:text --context:text --group-separator:text --no-group-separator --color:text?
    --colour:text? --binary --unix-byte-offsets ${help}`,
  operands: "text read*",
  insteadOfFirst: "-e -f --regexp --file",
  readsFolder: "-r -R --recursive --dereference-recursive",
  digits: true,
};

/** Programs that read files or standard input and print. */
export const textPrograms: CommandEntries = {
  cat: {
    options: `-AbeEnstTuv --show-all --number-nonblank --show-ends --number --squeeze-blank
      --show-tabs --show-nonprinting ${help}`,
    operands: "read*",
  },
  tac: { options: `-br -s:text --before --regex --separator:text ${help}`, operands: "read*" },
  rev: { options: help, operands: "read*" },
  head: {
    options: `-qvz -c:text -n:text --bytes:text --lines:text --quiet --silent --verbose
      --zero-terminated ${help}`,
    operands: "read*",
    digits: true,
  },
  tail: {
    options: `-fFqvz -c:text -n:text -s:text --bytes:text --follow:text? --lines:text
      --max-unchanged-stats:text --pid:text --quiet --silent --retry --sleep-interval:text
      --verbose --zero-terminated ${help}`,
    operands: "read*",
    digits: true,
  },
  wc: {
    options: `-cmlLw --bytes --chars --lines --words --max-line-length --files0-from:run
      --total:text ${help}`,
    operands: "read*",
  },
  nl: {
    options: `-p -b:text -d:text -f:text -h:text -i:text -l:text -n:text -s:text -v:text -w:text
      --body-numbering:text --number-width:text --number-format:text ${help}`,
    operands: "read*",
  },
  grep,
  egrep: grep,
  fgrep: grep,
  sort: {
    options: `-bdfgiMhnRrVcCmsuz -k:text -t:text -o:write -S:text -T:write
      --ignore-leading-blanks --dictionary-order --ignore-case --general-numeric-sort
      --ignore-nonprinting --month-sort --human-numeric-sort --numeric-sort --random-sort
      --random-source:read --reverse --sort:text --version-sort --batch-size:text --check:text?
      --compress-program:run --debug --files0-from:run --key:text --merge --output:write --stable
      --buffer-size:text --field-separator:text --temporary-directory:write --parallel:text
      --unique --zero-terminated ${help}`,
    operands: "read*",
  },
  uniq: {
    options: `-cdDiuz -f:text -s:text -w:text --count --repeated --all-repeated:text?
      --skip-fields:text --group:text? --ignore-case --skip-chars:text --unique --zero-terminated
      --check-chars:text ${help}`,
    operands: "read write",
  },
  cut: {
    options: `-nsz -b:text -c:text -d:text -f:text --bytes:text --characters:text
      --delimiter:text --fields:text --complement --only-delimited --output-delimiter:text
      --zero-terminated ${help}`,
    operands: "read*",
  },
  tr: {
    options: `-cCdst --complement --delete --squeeze-repeats --truncate-set1 ${help}`,
    operands: "text text",
    inOrder: true,
  },
  fold: {
    options: `-bs -w:text --bytes --spaces --width:text ${help}`,
    operands: "read*",
    digits: true,
  },
  fmt: {
    options: `-cstu -p:text -w:text -g:text --crown-margin --split-only --tagged-paragraph
      --uniform-spacing --prefix:text --width:text --goal:text ${help}`,
    operands: "read*",
  },
  paste: { options: `-sz -d:text --serial --delimiters:text ${help}`, operands: "read*" },
  join: {
    options: `-iz -a:text -e:text -j:text -o:text -t:text -v:text -1:text -2:text --ignore-case
      --check-order --nocheck-order --header ${help}`,
    operands: "read read",
  },
  comm: {
    options: `-123z --check-order --nocheck-order --output-delimiter:text --total ${help}`,
    operands: "read read",
  },
  column: {
    options: `-texnJ -s:text -o:text -c:text -N:text -R:text -H:text -T:text -n:text
      --table --json --separator:text --output-separator:text --table-columns:text ${help}`,
    operands: "read*",
  },
  expand: { options: `-i -t:text --initial --tabs:text ${help}`, operands: "read*" },
  unexpand: { options: `-a -t:text --all --first-only --tabs:text ${help}`, operands: "read*" },
  tsort: { options: help, operands: "read" },
  cmp: {
    options: `-bls -i:text -n:text --print-bytes --verbose --quiet --silent --bytes:text ${help}`,
    operands: "read read text*",
  },
  diff: {
    options: `-uqrNyiwbBcaZEtTsdlpe -U:text -C:text -W:text -x:text -X:read -I:text -L:text
      -F:text -S:text --normal --brief --report-identical-files --unified:text? --context:text?
      --ed --rcs --side-by-side --width:text --left-column --suppress-common-lines
      --show-c-function --label:text --expand-tabs --recursive --no-dereference --new-file
      --unidirectional-new-file --ignore-file-name-case --exclude:text --exclude-from:read
      --starting-file:text --from-file:read --to-file:read --ignore-case --ignore-tab-expansion
      --ignore-trailing-space --ignore-space-change --ignore-all-space --ignore-blank-lines
      --ignore-matching-lines:text --text --strip-trailing-cr --minimal --speed-large-files
      --color:text? ${help}`,
    operands: "read*",
  },
  md5sum: digest,
  sha1sum: digest,
  sha224sum: digest,
  sha256sum: digest,
  sha384sum: digest,
  sha512sum: digest,
  b2sum: { options: `${digest.options ?? ""} -l:text --length:text`, operands: "read*" },
  cksum: { options: help, operands: "read*" },
  sum: { options: `-rs --sysv ${help}`, operands: "read*" },
  base64: {
    options: `-di -w:text --decode --ignore-garbage --wrap:text ${help}`,
    operands: "read",
  },
  base32: {
    options: `-di -w:text --decode --ignore-garbage --wrap:text ${help}`,
    operands: "read",
  },
  od: {
    options: `-bcdfilosxv -A:text -j:text -N:text -S:text -t:text -w:text? --address-radix:text
      --skip-bytes:text --read-bytes:text --format:text --output-duplicates ${help}`,
    operands: "read*",
  },
  hexdump: { options: "-bcCdovx -e:text -f:read -n:text -s:text", operands: "read*" },
  xxd: {
    options: "-abeiprsuEC -c:text -g:text -l:text -o:text -n:text",
    operands: "read write",
  },
  strings: {
    options: `-afw -n:text -t:text -e:text --all --print-file-name --bytes:text --radix:text
      --encoding:text ${help}`,
    operands: "read*",
    digits: true,
  },
  shuf: {
    options: `-erz -i:text -n:text -o:write --echo --input-range:text --head-count:text
      --output:write --random-source:read --repeat --zero-terminated ${help}`,
    operands: "read*",
  },
  jq: {
    options: `-ceCnMrRsSja --compact-output --exit-status --color-output --null-input
      --monochrome-output --raw-output --raw-input --slurp --sort-keys --join-output
      --ascii-output --tab --indent:text ${help}`,
    operands: "text read*",
    reader: "jq",
  },
};
