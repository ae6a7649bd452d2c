import type { Host, Terminal } from "./terminal.ts";

/** What every command gets: where to read and write, and where to leave its exit code. */
export interface CommandContext {
  readonly host: Host;
  /** made late, so that `--no-color` is known */
  terminal(): Terminal;
  exit(code: number): void;
}
