import { percent } from "./learn-report.ts";
import type { LearnReport, ReportedRule } from "./learn-report.ts";
import { html } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { numbers, reportTable } from "./report-table.ts";

/** What each kind of rule costs honest work and, where attacks were tried, what it buys; over all tools. */
export function costSection(report: LearnReport, rules: readonly ReportedRule[]): Markup {
  const { stressed } = report;
  const byId = new Map<string, ReportedRule[]>();
  for (const each of rules) {
    const known = byId.get(each.rule.id) ?? [];
    byId.set(each.rule.id, known);
    known.push(each);
  }
  const sums = [...byId].map(([id, own]) => sumOf(id, own));
  const isTold = stressed !== undefined;
  const rows = sums
    .sort((a, b) => b.kills - a.kills || b.caught - a.caught || (a.id < b.id ? -1 : 1))
    .map(
      (sum) =>
        html`<tr>
          <th scope="row"><code>${sum.id}</code></th>
          <td><span class="effect ${sum.effect}">${sum.effect}</span></td>
          <td class="number">${sum.tools}</td>
          <td class="number">${sum.calls}</td>
          <td class="number">
            ${sum.caught === 0 ? "0" : html`<span class="cost">${sum.caught}</span> (${percent(sum.caught, sum.calls)})`}
          </td>
          ${
            isTold
              ? html`<td class="number">${sum.kills}</td>
                  <td class="number">${sum.alone}</td>`
              : ""
          }
        </tr>`,
    );
  const worth = isTold ? ["Attacks stopped", "Stopped alone"] : [];
  const columns = [
    "Rule",
    "Effect",
    ...["Tools", "Calls covered", "Calls caught", ...worth].map((name) => numbers(name)),
  ];
  return html`<section id="cost">
    <h2>What each rule costs and buys</h2>
    <p>
      Cost: honest calls of the runs that the rule would have refused, or asked a person about.
      ${
        isTold
          ? html`Worth: attacks on the same runs that it stopped, and those that no other rule
            stopped. ${stressed.mutants - stressed.survived} of ${stressed.mutants} attacks were
            stopped, by these rules or by what is refused anyhow.`
          : html`What a rule buys is known once the policy was attacked:
              <code>holdfast stress --policy DIR … -o json</code>, then <code>--stress FILE</code>.`
      }
    </p>
    ${reportTable("Cost and worth by rule", columns, rows)}
  </section>`;
}

interface RuleSum {
  readonly id: string;
  readonly effect: string;
  readonly tools: number;
  readonly calls: number;
  readonly caught: number;
  readonly kills: number;
  readonly alone: number;
}

function sumOf(id: string, rules: readonly ReportedRule[]): RuleSum {
  const sum = (count: (each: ReportedRule) => number): number =>
    rules.reduce((total, each) => total + count(each), 0);
  return {
    id,
    effect: rules[0]?.rule.effect ?? "",
    tools: rules.length,
    calls: sum(({ track }) => track?.calls ?? 0),
    caught: sum(({ track }) => track?.caught.get(id)?.calls ?? 0),
    kills: sum(({ kills }) => kills?.all ?? 0),
    alone: sum(({ kills }) => kills?.alone ?? 0),
  };
}
