import type { Json, JsonObject } from "@holdfast/model";

/** A call that was executed and succeeded, as far as behaviour is told from it. */
export interface ObservedCall {
  readonly server: string;
  readonly tool: string;
  readonly args: JsonObject;
  readonly result?: Json | undefined;
  /** Unix ms; absent where the source tells no time */
  readonly timeMs?: number | undefined;
  readonly agent: {
    readonly id: string;
    readonly version?: string | undefined;
    readonly model?: string | undefined;
  };
  /** the environment in which it was made; absent where the source tells of none */
  readonly environment?: string;
  /** where it is recorded, in words */
  readonly place: string;
}

/** What happened in one session, calls in order. */
export interface ObservedRun {
  readonly id: string;
  readonly prompt?: string | undefined;
  readonly calls: readonly ObservedCall[];
}
