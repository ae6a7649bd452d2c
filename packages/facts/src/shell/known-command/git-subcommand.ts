import type { CommandEntries } from "./command-entry.ts";

const diff = `-p -u -s -R -a -b -w -z -W -r -t -c -m -B:text? -C:text? -D -G:text -I:text -M:text?
  -O:read -S:text -U:text? -X:text? -l:text --patch --no-patch --unified:text --raw
  --patch-with-raw --indent-heuristic --no-indent-heuristic --minimal --patience --histogram
  --anchored:text --diff-algorithm:text --stat:text? --stat-width:text --stat-name-width:text
  --stat-count:text --stat-graph-width:text --compact-summary --numstat --shortstat
  --dirstat:text? --cumulative --dirstat-by-file:text? --summary --patch-with-stat --name-only
  --name-status --submodule:text? --color:text? --no-color --color-moved:text? --no-color-moved
  --color-moved-ws:text --word-diff:text? --word-diff-regex:text --color-words:text?
  --no-renames --rename-empty --no-rename-empty --check --ws-error-highlight:text --full-index
  --binary --abbrev:text? --no-abbrev --break-rewrites:text? --find-renames:text?
  --find-copies:text? --find-copies-harder --irreversible-delete --diff-filter:text
  --pickaxe-all --pickaxe-regex --skip-to:text --rotate-to:text --relative:text? --no-relative
  --text --ignore-cr-at-eol --ignore-space-at-eol --ignore-space-change --ignore-all-space
  --ignore-blank-lines --ignore-matching-lines:text --inter-hunk-context:text --function-context
  --exit-code --quiet --no-ext-diff --no-textconv --ignore-submodules:text? --src-prefix:text
  --dst-prefix:text --no-prefix --line-prefix:text --ita-invisible-in-index --cc --combined-all-paths
  --output:write --ext-diff:run --textconv:run --no-index:run --orderfile:read`;

const log = `-g -i -E -F -P -h -n:text -L:text --follow --no-decorate --decorate:text?
  --decorate-refs:text --decorate-refs-exclude:text --source --mailmap --no-mailmap
  --use-mailmap --full-diff --log-size --max-count:text --skip:text --since:text --after:text
  --until:text --before:text --since-as-filter:text --author:text --committer:text
  --grep-reflog:text --grep:text --all-match --invert-grep --regexp-ignore-case --basic-regexp
  --extended-regexp --fixed-strings --perl-regexp --remove-empty --merges --no-merges
  --min-parents:text --max-parents:text --no-min-parents --no-max-parents --first-parent
  --exclude-first-parent-only --not --all --branches:text? --tags:text? --remotes:text?
  --glob:text --exclude:text --reflog --single-worktree --ignore-missing --bisect --cherry-mark
  --cherry-pick --left-only --right-only --cherry --walk-reflogs --merge --boundary
  --simplify-by-decoration --show-pulls --full-history --dense --sparse --simplify-merges
  --ancestry-path:text? --date-order --author-date-order --topo-order --reverse --no-walk:text?
  --do-walk --pretty:text? --format:text --abbrev-commit --no-abbrev-commit --oneline
  --encoding:text --expand-tabs:text? --no-expand-tabs --notes:text? --no-notes
  --show-notes-by-default --show-notes:text? --standard-notes --no-standard-notes
  --show-signature:run --relative-date --date:text --parents --children --left-right --graph
  --no-graph --show-linear-break:text? --diff-merges:text --no-diff-merges --remerge-diff
  --dd --count --stdin:run`;

const folder = { readsFolder: true, cautious: true } as const;

/** Of git's own options, those that change nothing but what is printed. */
export const gitOptions = `-C:run -c:run -p:run -P --paginate:run --no-pager --git-dir:run
  --work-tree:run --namespace:text --exec-path:run --config-env:run --no-replace-objects --bare
  --literal-pathspecs --glob-pathspecs --noglob-pathspecs --icase-pathspecs
  --no-optional-locks --version --help`;

/** What is known of git's own commands; others run hooks, reach other machines or change much. */
export const gitSubcommands: CommandEntries = {
  status: {
    options: `-s -b -v -u:text? -z --short --branch --show-stash --porcelain:text? --long
      --verbose --untracked-files:text? --ignore-submodules:text? --ignored:text? --column:text?
      --no-column --ahead-behind --no-ahead-behind --renames --no-renames --find-renames:text?`,
    operands: "read*",
    ...folder,
  },
  log: { options: `${diff} ${log}`, operands: "read*", digits: true, ...folder },
  show: { options: `${diff} ${log}`, operands: "read*", digits: true, ...folder },
  shortlog: {
    options: `${log} -s -e -w:text? --summary --numbered --email`,
    operands: "read*",
    ...folder,
  },
  diff: {
    options: `${diff} -0123 --cached --staged --merge-base --base --ours --theirs`,
    operands: "read*",
    ...folder,
  },
  branch: {
    options: `-a -r -v -l -i --list --all --remotes --verbose --show-current --color:text?
      --no-color --column:text? --no-column --sort:text --contains:text? --no-contains:text?
      --merged:text? --no-merged:text? --points-at:text --format:text --ignore-case --abbrev:text?
      --no-abbrev`,
    operands: "text*",
    reader: "branch",
    ...folder,
  },
  blame: {
    options: `-b -c -l -t -f -n -s -e -w -p -L:text -M:text? -C:text? --root --show-stats
      --line-porcelain --porcelain --incremental --date:text --show-name --show-number
      --show-email --abbrev:text --color-lines --color-by-age --ignore-rev:text
      --ignore-revs-file:read --reverse --since:text`,
    operands: "read*",
    ...folder,
  },
  "ls-files": {
    options: `-z -t -v -f -c -d -o -i -s -u -k -m -x:text -X:read --cached --deleted --modified
      --others --ignored --stage --unmerged --killed --directory --no-empty-directory --eol
      --deduplicate --exclude:text --exclude-from:read --exclude-standard --error-unmatch
      --full-name --abbrev:text?`,
    operands: "read*",
    ...folder,
  },
  "ls-tree": {
    options: `-d -r -t -l -z --long --name-only --name-status --object-only --full-name
      --full-tree --abbrev:text? --format:text`,
    operands: "text read*",
    ...folder,
  },
  "rev-parse": {
    options: `-q --verify --quiet --short:text? --symbolic --symbolic-full-name --abbrev-ref:text?
      --all --is-inside-work-tree --is-inside-git-dir --is-bare-repository --show-toplevel
      --show-prefix --show-cdup --git-common-dir --absolute-git-dir --show-object-format:text?`,
    operands: "text*",
    ...folder,
  },
  "rev-list": { options: `${log} --objects --disk-usage:text?`, operands: "read*", ...folder },
  describe: {
    options: `--tags --all --always --long --abbrev:text? --dirty:text? --broken:text?
      --exact-match --candidates:text --match:text --exclude:text --contains --first-parent`,
    operands: "text*",
    ...folder,
  },
  add: {
    options: `-v -n -f -A -u -N --verbose --dry-run --force --all --no-ignore-removal --update
      --intent-to-add --refresh --ignore-errors --ignore-missing --renormalize --sparse`,
    operands: "change*",
    ...folder,
  },
};
