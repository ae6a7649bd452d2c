import { nodeFiles } from "@holdfast/log";
import type { LogFile, LogFiles } from "@holdfast/log";
import { nodeStepFiles } from "../src/step-files.ts";
import type { StepFile, StepFiles } from "../src/step-files.ts";

/** A real disk of which one call fails. */
export interface FaultyDisk {
  readonly files: LogFiles;
  readonly stepFiles: StepFiles;
  /** how many calls came that could fail */
  readonly calls: number;
  readonly struck: boolean;
}

/** Which call fails, and how. */
export interface Strike {
  /** counted from 0; none when absent */
  readonly call?: number;
  readonly code: "ENOSPC" | "EIO";
  /** the call that fails and those behind it */
  readonly lasts?: boolean;
  /** only calls about such paths */
  readonly within?: RegExp;
}

/** The real file systems of both ports, with one count of calls; every write takes a part of its bytes. */
export function faultyDisk({ call, code, lasts = false, within = /(?:)/u }: Strike): FaultyDisk {
  let calls = 0;
  let struck = false;
  /** Throws where it is the turn of this call. */
  const pass = (path: string, canFill = true): void => {
    if (!within.test(path)) return;
    const isTurn = call !== undefined && (lasts ? calls >= call : calls === call);
    calls += 1;
    // Only what takes room meets a full disk.
    if (!isTurn || (code === "ENOSPC" && !canFill)) return;
    struck = true;
    throw Object.assign(new Error(`${code}: planted`), { code });
  };
  const part = (bytes: Uint8Array): Uint8Array =>
    bytes.subarray(0, Math.max(1, Math.ceil(bytes.length * 0.7)));

  const file = (path: string, real: LogFile): LogFile => ({
    size: () => real.size(),
    read: (position, length, room) => real.read(position, length, room),
    isAt: (at) => real.isAt(at),
    close: () => real.close(),
    async write(bytes, position) {
      pass(path);
      return real.write(part(bytes), position);
    },
    async sync() {
      pass(path);
      await real.sync();
    },
  });
  const stepFile = (path: string, real: StepFile): StepFile => ({
    size: () => real.size(),
    read(position, room) {
      pass(path, false);
      return real.read(position, part(room));
    },
    write(bytes, position) {
      pass(path);
      return real.write(part(bytes), position);
    },
    sync() {
      pass(path);
      real.sync();
    },
    close: () => real.close(),
  });
  const files: LogFiles = {
    ...nodeFiles,
    async open(path, mode) {
      pass(path, mode === "create");
      return file(path, await nodeFiles.open(path, mode));
    },
    async rename(from, to) {
      pass(to);
      await nodeFiles.rename(from, to);
    },
    async remove(path) {
      pass(path, false);
      await nodeFiles.remove(path);
    },
    async makeDirectory(path, base) {
      pass(path);
      await nodeFiles.makeDirectory(path, base);
    },
    async syncDirectory(path) {
      pass(path);
      await nodeFiles.syncDirectory(path);
    },
  };
  const stepFiles: StepFiles = {
    ...nodeStepFiles,
    open(path, mode) {
      pass(path, mode === "replace");
      return stepFile(path, nodeStepFiles.open(path, mode));
    },
    rename(from, to) {
      pass(to);
      nodeStepFiles.rename(from, to);
    },
    remove(path) {
      pass(path, false);
      nodeStepFiles.remove(path);
    },
    removeFolder(path) {
      pass(path, false);
      nodeStepFiles.removeFolder(path);
    },
    makeFolder(path, base) {
      pass(path);
      nodeStepFiles.makeFolder(path, base);
    },
    syncFolder(path) {
      pass(path);
      nodeStepFiles.syncFolder(path);
    },
  };
  return {
    files,
    stepFiles,
    get calls() {
      return calls;
    },
    get struck() {
      return struck;
    },
  };
}
