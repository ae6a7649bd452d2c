import { printable } from "@holdfast/model";

/** A workflow command of GitHub Actions: an annotation at a place of a file. */
export interface GithubCommand {
  readonly command: "error" | "warning" | "notice";
  readonly properties: Readonly<Record<string, string | number>>;
  /** may have several lines */
  readonly text: string;
}

/**
 * A workflow command as one line, whatever its texts hold (docs.github.com, "Workflow commands",
 * "Setting an error message").
 */
export function githubCommand({ command, properties, text }: GithubCommand): string {
  const listed = Object.entries(properties).map(
    ([key, value]) => `${key}=${property(String(value))}`,
  );
  return `::${command} ${listed.join(",")}::${data(text)}`;
}

function data(text: string): string {
  const lines = text.split(/\r?\n/u).map((line) => printable(line).replaceAll("%", "%25"));
  return lines.join("%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
