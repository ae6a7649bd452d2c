import { constants, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { systemCode } from "./files.ts";

/** open(2) flags of macOS and the BSDs that Node does not name: lock the file while it is open. */
const sharedLock = 0x10;
const exclusiveLock = 0x20;

/**
 * Takes the lock that makes one process the only writer of a directory. The kernel releases it
 * when the process ends, however it ends; nothing is ever judged stale.
 *
 * Linux: an abstract unix socket named by device and inode of the directory (unix(7)); it is one
 * per network namespace, so containers that share a directory must share that too. Windows: a
 * named pipe of the same name. macOS, BSD: `open` with `O_EXLOCK` on `DIR/lock`.
 *
 * @returns how to release it; undefined when another process, or this one, holds it
 */
export async function takeWriterLock(
  directory: string,
): Promise<(() => Promise<void>) | undefined> {
  const address = lockAddress(directory);
  if (address !== undefined) return listen(address);
  return openLocked(`${directory}/lock`, constants.O_RDWR | constants.O_CREAT | exclusiveLock);
}

/** True while a writer holds the lock of the directory. */
export async function holdsWriterLock(directory: string): Promise<boolean> {
  const address = lockAddress(directory);
  if (address !== undefined) return answers(address);
  try {
    const release = await openLocked(`${directory}/lock`, constants.O_RDONLY | sharedLock);
    await release?.();
    return release === undefined;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}

/** WHY synchronous: the system answers from memory, and a thread that does it costs more than the lock. */
function lockAddress(directory: string): string | undefined {
  const { dev, ino } = statSync(directory, { bigint: true });
  const name = `holdfast-log-${dev.toString(16)}-${ino.toString(16)}`;
  if (process.platform === "linux") return `\0${name}`;
  return process.platform === "win32" ? `\\\\.\\pipe\\${name}` : undefined;
}

/**
 * The id of the process that holds the writer lock of a directory; undefined where nobody does, or
 * the platform does not tell.
 */
export async function writerOf(directory: string): Promise<number | undefined> {
  const address = lockAddress(directory);
  return address === undefined ? undefined : askProcess(address);
}

/** How long a holder that is busy is waited for. */
const askMsMax = 500;

function askProcess(address: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path: address });
    let text = "";
    const end = (): void => {
      socket.destroy();
      resolve(/^[1-9][0-9]{0,9}\n$/u.test(text) ? Number(text) : undefined);
    };
    socket.setTimeout(askMsMax, end);
    socket.setEncoding("latin1");
    socket.on("data", (piece: string) => {
      text += piece;
      if (text.length > 11) end();
    });
    socket.once("end", end);
    socket.once("error", end);
  });
}

function listen(address: string): Promise<(() => Promise<void>) | undefined> {
  // Whoever asks is told which process it is. One that has gone meanwhile is no matter.
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.end(`${process.pid}\n`);
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      if (systemCode(error) === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen({ path: address, exclusive: true }, () => {
      // The lock must not keep a process alive that has nothing else to do.
      server.unref();
      resolve(() => new Promise((done) => server.close(() => done())));
    });
  });
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path: address });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error) => {
      const code = systemCode(error);
      if (code === "ECONNREFUSED" || code === "ENOENT") resolve(false);
      else reject(error);
    });
  });
}

/** Opens a file under a lock of the BSDs; undefined when another holds it. */
async function openLocked(path: string, flags: number): Promise<(() => Promise<void>) | undefined> {
  try {
    const handle = await open(path, flags | constants.O_NONBLOCK, 0o600);
    return () => handle.close();
  } catch (error) {
    const code = systemCode(error);
    if (code === "EAGAIN" || code === "EWOULDBLOCK") return undefined;
    throw error;
  }
}
