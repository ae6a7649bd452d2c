import { spawn } from "node:child_process";

/** Reads texts that end in NUL, and says of each whether bash parses it. */
const script = String.raw`while IFS= read -r -d '' text; do
  if "$0" -n -c "$text" >/dev/null 2>&1 </dev/null; then printf y; else printf n; fi
done`;

/** Of each text, whether `bash -n` accepts it. Texts hold no NUL. */
export async function bashAccepts(
  bash: string,
  texts: readonly string[],
): Promise<readonly boolean[]> {
  const child = spawn(bash, ["-c", script, bash], { stdio: ["pipe", "pipe", "inherit"] });
  let answers = "";
  child.stdout.on("data", (chunk: Buffer) => (answers += chunk.toString("latin1")));
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.stdin.end(texts.map((text) => `${text}\0`).join(""));
  await ended;
  if (answers.length !== texts.length) throw new Error("bash did not answer for every text");
  return Array.from(answers, (answer) => answer === "y");
}
