import type { CommandEntries, CommandEntry } from "./command-entry.ts";

const help = "--help --version";
const shell: CommandEntry = { reader: "shell", interpreter: true };
const language: CommandEntry = { interpreter: true, opaque: "a program that runs code" };

/** A program that runs the command in its operands, and its options, in order. */
const wrapper = (options: string): CommandEntry => ({
  options: `${options} ${help}`,
  operands: "text*",
  inOrder: true,
  reader: "wrapper",
});

/** Programs that run others, and those that run code. */
export const runningPrograms: CommandEntries = {
  env: {
    options: `-i0v -u:text -C:run -S:run --ignore-environment --null --unset:text --chdir:run
      --split-string:run --debug ${help}`,
    inOrder: true,
    reader: "env",
  },
  xargs: {
    options: `-0oprtx -a:read -d:text -E:text -I:run -i:text? -L:text -n:text -P:text -s:text
      --null --arg-file:read --delimiter:text --max-lines:text? --max-args:text --max-procs:text
      --max-chars:text --interactive --no-run-if-empty --verbose --exit --open-tty ${help}`,
    inOrder: true,
    reader: "xargs",
  },
  nice: { ...wrapper("-n:text --adjustment:text"), digits: true },
  nohup: wrapper(""),
  setsid: wrapper("-cfw --ctty --fork --wait"),
  stdbuf: wrapper("-i:text -o:text -e:text --input:text --output:text --error:text"),
  ionice: wrapper("-t -c:text -n:text --ignore --class:text --classdata:text"),
  command: wrapper("-pvV"),
  builtin: wrapper(""),
  exec: wrapper("-cl -a:text"),
  sudo: wrapper(
    "-AbEHnkKPSs -u:text -g:text -p:text -h:text -C:text -T:text --user:text --group:text --non-interactive --preserve-env:text? --set-home --stdin",
  ),
  doas: wrapper("-n -u:text"),
  timeout: {
    ...wrapper("-v -k:text -s:text --preserve-status --foreground --kill-after:text --signal:text"),
    reader: "timeout",
  },
  sh: shell,
  bash: shell,
  dash: shell,
  ksh: language,
  zsh: language,
  fish: language,
  csh: language,
  tcsh: language,
  ash: language,
  busybox: { interpreter: true, opaque: "a program that is many programs" },
  python: language,
  python2: language,
  python3: language,
  pypy3: language,
  perl: language,
  ruby: language,
  irb: language,
  node: language,
  nodejs: language,
  deno: language,
  bun: language,
  php: language,
  lua: language,
  tclsh: language,
  Rscript: language,
  awk: language,
  gawk: language,
  mawk: language,
  nawk: language,
  bc: language,
  dc: language,
  ed: language,
  ex: language,
  vi: language,
  vim: language,
  emacs: language,
  psql: language,
  mysql: language,
  sqlite3: language,
  powershell: language,
  pwsh: language,
  cmd: language,
};
