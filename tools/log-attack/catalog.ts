import type { Attack, AttackedLogs } from "./attack.ts";
import { writeBaseLog } from "./base-log.ts";
import { checkpointAttacks } from "./checkpoint-attack.ts";
import { excuseAttacks } from "./excuse-attack.ts";
import { holdAttacks } from "./hold-attack.ts";
import { folderAttacks } from "./folder-attack.ts";
import { payloadAttacks } from "./payload-attack.ts";
import { recordAttacks } from "./record-attack.ts";

/** All attacks that are tried in each of their forms, whatever the run. */
export const fixedAttacks: readonly Attack[] = [
  ...recordAttacks,
  ...folderAttacks,
  ...payloadAttacks,
  ...checkpointAttacks,
  ...excuseAttacks,
  ...holdAttacks,
];

const signed = { records: 1000, signEvery: 100, payloadEvery: 10, small: true } as const;

/** Writes the logs that are attacked. */
export async function attackedLogs(): Promise<AttackedLogs> {
  return {
    signed: await writeBaseLog(signed),
    bare: await writeBaseLog({ records: 100, segmentBytes: 65_536 }),
    other: await writeBaseLog({ ...signed, forged: 3 }),
  };
}
