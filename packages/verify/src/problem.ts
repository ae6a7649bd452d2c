/** What kind of thing is wrong; the names are those of `conformance/log/README.md`. */
export type ProblemCode =
  | "log_missing"
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
  | "log_checkpoint_format"
  | "log_checkpoint_signature"
  | "log_checkpoint_key"
  | "log_checkpoint_order"
  | "log_checkpoint_missing"
  | "log_checkpoint_fork"
  | "log_checkpoint_behind"
  | "log_checkpoint_root"
  | "log_key_change"
  | "log_pruned"
  | "log_hold"
  | "log_behind_held"
  | "log_fork";

/** One thing that is wrong, and where. */
export interface Problem {
  readonly code: ProblemCode;
  /** below the log's folder; of a held checkpoint its own name */
  readonly file: string;
  /** byte offset in the file */
  readonly offset?: number;
  /** records from this index on are not vouched for */
  readonly fromIndex?: number;
  readonly message: string;
}

/** One line for people. */
export function problemText({ code, file, offset, fromIndex, message }: Problem): string {
  const at = offset === undefined ? "" : ` at byte ${offset}`;
  const from = fromIndex === undefined ? "" : ` (from record ${fromIndex} on)`;
  return `${code}  ${file}${at}: ${message}${from}`;
}
