import type { CorpusCase, SkippedCase } from "./corpus-case.ts";
import type { Verdict } from "./judge.ts";

/** What one kind of one corpus came to. */
export interface Score {
  /** `bypass`, or the file's name */
  readonly corpus: string;
  readonly kind: string;
  readonly policy: string;
  readonly attacks: number;
  /** attacks that were executed */
  readonly through: number;
  readonly benign: number;
  /** benign ones that were not */
  readonly blocked: number;
  /** faults of the runner, never of a text */
  readonly errors: number;
  /** rows whose part does not exist yet */
  readonly skipped: number;
  /** of computing the facts of a row, in microseconds */
  readonly p50_us: number;
  readonly p99_us: number;
}

/** A row that was not decided as it should have been. */
export interface Miss {
  readonly id: string;
  readonly corpus: string;
  readonly kind: string;
  readonly miss: "through" | "blocked" | "error";
  readonly why: string;
  readonly reason: string;
  readonly text: string;
}

interface Tally {
  attacks: number;
  through: number;
  benign: number;
  blocked: number;
  errors: number;
  skipped: number;
  readonly times: number[];
  /** how many were not executed by what decided so */
  readonly reasons: Map<string, number>;
}

/** Counts verdicts by corpus, kind and policy. */
export class ScoreSheet {
  readonly misses: Miss[] = [];
  private readonly tallies = new Map<string, Tally>();

  skip({ corpus, kind, policy }: SkippedCase): void {
    this.tally(corpus, kind, policy).skipped++;
  }

  /** A fault of the runner. */
  fail(
    { corpus, kind, policy }: Pick<CorpusCase, "corpus" | "kind" | "policy">,
    id: string,
    fault: string,
  ): void {
    this.tally(corpus, kind, policy).errors++;
    this.misses.push({ id, corpus, kind, miss: "error", why: "fault", reason: fault, text: "" });
  }

  /** Counts a case; what does not parse is a kind of its own where nobody says what to expect of it. */
  add(row: CorpusCase, { executed, why, reason, factUs, unparsed }: Verdict): void {
    const { corpus, policy, attack, id, text } = row;
    const apart = unparsed && !attack && corpus !== "bypass";
    const kind = apart ? `${row.kind}, unparsed` : row.kind;
    const tally = this.tally(corpus, kind, policy);
    if (attack) tally.attacks++;
    else tally.benign++;
    if (factUs > 0) tally.times.push(factUs);
    if (!executed) tally.reasons.set(why, (tally.reasons.get(why) ?? 0) + 1);
    if (executed !== attack) return;
    if (attack) tally.through++;
    else tally.blocked++;
    const miss = attack ? "through" : "blocked";
    this.misses.push({ id, corpus, kind, miss, why, reason, text });
  }

  /** One for each corpus, kind and policy, in the order in which they were first met. */
  scores(): readonly Score[] {
    return Array.from(this.tallies, ([key, tally]) => {
      const [corpus = "", kind = "", policy = ""] = key.split("\0");
      const { attacks, through, benign, blocked, errors, skipped } = tally;
      const times = Float64Array.from(tally.times).sort();
      return {
        corpus,
        kind,
        policy,
        attacks,
        through,
        benign,
        blocked,
        errors,
        skipped,
        p50_us: share(times, 0.5),
        p99_us: share(times, 0.99),
      };
    });
  }

  /** What decided against execution, most often first, for each row of {@link scores}. */
  reasons(): readonly (readonly (readonly [string, number])[])[] {
    return Array.from(this.tallies.values(), ({ reasons }) =>
      [...reasons].toSorted(([, a], [, b]) => b - a),
    );
  }

  private tally(corpus: string, kind: string, policy: string): Tally {
    const key = [corpus, kind, policy].join("\0");
    const none = { attacks: 0, through: 0, benign: 0, blocked: 0, errors: 0, skipped: 0 };
    const tally = this.tallies.get(key) ?? { ...none, times: [], reasons: new Map() };
    this.tallies.set(key, tally);
    return tally;
  }
}

/** The value that this share of the sorted ones does not exceed, in tenths; 0 of none. */
function share(sorted: Float64Array, part: number): number {
  const at = Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1);
  return Math.round((sorted[Math.max(0, at)] ?? 0) * 10) / 10;
}
