/** Variables of one's own that a line of commands commonly sets, and that no program looks at. */
const ownNames: ReadonlySet<string> = new Set(
  "ARCHIVE BRANCH COUNT DEST DIR DIRS DST FILE FILENAME FILES FOLDER INDEX INPUT ITEM LINE NAME NAMES NUM OUTPUT PATTERN RESULT SRC TARGET VALUE WORD".split(
    " ",
  ),
);

const lowerNames: ReadonlySet<string> = new Set(
  "all_proxy auto_resume ftp_proxy histchars http_proxy https_proxy no_proxy rsync_proxy".split(
    " ",
  ),
);

/**
 * Whether setting a variable changes nothing but the texts that name it. Names in upper case are
 * those that the shell and programs look at (`PATH`, `IFS`, `LD_PRELOAD`, `GIT_PAGER`), and one
 * that is exported already stays so.
 */
export function isPlainVariable(name: string): boolean {
  if (/^[a-z_][a-z0-9_]*$/.test(name)) return !lowerNames.has(name) && name !== "_";
  return /^[A-Z][0-9]?$/.test(name) || ownNames.has(name);
}

const environmentNames: ReadonlySet<string> = new Set(
  "CI CLICOLOR CLICOLOR_FORCE COLUMNS FORCE_COLOR LANG LANGUAGE LINES NO_COLOR TERM TZ".split(" "),
);

/** Whether a variable in the environment of a known program changes no more than its output. */
export function isPlainEnvironment(name: string): boolean {
  return environmentNames.has(name) || /^LC_[A-Z]+$/.test(name) || isPlainVariable(name);
}
