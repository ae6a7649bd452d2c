import { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { auditExportCommand } from "./audit-export.ts";
import { auditQueryCommand } from "./audit-query.ts";
import { auditVerifyCommand } from "./audit-verify.ts";

/** `holdfast audit`: asks the log, and proves that it is whole. */
export function auditCommand(context: CommandContext): Command {
  return new Command("audit")
    .description("ask the log, and prove that it is whole")
    .addHelpText("after", examples)
    .addCommand(auditVerifyCommand(context))
    .addCommand(auditQueryCommand(context))
    .addCommand(auditExportCommand(context));
}

const examples = `
Examples:
  holdfast audit verify --data .holdfast
  holdfast audit query --data .holdfast --effect deny --since 24h
`;
