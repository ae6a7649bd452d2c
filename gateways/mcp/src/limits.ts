/** Bounds of one gateway; each is tested at its edge. */
export interface GatewayLimits {
  /** longest line read from either side */
  readonly lineBytesMax: number;
  /** requests of one side without an answer */
  readonly inFlightMax: number;
  /** bytes of one side's lines that are still being decided; beyond it nothing more is read */
  readonly undecidedBytesMax: number;
  /** pages of one `tools/list`, and tools in all of them */
  readonly listPagesMax: number;
  readonly toolsMax: number;
  /** how long the server may take for each page the gateway itself asks for */
  readonly listTimeoutMs: number;
  /** how long unanswered requests keep the server running after its client closed */
  readonly drainTimeoutMs: number;
  /** how long the server may take to exit when asked to, before it is made to */
  readonly exitTimeoutMs: number;
}

/** 16 MiB a line, 4,096 requests in flight, 32 MiB undecided, 30 s to drain. */
export const gatewayLimits: GatewayLimits = {
  lineBytesMax: 16 * 1024 * 1024,
  inFlightMax: 4096,
  undecidedBytesMax: 32 * 1024 * 1024,
  listPagesMax: 256,
  toolsMax: 10_000,
  listTimeoutMs: 20_000,
  drainTimeoutMs: 30_000,
  exitTimeoutMs: 5_000,
};
