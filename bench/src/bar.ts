import { time } from "./report.ts";
import type { Row } from "./report.ts";

/** A promise and whether a run keeps it; `undefined` when the run does not say. */
interface Bar {
  readonly promise: string;
  readonly measured: string;
  readonly kept: boolean | undefined;
}

/** What is promised, as lines of Markdown with what a run says of it. */
export function barLines(rows: readonly Row[]): readonly string[] {
  return [
    "| promise | measured | |",
    "|---|---|---|",
    ...bars(rows).map(({ promise, measured, kept }) => {
      const verdict = kept === undefined ? "not measured" : kept ? "kept" : "**not kept**";
      return `| ${promise} | ${measured} | ${verdict} |`;
    }),
  ];
}

function bars(rows: readonly Row[]): readonly Bar[] {
  const ours = (scenario: string, rules: number): Row | undefined =>
    rows.find(
      (row) => row.engine === "holdfast" && row.scenario === scenario && row.rules === rules,
    );
  const main = ours("mixed-history", 10_000);
  const least = ours("mixed-history", 10);
  const most = ours("mixed-history", 1_000_000);
  const growth = least === undefined || most === undefined ? undefined : most.p50_ns / least.p50_ns;
  const timesFloor =
    main === undefined || main.floor_ns === null ? undefined : main.p50_ns / main.floor_ns;
  const peers = rows.filter(
    (row) =>
      row.scenario === "mixed-history" &&
      row.rules === 10_000 &&
      row.engine !== "holdfast" &&
      row.ratio !== null,
  );
  const ratio = peers.length === 0 ? undefined : Math.min(...peers.map((row) => row.ratio ?? 0));
  return [
    atMost("10,000 rules with history: p50 at most 250 ns", main?.p50_ns, 250, time),
    atMost("and at most 4 times the floor", timesFloor, 4, (times) => `${times.toFixed(1)} times`),
    atMost("and p99 at most 1 µs", main?.p99_ns ?? undefined, 1_000, time),
    {
      promise: "at least 1,000 times as fast as each peer that holds all rules",
      measured: ratio === undefined ? "" : `${ratio.toLocaleString("en-US")} times the nearest`,
      kept: ratio === undefined ? undefined : ratio >= 1_000,
    },
    atMost(
      "a checked bundle of 10,000 rules is loaded in at most 300 ms",
      main?.load_ms,
      300,
      milliseconds,
    ),
    atMost("1,000,000 rules: p50 at most 1 µs", most?.p50_ns, 1_000, time),
    atMost("such a bundle is loaded in at most 6 s", most?.load_ms, 6_000, milliseconds),
    atMost(
      "in at most 400 MB, with the bundle itself",
      most?.rss_mb,
      400,
      (mb) => `${mb.toFixed(0)} MB`,
    ),
    atMost(
      "from 10 to 1,000,000 rules p50 grows less than 10 times",
      growth,
      10,
      (times) => `${times.toFixed(1)} times`,
    ),
  ];
}

function atMost(
  promise: string,
  value: number | undefined,
  most: number,
  text: (value: number) => string,
): Bar {
  if (value === undefined) return { promise, measured: "", kept: undefined };
  return { promise, measured: text(value), kept: value <= most };
}

function milliseconds(ms: number): string {
  return time(ms * 1e6);
}
