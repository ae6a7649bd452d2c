import { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { auditExportCommand } from "./audit-export.ts";
import { auditEraseCommand } from "./audit-erase.ts";
import { auditQueryCommand } from "./audit-query.ts";
import { auditProveCommand } from "./audit-prove.ts";
import { auditVerifyProofCommand } from "./audit-verify-proof.ts";
import { auditPublishCommand } from "./audit-publish.ts";
import { auditFsckCommand } from "./audit-fsck.ts";
import { auditRotateKeyCommand } from "./audit-rotate-key.ts";
import { auditHoldCommand } from "./audit-hold.ts";
import { auditPruneCommand } from "./audit-prune.ts";
import { auditSessionCommand } from "./audit-session.ts";
import { auditVerifyCommand } from "./audit-verify.ts";

/** `holdfast audit`: asks the log, and proves that it is whole. */
export function auditCommand(context: CommandContext): Command {
  return new Command("audit")
    .description("ask the log, and prove that it is whole")
    .addHelpText("after", examples)
    .addCommand(auditVerifyCommand(context))
    .addCommand(auditQueryCommand(context))
    .addCommand(auditSessionCommand(context))
    .addCommand(auditExportCommand(context))
    .addCommand(auditProveCommand(context))
    .addCommand(auditVerifyProofCommand(context))
    .addCommand(auditPublishCommand(context))
    .addCommand(auditFsckCommand(context))
    .addCommand(auditRotateKeyCommand(context))
    .addCommand(auditHoldCommand(context))
    .addCommand(auditPruneCommand(context))
    .addCommand(auditEraseCommand(context));
}

const examples = `
Examples:
  holdfast audit verify --data .holdfast
  holdfast audit prove 17 -o refund.tlog-proof
  holdfast audit query --data .holdfast --effect deny --since 24h
`;
