import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, Option } from "commander";
import { beforeAll, describe, expect, test } from "vitest";
import { needTool } from "../../../tools/need-tool.ts";
import { commandTree } from "../src/completion/command-tree.ts";
import { folderOf, holdfast } from "./command.ts";

/** What each shell must offer for a command line; the last word is the one being typed. */
const asked: readonly { readonly line: string; readonly offers: readonly string[] }[] = [
  { line: "holdfast aud", offers: ["audit"] },
  {
    line: "holdfast audit ",
    offers: [
      "erase",
      "export",
      "fsck",
      "help",
      "hold",
      "prove",
      "prune",
      "publish",
      "query",
      "rotate-key",
      "session",
      "verify",
      "verify-proof",
    ],
  },
  { line: "holdfast --no-color sche", offers: ["schema"] },
  { line: "holdfast test --out", offers: ["--output"] },
  { line: "holdfast check -o j", offers: ["json", "jsonl"] },
  { line: "holdfast test -p policies --output y", offers: ["yaml"] },
  { line: "holdfast check --policy test --request ca", offers: ["call.json"] },
  { line: "holdfast test --policy pol", offers: ["policies/"] },
  { line: "holdfast audit query --effect de", offers: ["defer", "deny"] },
  { line: "holdfast schema Poli", offers: ["Policy", "PolicyTest"] },
  { line: "holdfast explain unknown_too", offers: ["unknown_tool"] },
  { line: "holdfast fmt pol", offers: ["policies/", "policy.yaml"] },
  { line: "holdfast completion z", offers: ["zsh"] },
  { line: "holdfast help wr", offers: ["wrap"] },
  { line: "holdfast wrap mcp --server crm -- node call.", offers: ["call.json"] },
];

function place(): string {
  return folderOf({ "call.json": "{}", "policies/a.yaml": "", "policy.yaml": "" });
}

async function script(shell: string): Promise<string> {
  const { code, stdout } = await holdfast(["completion", shell]);
  expect(code).toBe(0);
  return stdout;
}

function sorted(lines: string): readonly string[] {
  return [...new Set(lines.split("\n").filter((line) => line !== ""))].toSorted();
}

describe("bash", () => {
  test.each(asked)("offers $offers for `$line`", async ({ line, offers }) => {
    const folder = place();
    const words = line.split(" ");
    const run = `${await script("bash")}
complete -p holdfast >/dev/null || exit 9
COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})
COMP_CWORD=${words.length - 1}
_holdfast_complete
for found in "\${COMPREPLY[@]}"; do [[ -d $found ]] && found+=/; printf '%s\\n' "$found"; done`;
    const ran = execFileSync("bash", ["--norc", "-c", run], { cwd: folder, encoding: "utf8" });
    expect(sorted(ran)).toEqual(offers);
  });

  test("takes `--output=j` for an option and its value", async () => {
    const run = `${await script("bash")}
COMP_WORDS=(holdfast check --output = j); COMP_CWORD=4; _holdfast_complete; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const ran = execFileSync("bash", ["--norc", "-c", run], { encoding: "utf8" });
    expect(sorted(ran)).toEqual(["json", "jsonl"]);
  });
});

describe("fish", () => {
  test.for(asked)("offers $offers for `$line`", async ({ line, offers }, context) => {
    const fish = needTool(context, "fish");
    const folder = place();
    const path = join(folder, ".holdfast.fish");
    writeFileSync(path, await script("fish"));
    const run = ["--no-config", "-c", `source ${path}; complete -C '${line}'`];
    const ran = execFileSync(fish, run, { cwd: folder, encoding: "utf8" });
    expect(sorted(ran.replaceAll(/\t.*$/gmu, ""))).toEqual(offers);
  });
});

/** A terminal in a terminal, in which zsh completes as for a person and tells what it adds. */
const zshDriver = `
zmodload zsh/zpty
zpty shell zsh -f -i
send() { zpty -w shell "$1" }
send 'PS1= ; autoload -Uz compinit; compinit -C -d $DUMP; zstyle ":completion:*" list-prompt ""'
send 'compadd() { local -a found; builtin compadd -O found "$@"; print -rl -- $found >> $ADDED; builtin compadd "$@" }'
send 'source .holdfast.zsh; print ready > .ready'
until [[ -s .ready ]]; do sleep 0.05; done
send 'done-widget() { zle complete-word; print done > .done; }; zle -N done-widget; bindkey "^I" done-widget; print bound > .bound'
until [[ -s .bound ]]; do sleep 0.05; done
zpty -w -n shell "$LINE_TYPED"$'\t'
until [[ -s .done ]]; do sleep 0.05; done
zpty -d shell
`;

describe("zsh", () => {
  // What zsh finds out about its own functions takes seconds, and is the same for every case.
  let dump = "";
  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-zsh-"));
    dump = join(folder, "dump");
    return () => rmSync(folder, { recursive: true, force: true });
  });

  test.for(asked)("offers $offers for `$line`", async ({ line, offers }, context) => {
    const zsh = needTool(context, "zsh");
    const folder = place();
    writeFileSync(join(folder, ".holdfast.zsh"), await script("zsh"));
    const added = join(folder, ".added");
    writeFileSync(added, "");
    const env = { ...process.env, ADDED: added, DUMP: dump, LINE_TYPED: line, TERM: "dumb" };
    execFileSync(zsh, ["-f", "-c", zshDriver], { cwd: folder, env });
    const directories = new Set(["policies"]);
    const found = readFileSync(added, "utf8").replaceAll(/^.*$/gmu, (name) =>
      directories.has(name) ? `${name}/` : name,
    );
    expect(sorted(found)).toEqual(offers);
  });
});

test("every command, option and value is read from the program", () => {
  const program = new Command("gate").description("a gate");
  const inner = new Command("open")
    .description("opens it")
    .argument("<file>", "what")
    .addOption(new Option("-w, --width <how>", "how wide").choices(["wide", "narrow"]))
    .addOption(new Option("--secret").hideHelp());
  program.addCommand(new Command("door").addCommand(inner));
  const [door] = commandTree(program).commands;
  expect(door?.commands.map(({ path }) => path.join(" "))).toEqual(["door open", "door help"]);
  expect(door?.commands[0]).toMatchObject({
    summary: "opens it",
    offers: [{ kind: "files" }],
    options: [
      { flags: ["-w", "--width"], value: { kind: "words", words: ["wide", "narrow"] } },
      { flags: ["-h", "--help"] },
    ],
  });
});

test("an unknown shell is told with the nearest that is known", async () => {
  expect(await holdfast(["completion", "bsh"])).toEqual({
    code: 2,
    stdout: "",
    stderr: "unknown shell `bsh`; did you mean `bash`?\n",
  });
});
