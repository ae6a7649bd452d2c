export { openLog } from "./open.ts";
export type { OpenOptions } from "./open.ts";
export type { Appended, DurableGroup, Log, Recovery } from "./log.ts";
export type { LogPlace, LogStand } from "./log-place.ts";
export { NamedPayload } from "./append-check.ts";
export type { PayloadInput } from "./append-check.ts";
export { headAt } from "./head-at.ts";
export { readLog, readLogBatches } from "./read.ts";
export type { LogEntry, ReadOptions } from "./read.ts";
export { readPlaces } from "./read-places.ts";
export type { PlacesOptions, RecordPlace } from "./read-places.ts";
export { LogTail } from "./tail.ts";
export type { TailEntry, TailOptions, TailPlace } from "./tail.ts";
export { verifyLog } from "./verify.ts";
export type { VerifyOptions } from "./verify.ts";
export type { LogAhead, TabledFile } from "./table-reading.ts";
export type { VerifyReport } from "./report.ts";
export { damageText, LogDamagedError } from "./damage.ts";
export type { Damage, DamageCode } from "./damage.ts";
export { Frontier, headOf, leafHash, nodeHash } from "./tree.ts";
export type { LogHead } from "./tree.ts";
export { readWhole, removeIfThere, systemCode, writeAll } from "./files.ts";
export type { LogFile, LogFiles } from "./files.ts";
export { readMinimum } from "./minimum-index.ts";
export { lockedError } from "./locked-log.ts";
export { makeFolder, nodeFiles } from "./node-files.ts";
export { formatLimits } from "./limits.ts";
export { proveConsistency, proveRecord } from "./proof/prove.ts";
export { encodeReceipt, parseReceipt, verifyReceipt } from "./proof/receipt.ts";
export type { Receipt } from "./proof/receipt.ts";
export { provesConsistency, provesInclusion } from "./proof/verify-proof.ts";
export { Notary, notaryPace } from "./checkpoint/notary.ts";
export type { NotaryOptions, SignedLog } from "./checkpoint/notary.ts";
export {
  openFileSigner,
  parseVerifierKeys,
  readVerifierKeys,
  signerOf,
} from "./checkpoint/key-file.ts";
export {
  encodeCheckpoint,
  parseCheckpoint,
  readCheckpoint,
  signCheckpoint,
} from "./note/checkpoint.ts";
export type { Checkpoint } from "./note/checkpoint.ts";
export { encodeNote, parseNote, signersOf, signNote } from "./note/signed-note.ts";
export type { NoteSignature, SignedNote, Signer } from "./note/signed-note.ts";
export { parseVerifierKey, verifierKeyText } from "./note/verifier-key.ts";
export type { VerifierKey } from "./note/verifier-key.ts";
export { keyPairOfSeed, seedBytes } from "./note/ed25519.ts";
export type { KeyPair } from "./note/ed25519.ts";
export type { Anchor } from "./checkpoint/anchor.ts";
export type { CheckpointReport } from "./checkpoint/checkpoint-check.ts";
export { TileWriter } from "./tile/tile-writer.ts";
export { rotateKey } from "./checkpoint/key-rotation.ts";
export type { KeyRotation } from "./checkpoint/key-rotation.ts";
export { planPrune, pruneLog } from "./prune.ts";
export type { PrunePlan } from "./prune.ts";
export { readHolds } from "./legal-hold.ts";
export type { Hold } from "./legal-hold.ts";
export { replaceFile } from "./replace-file.ts";
export { checkTiles } from "./tile/tile-check.ts";
export type { TileReport } from "./tile/tile-check.ts";
