import type {
  LogFiles,
  LogHead,
  parseVerifierKey as parseKeyOfLog,
  verifyLog as verifyOfLog,
} from "@holdfast/log";
import type {
  parseCheckpoint,
  parseVerifierKey,
  verifyLog as verifyOfVerify,
} from "@holdfast/verify";
import type { LogContents } from "./base-log.ts";

/** What a verifier is told beside the files. */
export interface Held {
  readonly head?: LogHead;
  readonly checkpoint?: Buffer;
  readonly vkey?: string;
}

/** The codes of all that a verifier finds wrong with a log; none when it is intact. */
export type Judge = (files: LogContents, held: Held) => Promise<readonly string[]>;

/** What is used of `@holdfast/log`, built as it is or with a check taken out. */
export interface LogModule {
  readonly verifyLog: typeof verifyOfLog;
  readonly parseVerifierKey: typeof parseKeyOfLog;
}

/** The same of `@holdfast/verify`. */
export interface VerifyModule {
  readonly verifyLog: typeof verifyOfVerify;
  readonly parseCheckpoint: typeof parseCheckpoint;
  readonly parseVerifierKey: typeof parseVerifierKey;
}

/** The judge that `holdfast audit verify` asks. */
export function judgeOfLog(module: LogModule): Judge {
  return async (files, { head: held, checkpoint, vkey }) => {
    const verifying = module.verifyLog(directory, {
      files: readOnly(files),
      ...(held === undefined ? {} : { held }),
      ...(checkpoint === undefined ? {} : { anchors: [{ source: "held", checkpoint }] }),
      ...(vkey === undefined ? {} : { keys: [module.parseVerifierKey(vkey)] }),
    });
    try {
      return (await verifying).problems.map(({ code }) => code);
    } catch (error) {
      // It says so by an error when there is no log at all.
      if (error instanceof Error && "code" in error) return [String(error.code)];
      throw error;
    }
  };
}

/** The judge that shares no code with it. */
export function judgeOfVerify(module: VerifyModule): Judge {
  return async (files, { head, checkpoint: bytes, vkey }) => {
    const checkpoint = bytes === undefined ? undefined : module.parseCheckpoint(bytes);
    const key = vkey === undefined ? undefined : module.parseVerifierKey(vkey);
    const verdict = module.verifyLog(
      { list: (path) => namesIn(files, path), read: (path) => files.get(path) },
      {
        ...(head === undefined ? {} : { heads: [head] }),
        ...(checkpoint === undefined ? {} : { held: [{ name: "held", checkpoint }] }),
        ...(key === undefined ? {} : { keys: [key] }),
      },
    );
    return verdict.problems.map(({ code }) => code);
  };
}

const directory = "log";

function namesIn(files: LogContents, folder: string): readonly string[] {
  const inside = [...files.keys()].filter((path) => path.startsWith(`${folder}/`));
  return inside.map((path) => path.slice(folder.length + 1)).toSorted();
}

/** Files in memory that can be read; no verifier asks for more. */
function readOnly(files: LogContents): LogFiles {
  const refuse = async (): Promise<never> => {
    throw new Error("a verifier wants to change what it verifies");
  };
  const below = (path: string): string => path.slice(directory.length + 1);
  return {
    async open(path) {
      const bytes = files.get(below(path));
      if (bytes === undefined) throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
      return {
        size: async () => bytes.length,
        read: async (at, length) => Buffer.from(bytes.subarray(at, at + length)),
        write: refuse,
        sync: refuse,
        isAt: refuse,
        close: async () => undefined,
      };
    },
    list: async (path) => namesIn(files, below(path)),
    isLocked: async () => false,
    rename: refuse,
    remove: refuse,
    makeDirectory: refuse,
    syncDirectory: refuse,
    syncWay: refuse,
    lock: refuse,
  };
}
