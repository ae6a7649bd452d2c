import { readFileSync } from "node:fs";

/** The version of this package, read from its package.json so that it is written in one place. */
export const version: string = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed === "object" && parsed !== null && "version" in parsed)
    return String(parsed.version);
  throw new Error("package.json has no version");
}
