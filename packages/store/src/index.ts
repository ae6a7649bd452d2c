export type { AuditIndex, IndexBatch, IndexFilter, IndexHit, IndexPage } from "./audit-index.ts";
export { catchUp } from "./catch-up.ts";
export type { CatchUpOptions } from "./catch-up.ts";
export { indexRow } from "./index-row.ts";
export type { IndexRow, SessionName } from "./index-row.ts";
export { MemoryIndex } from "./memory-index.ts";
export { wordsOf } from "./subject.ts";
export type { Subject, Verdict } from "./subject.ts";
