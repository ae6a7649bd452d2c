import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nodeFiles, replaceFile } from "@holdfast/log";
import { HoldfastError } from "@holdfast/model";
import type { PublishTarget } from "./target.ts";

const timeoutMs = 20_000;
/** A copy that is larger than this is no checkpoint. */
const copyBytesMax = 128 * 1024;

/**
 * Puts a checkpoint where a target says; resolves only when the target has it.
 *
 * @throws HoldfastError `publish_http`, `publish_git`; what the file system answers
 */
export async function sendCheckpoint(
  target: PublishTarget,
  bytes: Uint8Array,
  subject: string,
): Promise<void> {
  if ("file" in target) return replaceFile(nodeFiles, target.file, bytes);
  if ("url" in target) return post(target.url, target.headers ?? {}, bytes);
  return commit(target, bytes, subject);
}

/**
 * What a target holds now, to hold the log to; undefined where that cannot be asked.
 *
 * @throws what the file system or git answers
 */
export async function readBack(target: PublishTarget): Promise<Uint8Array | undefined> {
  if ("url" in target) return undefined;
  if ("file" in target) return readFile(target.file);
  return Buffer.from(await git(target.git, ["show", `HEAD:./${target.path}`]));
}

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  bytes: Uint8Array,
): Promise<void> {
  const type = { "content-type": "text/plain; charset=utf-8" };
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { ...headers, ...type },
      body: Buffer.from(bytes),
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body?.cancel();
    if (answer.ok) return;
    throw new HoldfastError("publish_http", `answer ${answer.status} ${answer.statusText}`.trim());
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause;
    const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    const why = inner instanceof Error ? inner.message : "unknown";
    throw new HoldfastError("publish_http", `no answer: ${why}`, { cause });
  }
}

async function commit(
  target: Extract<PublishTarget, { git: string }>,
  bytes: Uint8Array,
  subject: string,
): Promise<void> {
  await writeFile(join(target.git, target.path), bytes);
  await git(target.git, ["add", "--", target.path]);
  const changed = await git(target.git, ["status", "--porcelain", "--", target.path]);
  // What was committed and not pushed, because the network was away, is pushed all the same.
  if (changed !== "") {
    const who = ["-c", "user.name=holdfast", "-c", "user.email=holdfast@localhost"];
    await git(target.git, [...who, "commit", "--quiet", "-m", subject, "--", target.path]);
  }
  if (target.push) await git(target.git, ["push", "--quiet"]);
}

function git(folder: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      cwd: folder,
      timeout: timeoutMs,
      maxBuffer: copyBytesMax,
      env: { ...process.env, GIT_TERMINAL_PROMPT: "0" },
    };
    execFile("git", [...args], options, (cause, stdout, stderr) => {
      if (cause === null) {
        resolve(stdout);
        return;
      }
      const said = stderr.trim().split("\n").at(-1) ?? "";
      const why = said === "" ? cause.message : said;
      reject(new HoldfastError("publish_git", `git ${args[0]}: ${why}`, { cause }));
    });
  });
}
