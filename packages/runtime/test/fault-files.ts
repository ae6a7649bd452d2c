import { nodeFiles } from "@holdfast/log";
import type { LogFile, LogFiles } from "@holdfast/log";

/** A file driver whose disk can be made slow, full or broken. */
export interface FaultFiles extends LogFiles {
  /** every write and sync from now on fails with this code */
  fail(code: string): void;
  heal(): void;
  /** syncs wait until the returned function is called */
  hold(): () => void;
  /** number of syncs that have ended */
  readonly syncs: number;
}

/** The real file system with faults. */
export function faultFiles(): FaultFiles {
  let code: string | undefined;
  let gate: Promise<void> = Promise.resolve();
  let syncs = 0;
  const fault = () => {
    if (code === undefined) return;
    throw Object.assign(new Error(`${code}: planted`), { code });
  };
  const wrap = (file: LogFile): LogFile => ({
    size: () => file.size(),
    read: (position, length) => file.read(position, length),
    close: () => file.close(),
    isAt: (path) => file.isAt(path),
    async write(bytes, position) {
      fault();
      return file.write(bytes, position);
    },
    async sync() {
      await gate;
      fault();
      await file.sync();
      syncs += 1;
    },
  });
  return {
    ...nodeFiles,
    open: async (path, mode) => wrap(await nodeFiles.open(path, mode)),
    fail: (given) => {
      code = given;
    },
    heal: () => {
      code = undefined;
    },
    hold: () => {
      let release = () => {};
      gate = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    get syncs() {
      return syncs;
    },
  };
}
