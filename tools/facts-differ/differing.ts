import type { SqlParser } from "@holdfast/facts";
import { bashAccepts } from "./bash-check.ts";
import { openBashGrammar } from "./bash-grammar.ts";
import { curlHosts } from "./curl-host.ts";
import type { Explained } from "./explained.ts";
import {
  explainedShell,
  explainedSql,
  explainedUrl,
  explainedVolatile,
  explanationOf,
} from "./explained.ts";
import { startPostgres } from "./postgres-server.ts";
import { PostgresSession } from "./postgres-wire.ts";
import { shellDifferences, shownCommands } from "./shell-comparison.ts";
import { SqlComparison } from "./sql-comparison.ts";
import { factHost, urlDifference } from "./url-comparison.ts";

/** What comparing texts has found. */
export interface Differing {
  readonly texts: number;
  /** of these, texts whose fact does not deny them by itself; only they can do harm */
  readonly told: number;
  /** differences by their explanation */
  readonly explained: Readonly<Record<string, number>>;
  /** differences that nobody explained, and explanations whose example no longer differs */
  readonly faults: readonly string[];
}

/** Sorts differences into those that are explained and those that are not. */
class Findings<Difference> {
  readonly counts = new Map<string, number>();
  readonly faults: string[] = [];
  readonly #explained: readonly Explained<Difference>[];
  readonly #shown = new Set<string>();

  constructor(explained: readonly Explained<Difference>[]) {
    this.#explained = explained;
    for (const { reason } of explained) this.counts.set(reason, 0);
  }

  note(text: string, difference: Difference): void {
    const found = explanationOf(this.#explained, text, difference);
    if (found === undefined) {
      this.faults.push(`${JSON.stringify(text)}: ${JSON.stringify(difference)}`);
      return;
    }
    this.counts.set(found.reason, (this.counts.get(found.reason) ?? 0) + 1);
    this.#shown.add(text);
  }

  result(texts: number, told: number): Differing {
    const gone = this.#explained
      .filter(({ example }) => !this.#shown.has(example))
      .map(({ reason, example }) => `no longer differs: ${JSON.stringify(example)}, ${reason}`);
    const faults = [...this.faults, ...gone];
    return { texts, told, explained: Object.fromEntries(this.counts), faults };
  }
}

function withExamples<Difference>(
  texts: readonly string[],
  explained: readonly Explained<Difference>[],
): readonly string[] {
  const examples = explained.map(({ example }) => example);
  return [...new Set([...examples, ...texts])].filter((text) => !text.includes("\0"));
}

/** Compares the fact `shell` with `bash -n` and with tree-sitter-bash. */
export async function differShell(texts: readonly string[], bash: string): Promise<Differing> {
  const all = withExamples(texts, explainedShell);
  const grammar = await openBashGrammar();
  const told = all.flatMap((text) => {
    const commands = shownCommands(text);
    return commands === undefined ? [] : [{ text, commands }];
  });
  const accepted = await bashAccepts(
    bash,
    told.map(({ text }) => text),
  );
  const findings = new Findings(explainedShell);
  for (const [index, { text, commands }] of told.entries()) {
    for (const difference of shellDifferences(commands, grammar(text), accepted[index] === true)) {
      findings.note(text, difference);
    }
  }
  return findings.result(all.length, told.length);
}

/** Compares the fact `sql` with a server of PostgreSQL that is started for it. */
export async function differSql(
  texts: readonly string[],
  postgres: string,
  parser: SqlParser,
): Promise<Differing> {
  const all = withExamples(texts, explainedSql);
  const server = startPostgres(postgres);
  try {
    const session = await PostgresSession.open(server.socketPath);
    const comparison = await SqlComparison.open(session, parser);
    const findings = new Findings(explainedSql);
    let told = 0;
    for (const text of all) {
      const { isTold, differences } = await comparison.compare(text);
      if (isTold) told += 1;
      for (const difference of differences) findings.note(text, difference);
    }
    const volatile = await comparison.volatileFunctions();
    const unknown = volatile.filter((name) => !Object.hasOwn(explainedVolatile, name));
    const gone = Object.keys(explainedVolatile).filter((name) => !volatile.includes(name));
    findings.faults.push(
      ...unknown.map((name) => `volatile, and taken to change nothing: ${name}`),
      ...gone.map((name) => `no longer differs: ${name}`),
    );
    session.close();
    return findings.result(all.length, told);
  } finally {
    await server.stop();
  }
}

/** Compares the fact `urls` with where curl would go. Every scheme is asked for as `http`. */
export async function differUrl(texts: readonly string[], curl: string): Promise<Differing> {
  const http = texts.map((text) => text.replace(/^(?:https|ws|wss|ftp):/iu, "http:"));
  const all = withExamples(http, explainedUrl).filter((text) => /^http:/iu.test(text));
  const told = all.flatMap((text) => {
    const host = factHost(text);
    return host === undefined ? [] : [{ text, host }];
  });
  const hosts = await curlHosts(
    curl,
    told.map(({ text }) => text),
  );
  const findings = new Findings(explainedUrl);
  for (const [index, { text, host }] of told.entries()) {
    const difference = urlDifference(host, hosts[index]);
    if (difference !== undefined) findings.note(text, difference);
  }
  return findings.result(all.length, told.length);
}
