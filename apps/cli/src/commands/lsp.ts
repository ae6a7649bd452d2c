import { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { version } from "../version.ts";

/** `holdfast lsp`: the language server for editors, over standard input and output. */
export function lspCommand({ host }: CommandContext): Command {
  return new Command("lsp")
    .description("answer an editor by the language server protocol, over standard input and output")
    .option("--stdio", "accepted for editors that say it; there is no other way")
    .addHelpText("after", notes)
    .action(async () => {
      // Loaded here, since no other command needs the protocol's library.
      const { serve } = await import("@holdfast/language-server");
      serve({ input: host.stdin, output: host.stdout, version });
      // The editor's word ends the process.
      await new Promise<never>(() => {});
    });
}

const notes = `
Example, for Neovim 0.11:
  vim.lsp.config("holdfast", { cmd = { "holdfast", "lsp" }, filetypes = { "yaml" } })
  vim.lsp.enable("holdfast")

Errors and lint findings, completion, hover, definitions, references, rename, outline, formatting and
repairs, over the whole policy folder and as it is in the editor. Setting up editors: docs/edit-policies.md
`;
