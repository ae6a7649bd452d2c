/**
 * What is known of one program: data that people extend. A program that is not known, an option
 * that is not written here, or one that is shortened, makes the fact opaque.
 */
export interface CommandEntry {
  /**
   * Options by white space. `-abc` are three without a value, `-n:text` and `--lines:text` take
   * one, `--color:text?` only an attached one. The kind of a value: `text` (only looked at),
   * `read`, `write` (a path), `data` (a path after `@`), `run` (it makes something happen that the
   * fact cannot show). `-O:here` takes none, and writes into the folder where it runs.
   */
  readonly options?: string;
  /**
   * What operands are, in order: `text`, `read`, `write`, `change` (read and written), `run`; with
   * `*` any number of them. Without, an operand makes the fact opaque.
   */
  readonly operands?: string;
  /** options (in one text) that stand in for the first operand, as `-e` of `grep` */
  readonly insteadOfFirst?: string;
  /** options that stand in for the last operand, as `-t` of `cp` */
  readonly insteadOfLast?: string;
  /** the folder in which it runs is read when it names none: always, or with one of these options */
  readonly readsFolder?: true | string;
  /** it writes into the folder in which it runs */
  readonly writesFolder?: true;
  /** options end at the first operand */
  readonly inOrder?: true;
  /** `-5` is an option */
  readonly digits?: true;
  /** options that take the next word are not certain to take one that begins with `-` */
  readonly cautious?: true;
  readonly network?: true;
  /** what it removes or overwrites is gone: always, or with one of these options */
  readonly destructive?: true | string;
  /** it runs code in a language: whatever it does, the fact cannot show it */
  readonly interpreter?: true;
  /** why the fact can show nothing of it */
  readonly opaque?: string;
  /** it is read by code of its own */
  readonly reader?: string;
}

/** Entries by the names of programs. */
export type CommandEntries = Readonly<Record<string, CommandEntry>>;
