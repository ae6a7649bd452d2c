import { renderDiagnostic } from "@holdfast/model";
import { wrapped } from "./paragraph.ts";

/** The longest line, and how much of it words may fill where they are broken. */
const [lineMax, wordsMax] = [100, 72];

/**
 * A diagnostic for people: as `renderDiagnostic`, with a message, a help or a note that is too long
 * for a line broken at spaces. `file:line:column` stays whole in front, however long the path is,
 * which is what editors and terminals look for.
 */
export function diagnosticText(
  diagnostic: Parameters<typeof renderDiagnostic>[0],
  source: string | undefined,
): string {
  const lines = renderDiagnostic(diagnostic, source).split("\n");
  const quoted = source === undefined ? 0 : 2;
  return lines
    .flatMap((line, index) => (index >= 1 && index <= quoted ? [line] : broken(line)))
    .join("\n");
}

function broken(line: string): readonly string[] {
  if (line.length <= lineMax) return [line];
  const place = /^(?:note: )?.*?:\d+:\d+ /u.exec(line)?.[0] ?? "";
  const most = place === "" ? lineMax - 2 : wordsMax;
  return wrapped(line.slice(place.length), most).map((each, index) =>
    index === 0 ? `${place}${each}` : `  ${each}`,
  );
}
