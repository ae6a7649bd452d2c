import { lineIndex, nearestName, printable, renderDiagnostic } from "@holdfast/model";
import fc from "fast-check";
import { expect, test } from "vitest";

const source = fc
  .array(
    fc.oneof(fc.constantFrom("\n", "\r", "\r\n", "\t", "😀", "\u001B", "\u202E"), fc.string()),
    {
      maxLength: 12,
    },
  )
  .map((pieces) => pieces.join(""));

test("line and column lead back to the offset, for every offset of any text", () => {
  fc.assert(
    fc.property(source, (text) => {
      const index = lineIndex(text);
      const lines = text.split(/(?<=\r\n|\r(?!\n)|\n)/u);
      for (let offset = 0; offset <= text.length; offset++) {
        const { line, column } = index.positionAt(offset);
        const before = lines.slice(0, line - 1).join("").length;
        expect(before + column - 1).toBe(offset);
      }
    }),
  );
});

test("any span of any text is shown in two safe lines, the carets under the text they mark", () => {
  const message = "bad";
  fc.assert(
    fc.property(source, fc.nat(), fc.nat(), (text, first, length) => {
      const start = first % (text.length + 1);
      const span = lineIndex(text).spanAt("a.yaml", start, start + (length % 10));
      const shown = renderDiagnostic({ code: "c", severity: "error", message, span }, text);
      const lines = shown.split("\n");
      expect(lines).toHaveLength(3);
      for (const each of lines) expect(printable(each)).toBe(each);
      const [, excerpt = "", carets = ""] = lines;
      expect(carets).toMatch(/^ +\| [ \t]*\^+$/u);
      const marked = Array.from(excerpt).slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1);
      const line = lineIndex(text).lineText(span.start.line);
      // A span that starts inside a character marks the whole of it.
      const inside = (line.codePointAt(span.start.column - 2) ?? 0) > 0xffff;
      const wanted = line.slice(span.start.column - (inside ? 2 : 1));
      if (wanted.length > 0) expect(printable(wanted).startsWith(marked.join(""))).toBe(true);
    }),
    {
      examples: [
        ["😀!", 1, 0],
        ["a😀!", 0, 2],
      ],
    },
  );
});

test("the nearest name is one of the candidates, is not the name itself, and ignores their order", () => {
  const word = fc.stringMatching(/^[a-c.]{1,6}$/u);
  fc.assert(
    fc.property(word, fc.uniqueArray(word), (name, candidates) => {
      const nearest = nearestName(name, candidates);
      if (nearest !== undefined) expect(candidates).toContain(nearest);
      expect(nearest).not.toBe(name);
      expect(nearestName(name, [...candidates].reverse())).toBe(nearest);
    }),
  );
});
