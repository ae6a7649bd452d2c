import type { AuditIndex, IndexBatch, IndexFilter, IndexPage, IndexRow } from "@holdfast/store";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectedHits, expectedTrail } from "./plain-search.ts";

const agents = ["agent-1", "agent-2", "Ops"];
const tools = ["files.read", "files.write", "filesystem.read", "pay.refund"];
const effects = ["allow", "deny", "modify"] as const;
const codes = ["rule", "default_deny"] as const;
const rules = ["base/grant", "narrow/secret", "narrow/big"];
const sessions = ["s1", "s2", "root"];

const verdict = fc.record({
  effect: fc.constantFrom(...effects),
  code: fc.constantFrom(...codes),
  rules: fc.subarray(rules),
});
const session = fc.record({ id: fc.constantFrom(...sessions), root: fc.constantFrom(...sessions) });
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("decision" as const),
      verdict,
      agent: fc.constantFrom(...agents),
      tool: fc.constantFrom(...tools),
      session: fc.option(session, { nil: undefined }),
      backMs: fc.nat(30),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("outcome" as const), verdict, of: fc.nat() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("ambiguous" as const), of: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("session" as const), session }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("pruned" as const),
      back: fc.integer({ min: 5, max: 99 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("nothing" as const) }) },
);

/** Batches of rows as a log could give them; each decision ends at most once. */
const batches: fc.Arbitrary<readonly IndexBatch[]> = fc
  .tuple(fc.array(step, { maxLength: 120 }), fc.array(fc.integer({ min: 1, max: 40 })))
  .map(([steps, sizes]) => batched(rowsOf(steps), steps.length, sizes));

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function rowsOf(steps: readonly Step[]): IndexRow[] {
  const open: number[] = [];
  return steps.flatMap((step, index): IndexRow[] => {
    const place = { index, segment: index - (index % 50), offset: (index % 50) * 7 };
    const takeOpen = (of: number) => open.splice(of % Math.max(1, open.length), 1)[0];
    switch (step.kind) {
      case "decision": {
        open.push(index);
        const subject = {
          ...step.verdict,
          agent: step.agent,
          tool: step.tool,
          about: ["default", "enforce"],
        };
        return [
          {
            ...place,
            kind: "decision",
            timeMs: 1000 + index * 10 - step.backMs,
            session: step.session,
            subject,
          },
        ];
      }
      case "outcome": {
        const decision = takeOpen(step.of);
        if (decision === undefined) return [];
        return [
          { ...place, kind: "outcome", decision, verdict: { ...step.verdict, status: "success" } },
        ];
      }
      case "ambiguous": {
        const decision = takeOpen(step.of);
        return decision === undefined ? [] : [{ ...place, kind: "ambiguous", decision }];
      }
      case "session":
        return [{ ...place, kind: "session", session: step.session }];
      case "pruned":
        return [{ ...place, kind: "pruned", minimum: Math.max(0, index - step.back) }];
      case "nothing":
        return [];
    }
  });
}

function batched(rows: readonly IndexRow[], total: number, sizes: readonly number[]): IndexBatch[] {
  const found: IndexBatch[] = [];
  for (let from = 0; from < total;) {
    const to = Math.min(total, from + (sizes[found.length % Math.max(1, sizes.length)] ?? 25));
    const place = {
      log: "sha256:x",
      segment: 0,
      offset: to * 7,
      batch: found.length + 1,
      size: to,
      frontier: [],
    };
    found.push({ from, rows: rows.filter(({ index }) => index >= from && index < to), place });
    from = to;
  }
  return found;
}

const maybe = <T>(values: readonly T[]) =>
  fc.option(fc.constantFrom(...values), { nil: undefined, freq: 2 });

const filters: fc.Arbitrary<IndexFilter> = fc
  .record({
    agent: maybe([...agents, "nobody"]),
    tool: maybe([...tools, "files.*", "f.*"]),
    effect: maybe(effects),
    code: maybe(codes),
    rule: maybe([...rules, "no/rule"]),
    session: maybe([...sessions, "none"]),
    sinceMs: fc.option(fc.integer({ min: 900, max: 2300 }), { nil: undefined, freq: 2 }),
    untilMs: fc.option(fc.integer({ min: 900, max: 2300 }), { nil: undefined, freq: 2 }),
    text: maybe(["OPS read", "secret", "success", "enforce files", "%", "narrow/big deny"]),
  })
  .map((filter) =>
    Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)),
  );

const pages: fc.Arbitrary<IndexPage> = fc.record({
  newestFirst: fc.boolean(),
  limit: fc.integer({ min: 1, max: 9 }),
});

/** The same batches in each run, at least so many. */
export function sampleOf(least: number): readonly IndexBatch[] {
  const all = fc.sample(batches, { seed: 11, numRuns: 200 }).find(({ length }) => length >= least);
  if (all === undefined) throw new Error("no such batches");
  return all;
}

/** What every driver of the index must do. */
export function testIndex(name: string, open: () => Promise<AuditIndex>): void {
  const filled = async (all: readonly IndexBatch[]): Promise<AuditIndex> => {
    const index = await open();
    for (const batch of all) expect(await index.apply(batch)).toBe(true);
    return index;
  };

  describe(name, () => {
    test("finds what a plain reading of all rows finds, page by page", async () => {
      await fc.assert(
        fc.asyncProperty(
          batches,
          fc.array(filters, { minLength: 5, maxLength: 12 }),
          pages,
          async (all, asked, page) => {
            const index = await filled(all);
            const rows = all.flatMap((batch) => batch.rows);
            for (const filter of asked) {
              const found = [];
              for (let beyond: number | undefined; ;) {
                const hits = await index.find(filter, {
                  ...page,
                  ...(beyond === undefined ? {} : { beyond }),
                });
                found.push(...hits);
                beyond = hits.at(-1)?.decision.index;
                if (hits.length < page.limit) break;
              }
              expect([filter, found]).toEqual([
                filter,
                expectedHits(rows, filter, page.newestFirst),
              ]);
            }
            for (const session of sessions) {
              expect(await index.trail(session)).toEqual(expectedTrail(rows, session));
            }
            await index.close();
          },
        ),
        { numRuns: 40 },
      );
    });

    test("a cursor stays where it is while records are appended", async () => {
      const all = sampleOf(4);
      const [first, ...rest] = all;
      if (first === undefined) throw new Error("no batch");
      const index = await filled([first]);
      const page = { newestFirst: true, limit: 2 };
      const [newest, next] = await index.find({}, page);
      const beyond = next?.decision.index ?? newest?.decision.index ?? 0;
      const before = await index.find({}, { ...page, limit: 100, beyond });
      for (const batch of rest) await index.apply(batch);
      const after = await index.find({}, { ...page, limit: 100, beyond });
      expect(after.map(({ decision }) => decision)).toEqual(before.map(({ decision }) => decision));
      await index.close();
    });

    test("takes no batch that does not begin where it ends, and forgets all when told to", async () => {
      const [batch] = sampleOf(1);
      if (batch === undefined) throw new Error("no batch");
      const index = await filled([batch]);
      expect(await index.place()).toEqual(batch.place);
      expect(await index.apply(batch)).toBe(false);
      await index.clear();
      expect(await index.place()).toBeUndefined();
      expect(await index.find({}, { newestFirst: false, limit: 9 })).toEqual([]);
      expect(await index.apply(batch)).toBe(true);
      await index.close();
    });
  });
}
