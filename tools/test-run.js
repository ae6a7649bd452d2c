// `npm test`: every step runs even after one failed, so that a run always ends with its count.
// Plain JavaScript, as it must report even when the build is what fails.
import { spawn } from "node:child_process";
import { pathToFileURL } from "node:url";

/** The steps of `npm test`, in order; each is an npm script. */
const steps = ["check", "test:units", "conformance:cel"];

const countPattern = /^(\d+) passed, (\d+) failed, (\d+) skipped$/u;

/**
 * Runs npm scripts one after the other and adds up the counts they end with. A script that
 * fails without having counted a failure counts as one.
 *
 * @param {readonly string[]} scripts
 * @param {(script: string) => Promise<{status: number, lastLine: string}>} runScript
 * @returns {Promise<{line: string, failedScripts: string[]}>}
 */
export async function runAll(scripts, runScript) {
  const total = [0, 0, 0];
  const failedScripts = [];
  for (const script of scripts) {
    const { status, lastLine } = await runScript(script);
    const counts = countPattern.exec(lastLine)?.slice(1).map(Number) ?? [0, 0, 0];
    if (status !== 0) {
      failedScripts.push(script);
      counts[1] = Math.max(1, counts[1]);
    }
    counts.forEach((count, index) => (total[index] += count));
  }
  return { line: `${total[0]} passed, ${total[1]} failed, ${total[2]} skipped`, failedScripts };
}

/** Runs one npm script, passing on what it prints. */
function runNpmScript(script) {
  return new Promise((resolve) => {
    const environment = { ...process.env };
    if (process.stdout.isTTY) environment.FORCE_COLOR ??= "1";
    const child = spawn("npm", ["run", "--silent", script], {
      env: environment,
      shell: process.platform === "win32",
      stdio: ["ignore", "pipe", "inherit"],
    });
    let tail = "";
    child.stdout.on("data", (chunk) => {
      process.stdout.write(chunk);
      tail = (tail + chunk.toString("utf8")).slice(-10_000);
    });
    child.on("error", (error) => resolve({ status: 1, lastLine: error.message }));
    child.on("close", (code) => {
      resolve({ status: code ?? 1, lastLine: tail.trimEnd().split("\n").at(-1) ?? "" });
    });
  });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { line, failedScripts } = await runAll(steps, runNpmScript);
  for (const script of failedScripts) console.log(`failed: npm run ${script}`);
  console.log(line);
  process.exitCode = failedScripts.length === 0 ? 0 : 1;
}
