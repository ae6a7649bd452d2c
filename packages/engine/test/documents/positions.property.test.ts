import { loadPolicySet } from "@holdfast/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Document, Scalar, stringify } from "yaml";

const styles = [
  Scalar.PLAIN,
  Scalar.QUOTE_SINGLE,
  Scalar.QUOTE_DOUBLE,
  Scalar.BLOCK_LITERAL,
  Scalar.BLOCK_FOLDED,
] as const;

const filler = fc.constantFrom(
  "true",
  "1 < 2",
  "'it''s' == 'x'".replace("''", "\\'"),
  '"tab\\t and \\"quote\\"" != ""',
  '"émoji 😀" != "\\u00e9"',
  "size([1, 2, 3]) > 2",
  "[1, 2].exists(x, x == 2)",
  "agent.id != 'a'",
);
const gap = fc.constantFrom(" && ", "\n&& ", "  &&\n  ", " ||\n\n", " && // note\n");

const expression = fc
  .record({
    before: fc.array(fc.tuple(filler, gap), { maxLength: 4 }),
    after: fc.array(fc.tuple(gap, filler), { maxLength: 4 }),
  })
  .map(({ before, after }) => {
    const text = (pairs: readonly (readonly [string, string])[]): string => pairs.flat().join("");
    return `${text(before)}nowhere${text(after)}`;
  });

function policyText(when: string, style: (typeof styles)[number], lineWidth: number): string {
  const value = {
    apiVersion: "holdfast.dev/v1",
    kind: "Policy",
    metadata: { name: "p" },
    spec: { rules: [{ id: "a", effect: "deny", when }] },
  };
  const document = new Document(value, { version: "1.2" });
  const scalar = document.getIn(["spec", "rules", 0, "when"], true);
  if (!(scalar instanceof Scalar)) throw new Error("the condition is a scalar");
  scalar.type = style;
  return document.toString({ lineWidth, minContentWidth: 10 });
}

test("an error inside a condition is shown where it stands, in every style of YAML", () => {
  fc.assert(
    fc.property(
      expression,
      fc.constantFrom(...styles),
      fc.constantFrom(0, 30, 80),
      fc.boolean(),
      (when, style, lineWidth, windows) => {
        const unix = policyText(when, style, lineWidth);
        const text = windows ? unix.replaceAll("\n", "\r\n") : unix;
        const result = loadPolicySet([{ path: "p.yaml", text }]);
        if (result.ok) throw new Error("a name that does not exist was accepted");
        const shown = result.diagnostics.map(({ code, span }) => [
          code,
          text.slice(span.start.offset, span.end.offset),
        ]);
        expect(shown).toEqual([["cel_unknown_variable", "nowhere"]]);
      },
    ),
    { numRuns: 300 },
  );
});

test("an error in a part of a reason is shown where it stands", () => {
  const reason = "100 % {{sure}} that \"x\" {agent.id} and {nowhere + 'it''s'}";
  const rules = [{ id: "a", effect: "deny", reason: reason.replace("''", "\\'") }];
  const text = stringify({
    apiVersion: "holdfast.dev/v1",
    kind: "Policy",
    metadata: { name: "p" },
    spec: { rules },
  });
  const result = loadPolicySet([{ path: "p.yaml", text }]);
  if (result.ok) throw new Error("a name that does not exist was accepted");
  const [found] = result.diagnostics;
  expect(text.slice(found?.span.start.offset, found?.span.end.offset)).toBe("nowhere");
});
