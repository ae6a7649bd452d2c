import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { comparePolicies } from "@holdfast/engine";
import type { PolicyFileText } from "@holdfast/engine";
import type { PolicyEdit } from "@holdfast/learn";
import { makeFolder } from "@holdfast/log";
import { counted, printable } from "@holdfast/model";
import type { LoadedPolicies } from "@holdfast/runtime";
import { changeTable, isWidening } from "../change-report.ts";
import type { CommandContext } from "../command-context.ts";
import { exitCode } from "../exit-code.ts";
import { badArguments } from "../failure.ts";
import { unifiedDiff } from "../line-diff.ts";
import { needLog } from "../log-option.ts";
import { loadPolicySource } from "../policies.ts";
import { replaceFolder } from "../folder-replacement.ts";
import { filesMarked } from "../printed-folder.ts";
import type { FolderOwner } from "../printed-folder.ts";
import { progressLine } from "../progress.ts";
import { recordedChanges } from "../replay/recorded-change.ts";
import { brokenTests, recordedTests } from "./recorded-tests.ts";
import type { RecordedTests } from "./recorded-tests.ts";
import { refined } from "./refinement.ts";
import type { RefinedSet } from "./refinement.ts";
import { readProposals, readReviews, Reviews } from "./review-file.ts";

/** What `holdfast learn --policy` was told. */
export interface RefineOptions {
  readonly policy: string;
  readonly data: string;
  /** Unix ms */
  readonly since?: number;
  readonly approved?: string;
  readonly denied?: string;
  readonly close?: string;
  readonly out?: string;
  readonly diff?: boolean;
  readonly tests?: string;
  readonly failOnWidening?: boolean;
}

/** The first words of every file of recorded tests. */
const mark = "recorded by `holdfast learn`";

const owner: FolderOwner = {
  mark,
  refusal: (path) => `\`${path}\` was not recorded; give \`--tests\` a folder of its own`,
};

/**
 * `holdfast learn --from-log --policy`: proposes the smallest change of policies, as a folder or a diff,
 * with what it would have done to the log. Exits with 10 on a widening when asked to.
 */
export async function refinePolicies(
  context: CommandContext,
  options: RefineOptions,
): Promise<void> {
  const { data, since, out, tests } = options;
  const terminal = context.terminal();
  if ((out === undefined) === (options.diff !== true)) {
    throw badArguments("say where the refined policies go: `-o DIR`, or `--diff`");
  }
  needLog(data);
  if (out !== undefined && existsSync(out) && readdirSync(out).length > 0) {
    throw badArguments(
      `\`${out}\` is not empty; the refined policies go into a folder of their own`,
    );
  }
  if (tests !== undefined) filesMarked(tests, owner);
  const policies = loadPolicySource(options.policy, terminal);
  const reviews = new Reviews();
  if (options.approved !== undefined) readReviews(reviews, "approved", options.approved);
  if (options.denied !== undefined) readReviews(reviews, "denied", options.denied);
  const set = await refined({
    policies,
    data,
    sinceMs: since ?? 0,
    reviews,
    proposals: options.close === undefined ? [] : readProposals(options.close),
    progress: progressLine(context, "records"),
  });
  const made = await recordedTests(set, policies.root);
  const change = comparePolicies(policies.bundle, set.bundle, { progress: () => undefined });
  const window = since === undefined ? { data } : { data, since };
  const report = { change, recorded: await recordedChanges(policies.bundle, set.bundle, window) };
  const said = [
    ...toldOf(set),
    ...reviews.unseen.map((each) => `in no record that was read: ${each}`),
    ...made.unmade.map((name) => `no test: ${name}: it is decided otherwise without its log`),
    ...(await brokenTests(policies.files, set.files, policies.root)).map(
      (name) => `fails now: ${name}; a test of the policies expects what is changed`,
    ),
  ].map((line) => printable(line));
  const impact = changeTable(report, terminal.colors);
  if (out === undefined) {
    const diff = diffOf(policies, set);
    if (diff !== "") terminal.data(diff);
    terminal.words([...said, "", impact].join("\n"));
  } else {
    writeSet(out, policies, set);
    terminal.data([...said, "", impact].join("\n"));
    terminal.words(
      `wrote ${counted(set.files.length, "file")} to \`${out}\`; read the difference before you enforce it`,
    );
  }
  if (tests !== undefined) writeTests(tests, made, terminal);
  const isWide = options.failOnWidening === true && isWidening(report);
  context.exit(isWide ? exitCode.findings : exitCode.ok);
}

/** What is changed and what is not, a line each, the widening first. */
function toldOf({ edits, unresolved, closed, tooNarrow, redacted }: RefinedSet): readonly string[] {
  const lines = [
    ...edits.flatMap((edit) => editLines(edit)),
    ...closed.map(
      ({ name, kills }) =>
        `NARROWS  \`${name}\` is new, and stops ${counted(kills.length, "attack")}`,
    ),
    ...tooNarrow.map(
      ({ proposal, records }) =>
        `left out: \`${proposal.name}\`, which stops ${counted(proposal.kills.length, "attack")}, as it would refuse ${counted(records.length, "call")} that ran or were approved: ${recordsText(records)}`,
    ),
    ...unresolved.map(({ sequence, because }) => `not changed: record ${sequence}: ${because}`),
    ...(redacted === 0
      ? []
      : [`${counted(redacted, "decision")} left out: values are redacted, and nobody can tell`]),
  ];
  return lines.length === 0 ? ["nothing to change"] : lines;
}

function editLines(edit: PolicyEdit): readonly string[] {
  const what =
    edit.kind === "except"
      ? `\`${edit.policy}/${edit.rule}\` leaves out`
      : `a new rule grants \`${edit.tool}\` to ${edit.agents.join(", ")} where`;
  const others =
    edit.admits.length === 0
      ? ""
      : `; also for ${counted(edit.admits.length, "refused call")} that nobody looked at: ${recordsText(edit.admits)}`;
  return [
    `WIDENS  ${what}`,
    `        ${edit.condition}`,
    `        approved: ${recordsText(edit.calls)}${others}`,
  ];
}

const recordsShown = 8;

function recordsText(records: readonly number[]): string {
  const shown = records.slice(0, recordsShown).join(", ");
  const more = records.length - recordsShown;
  return `record ${shown}${more > 0 ? ` and ${more} more` : ""}`;
}

function diffOf({ files }: LoadedPolicies, set: RefinedSet): string {
  const before = new Map(files.map(({ path, text }) => [path, text]));
  return set.files
    .map(({ path, text }) => unifiedDiff(path, before.get(path) ?? "", text))
    .filter((diff) => diff !== "")
    .join("\n");
}

/** Paths of policy files begin with the folder as it was named. */
function writeSet(out: string, { root }: LoadedPolicies, { files }: RefinedSet): void {
  for (const { path, text } of files) {
    const target = join(out, path.slice(root.length).replace(/^\/+/u, ""));
    makeFolder(dirname(target));
    writeFileSync(target, text, { flag: "wx" });
  }
}

function writeTests(
  folder: string,
  { files, cases }: RecordedTests,
  terminal: ReturnType<CommandContext["terminal"]>,
): void {
  const header = `# ${mark}: calls of a log and what people said of them\n`;
  const written = files.map(({ path, text }): PolicyFileText => ({
    path: join(folder, path),
    text: `${header}${text}`,
  }));
  replaceFolder(folder, written);
  terminal.words(`wrote ${counted(cases, "test case")} to \`${folder}\``);
}
