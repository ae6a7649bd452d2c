import { toolSuccessions } from "@holdfast/learn";
import { counted } from "@holdfast/model";
import { costSection } from "./cost-section.ts";
import { coverageSection } from "./coverage-section.ts";
import { percent, reportedRules, taskCount } from "./learn-report.ts";
import type { LearnReport, ReportedRule } from "./learn-report.ts";
import { html, Markup } from "./markup.ts";
import { reportStyle } from "./report-style.ts";
import { numbers, reportTable } from "./report-table.ts";
import { ruleSection } from "./rule-section.ts";
import { toolGraph } from "./tool-graph.ts";

/** What a page is known by, so that it takes the place of another page and of nothing else. */
export const pageMark = '<meta name="generator" content="holdfast learn --report" />';

/**
 * A learned policy as one HTML page that needs nothing else: no script, no font, no network. Names and texts of runs
 * are escaped. It holds no prompt and no value of a call but those that rules hold. The same input gives the
 * same bytes.
 */
export async function reportPage(report: LearnReport, attacked: string): Promise<string> {
  const { tools } = report.learned;
  const rules = reportedRules(report);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        ${new Markup(pageMark)}
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'"
        />
        <meta name="referrer" content="no-referrer" />
        <title>Learned policy</title>
        <style>
          ${new Markup(reportStyle)}
        </style>
      </head>
      <body>
        <header>
          <h1>Learned policy</h1>
          <p class="quiet">
            What <code>holdfast learn</code> made of honest runs, and what bears it out.
          </p>
          ${attacked === "" ? "" : html`<p class="note">${attacked}</p>`} ${figures(report, rules)}
        </header>
        <nav aria-label="Contents">
          <ol>
            <li><a href="#graph">Which tool came after which</a></li>
            <li><a href="#coverage">Coverage</a></li>
            <li><a href="#cost">What each rule costs and buys</a></li>
            <li>
              <a href="#rules">Rules</a>
              <ul>
                ${tools.map(
                  ({ name }, at) =>
                    html`<li>
                      <a href="#tool-${at}"><code>${name}</code></a>
                    </li>`,
                )}
              </ul>
            </li>
            <li><a href="#places">Known places</a></li>
          </ol>
        </nav>
        <main>
          ${await graphSection(report)} ${coverageSection(report)} ${costSection(report, rules)}
          ${ruleSection(report, rules)} ${placeSection(report)}
        </main>
      </body>
    </html> `;
  return page.text;
}

function figures({ learned, runs, stressed }: LearnReport, rules: readonly ReportedRule[]): Markup {
  const tracks = [...(learned.track?.values() ?? [])];
  const sum = (count: (track: (typeof tracks)[number]) => number): number =>
    tracks.reduce((total, track) => total + count(track), 0);
  const quiet = rules.filter(({ rule, track }) => track?.caught.has(rule.id) !== true).length;
  const shown: readonly (readonly [string, string])[] = [
    ["honest runs", String(runs.length)],
    ["tasks", String(taskCount(runs))],
    ["calls", String(sum(({ calls }) => calls))],
    ["tools used, of those granted", `${learned.uses.size} of ${learned.tools.length}`],
    ["rules", String(rules.length)],
    ["rules that caught no honest call", String(quiet)],
    ["honest calls stopped", String(sum(({ stopped }) => stopped))],
    ...(stressed === undefined
      ? []
      : [
          [
            `attacks stopped, of ${stressed.mutants}`,
            percent(stressed.mutants - stressed.survived, stressed.mutants),
          ] as const,
        ]),
  ];
  return html`<dl class="figures">
    ${shown.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

async function graphSection({ learned, runs }: LearnReport): Promise<Markup> {
  const successions = toolSuccessions(runs);
  const tools = learned.tools.flatMap(({ name, isRead }) => {
    const use = learned.uses.get(name);
    return use === undefined ? [] : [{ name, isRead, calls: use.calls }];
  });
  const { svg, leftOut } = await toolGraph({ tools, successions });
  const rows = successions.map(
    ({ from, to, calls, runs: count }) =>
      html`<tr>
        <td class="name">
          ${from === undefined ? html`<span class="quiet">start of a run</span>` : html`<code>${from}</code>`}
        </td>
        <td class="name"><code>${to}</code></td>
        <td class="number">${calls}</td>
        <td class="number">${count}</td>
      </tr>`,
  );
  const columns = ["After", "Came", numbers("Times"), numbers("Runs")];
  return html`<section id="graph">
    <h2>Which tool came after which</h2>
    <figure>
      <div class="wide" role="region" aria-label="Graph of tools" tabindex="0">${svg}</div>
      <figcaption class="quiet">
        A number says how often one tool was called right after the other. A thick frame: the tool
        does more than
        look.${leftOut === 0 ? "" : ` ${leftOut} rarer successions are in the table alone.`}
      </figcaption>
    </figure>
    <details>
      <summary>as a table</summary>
      ${reportTable("Successions of tools", columns, rows)}
    </details>
  </section>`;
}

/** Environments that one reads; runs can make up any number. */
const environmentsShown = 20;

function placeSection({ learned: { places, usual } }: LearnReport): Markup {
  const { domains, hosts, values } = places;
  const own = [...values].flatMap(([tool, byName]) =>
    [...byName].map(([name, texts]) => `${tool} ${name}: ${texts.join(", ")}`),
  );
  const named = (names: readonly string[]): Markup | string =>
    names.length === 0 ? "none" : html`<code>${names.join(", ")}</code>`;
  const made = [...usual.environments.all.byEnvironment]
    .map(([name, tasks]) => ({ name, tasks: tasks.size }))
    .sort((a, b) => b.tasks - a.tasks || (a.name < b.name ? -1 : 1))
    .map(({ name, tasks }) => `${name} (${counted(tasks, "task")})`);
  const more =
    made.length > environmentsShown ? `, and ${made.length - environmentsShown} more` : "";
  return html`<section id="places">
    <h2>Known places</h2>
    <p>
      Environments in which runs were made:
      ${made.length === 0 ? "no run tells" : named(made.slice(0, environmentsShown))}${more}.
    </p>
    <p>
      Where at least two tasks led to, and what rules on unknown parties therefore let through.
      Domains of addresses: ${named(domains)}. Hosts of URLs: ${named(hosts)}. Names and ids that
      the agent gave of itself: ${named(own)}.
    </p>
  </section>`;
}
