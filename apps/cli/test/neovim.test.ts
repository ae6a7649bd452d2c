import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { needTool } from "../../../tools/need-tool.ts";
import { folderOf, program } from "./command.ts";

const policy = `apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: mail}
spec:
  match: {tools: [mail.send]}
  rules:
    - {id: own, effect: allow, when: agnt.id == "a"}
`;

/** What a person would do, in Neovim's own words; its answers are printed as JSON. */
const session = `
local function run()
  vim.cmd("edit " .. vim.env.POLICY)
  local id = vim.lsp.start_client({ name = "holdfast", cmd = { vim.env.NODE, vim.env.HOLDFAST, "lsp" }, root_dir = vim.fn.getcwd() })
  vim.lsp.buf_attach_client(0, id)
  local function wait(done) assert(vim.wait(50000, done, 20), "no answer") end
  local function errors()
    return vim.tbl_filter(function(each) return each.severity == 1 end, vim.diagnostic.get(0))
  end
  local function ask(method, params)
    params.textDocument = { uri = vim.uri_from_bufnr(0) }
    for _, answer in pairs(vim.lsp.buf_request_sync(0, method, params, 50000)) do return answer.result end
  end
  local said = {}
  wait(function() return #errors() > 0 end)
  said.error = errors()[1].message
  vim.api.nvim_buf_set_text(0, 6, 37, 6, 41, { "agent" })
  wait(function() return #errors() == 0 end)
  local items = ask("textDocument/completion", { position = { line = 6, character = 43 } })
  said.labels = vim.tbl_map(function(item) return item.label end, items)
  said.hover = ask("textDocument/hover", { position = { line = 6, character = 39 } }).contents.value
  vim.api.nvim_buf_set_text(0, 6, 7, 6, 7, { "   " })
  local edits = ask("textDocument/formatting", { options = { tabSize = 2, insertSpaces = true } })
  vim.lsp.util.apply_text_edits(edits, 0, "utf-16")
  said.text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\\n")
  return said
end
local ok, said = pcall(run)
io.stdout:write(ok and vim.json.encode(said) or vim.json.encode({ failed = said }))
vim.cmd("qall!")
`;

test("Neovim's own client attaches, and gets errors, completion, hover and formatting", (context) => {
  const neovim = needTool(context, "nvim");
  const folder = folderOf({ "policies/mail.yaml": policy, "session.lua": session });
  const env = {
    ...process.env,
    HOME: folder,
    NODE: process.execPath,
    HOLDFAST: program,
    POLICY: join(folder, "policies/mail.yaml"),
  };
  const run = ["--headless", "--clean", "-c", `luafile ${join(folder, "session.lua")}`];
  const printed = execFileSync(neovim, run, {
    cwd: folder,
    env,
    encoding: "utf8",
    timeout: 55_000,
  });
  const said: unknown = JSON.parse(printed.slice(printed.indexOf("{")));
  expect(said).toMatchObject({
    error: expect.stringContaining("unknown variable `agnt`"),
    labels: expect.arrayContaining(["id", "roles", "owner"]),
    hover: expect.stringContaining("agent"),
    text: policy.replace("agnt", "agent").trimEnd(),
  });
});
