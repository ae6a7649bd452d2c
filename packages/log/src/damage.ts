import { HoldfastError } from "@holdfast/model";

/** What kind of thing is wrong with a log; stable, for programs. */
export type DamageCode =
  | "log_description"
  | "log_frame"
  | "log_header"
  | "log_batch"
  | "log_root"
  | "log_zero_tail"
  | "log_record"
  | "log_missing_segment"
  | "log_extra_file"
  | "log_file_size"
  | "log_torn_tail"
  | "log_payload_missing"
  | "log_payload_erased"
  | "log_payload_digest"
  | "log_payload_frame"
  | "log_behind_held"
  | "log_fork"
  | "log_checkpoint_format"
  | "log_checkpoint_signature"
  | "log_checkpoint_key"
  | "log_checkpoint_order"
  | "log_checkpoint_missing"
  | "log_checkpoint_fork"
  | "log_checkpoint_behind"
  | "log_hold"
  | "log_checkpoint_root"
  | "log_key_change"
  | "log_pruned";

/** One thing that is wrong, and where. `file` is relative to the log directory. */
export interface Damage {
  readonly code: DamageCode;
  readonly file: string;
  /** byte offset in the file */
  readonly offset?: number;
  /** records from this index on are not vouched for */
  readonly fromIndex?: number;
  readonly message: string;
}

/** Thrown where a damaged log cannot be used. `code` is `log_damaged`; nothing was changed. */
export class LogDamagedError extends HoldfastError {
  readonly damage: Damage;

  constructor(damage: Damage) {
    super("log_damaged", `log is damaged: ${damageText(damage)}; nothing was changed`);
    this.name = "LogDamagedError";
    this.damage = damage;
  }
}

/** What an error says is wrong with a log; an error that says something else is thrown on. */
export function damageOf(error: unknown): Damage {
  if (error instanceof LogDamagedError) return error.damage;
  throw error;
}

/** One line for people: file, byte, what is wrong, and from which record on. */
export function damageText(damage: Damage): string {
  const at = damage.offset === undefined ? "" : ` at byte ${damage.offset}`;
  const from = damage.fromIndex === undefined ? "" : ` (from record ${damage.fromIndex} on)`;
  return `\`${damage.file}\`${at}: ${damage.message}${from}`;
}

/** An unfinished group at the end, which the next opening cuts off. */
export function tornTail(file: string, offset: number, why: string): Damage {
  return { code: "log_torn_tail", file, offset, message: `${why}; opening the log cuts it off` };
}
