import type { CommandEntries } from "./command-entry.ts";

const help = "--help --version";

/** Programs that look at files, and those that make, move, change and remove them. */
export const filePrograms: CommandEntries = {
  ls: {
    options: `-aAbBcCdDfFgGhHiklLmnNopqQrRsStuUvxXZ1 -I:text -T:text -w:text --all --almost-all
      --author --escape --block-size:text --ignore-backups --color:text? --directory --dired
      --classify:text? --file-type --format:text --full-time --no-group --human-readable --si
      --dereference-command-line --dereference-command-line-symlink-to-dir --hide:text
      --hyperlink:text? --indicator-style:text --inode --ignore:text --kibibytes --dereference
      --numeric-uid-gid --literal --hide-control-chars --show-control-chars --quote-name
      --quoting-style:text --reverse --recursive --size --sort:text --time:text
      --time-style:text --tabsize:text --width:text --context --zero
      --group-directories-first ${help}`,
    operands: "read*",
    readsFolder: true,
  },
  stat: {
    options: `-Lft -c:text --dereference --file-system --terse --format:text --printf:text
      --cached:text ${help}`,
    operands: "read*",
  },
  file: {
    options: `-bihkLNnpPrsvzZ0 -F:text -m:read -f:run -C --brief --mime --mime-type
      --mime-encoding --dereference --no-dereference --separator:text --keep-going --raw
      --special-files --uncompress --print0 ${help}`,
    operands: "read*",
  },
  du: {
    options: `-aAbcDHhklLmPsSx0 -B:text -d:text -t:text -X:read --all --apparent-size
      --block-size:text --bytes --total --dereference-args --dereference --max-depth:text
      --files0-from:run --human-readable --inodes --count-links --no-dereference --separate-dirs
      --si --summarize --threshold:text --time:text? --time-style:text --exclude-from:read
      --exclude:text --one-file-system --null ${help}`,
    operands: "read*",
    readsFolder: true,
  },
  df: {
    options: `-aHhiklPTv -B:text -t:text -x:text --all --block-size:text --human-readable --si
      --inodes --local --no-sync --output:text? --portability --sync --total --type:text
      --print-type --exclude-type:text ${help}`,
    operands: "read*",
  },
  tree: {
    options: `-adfixlCnpugshDFqNQrtcUv -L:text -P:text -I:text -H:text -T:text -o:write
      --noreport --charset:text --filelimit:text --dirsfirst --du --prune --matchdirs --gitignore
      --si --timefmt:text --sort:text --fromfile --inodes --device ${help}`,
    operands: "read*",
    readsFolder: true,
  },
  readlink: {
    options: `-femnqsvz --canonicalize --canonicalize-existing --canonicalize-missing
      --no-newline --quiet --silent --verbose --zero ${help}`,
    operands: "read*",
  },
  realpath: {
    options: `-emLPqsz --canonicalize-existing --canonicalize-missing --logical --physical --quiet
      --relative-to:read --relative-base:read --strip --no-symlinks --zero ${help}`,
    operands: "read*",
  },
  find: { reader: "find" },
  rm: {
    options: `-fiIrRdv --force --interactive:text? --one-file-system --no-preserve-root
      --preserve-root:text? --recursive --dir --verbose ${help}`,
    operands: "write*",
    destructive: true,
  },
  rmdir: {
    options: `-pv --ignore-fail-on-non-empty --parents --verbose ${help}`,
    operands: "write*",
    destructive: true,
  },
  unlink: { options: help, operands: "write", destructive: true },
  shred: {
    options: `-fuvxz -n:text -s:text --force --iterations:text --random-source:read --size:text
      --remove:text? --verbose --exact --zero ${help}`,
    operands: "write*",
    destructive: true,
  },
  truncate: {
    options: `-co -r:read -s:text --no-create --io-blocks --reference:read --size:text ${help}`,
    operands: "write*",
    destructive: true,
  },
  mkdir: {
    options: `-pvZ -m:text --mode:text --parents --verbose --context:text? ${help}`,
    operands: "write*",
  },
  mkfifo: { options: `-Z -m:text --mode:text ${help}`, operands: "write*" },
  touch: {
    options: `-acfhm -d:text -r:read -t:text --no-create --date:text --no-dereference
      --reference:read --time:text ${help}`,
    operands: "write*",
  },
  tee: {
    options: `-aip --append --ignore-interrupts --output-error:text? ${help}`,
    operands: "write*",
  },
  cp: {
    options: `-abdfiHlLnPpRrsTuvxZ -S:text -t:write --archive --attributes-only --backup:text?
      --copy-contents --dereference --no-dereference --force --interactive --link --no-clobber
      --parents --preserve:text? --no-preserve:text --recursive --reflink:text?
      --remove-destination --sparse:text --strip-trailing-slashes --symbolic-link --suffix:text
      --target-directory:write --no-target-directory --update:text? --verbose
      --one-file-system ${help}`,
    operands: "read* write",
    insteadOfLast: "-t --target-directory",
  },
  mv: {
    options: `-bfinTuvZ -S:text -t:write --backup:text? --force --interactive --no-clobber
      --strip-trailing-slashes --suffix:text --target-directory:write --no-target-directory
      --update:text? --verbose ${help}`,
    operands: "change* write",
    insteadOfLast: "-t --target-directory",
  },
  ln: {
    options: `-bdFfiLnPrsTv -S:text -t:write --backup:text? --directory --force --interactive
      --logical --no-dereference --physical --relative --symbolic --suffix:text
      --target-directory:write --no-target-directory --verbose ${help}`,
    operands: "read* write",
    insteadOfLast: "-t --target-directory",
  },
  chmod: {
    options: `-cfvR --changes --silent --quiet --verbose --no-preserve-root --preserve-root
      --reference:read --recursive ${help}`,
    operands: "text write*",
    insteadOfFirst: "--reference",
  },
  chown: {
    options: `-cfvhRHLP --changes --silent --quiet --verbose --dereference --no-dereference
      --from:text --no-preserve-root --preserve-root --reference:read --recursive ${help}`,
    operands: "text write*",
    insteadOfFirst: "--reference",
  },
  chgrp: {
    options: `-cfvhRHLP --changes --silent --quiet --verbose --dereference --no-dereference
      --no-preserve-root --preserve-root --reference:read --recursive ${help}`,
    operands: "text write*",
    insteadOfFirst: "--reference",
  },
  dd: { reader: "dd" },
  sed: { reader: "sed" },
};
