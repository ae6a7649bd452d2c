import { confidenceOf } from "@holdfast/learn";
import type { LearnReport, ReportedRule } from "./learn-report.ts";
import { html, marked } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { numbers, reportTable } from "./report-table.ts";

/** The rules of each tool: what bears each out, what it caught, and how sure one may be of it. */
export function ruleSection(report: LearnReport, rules: readonly ReportedRule[]): Markup {
  const { learned, stressed } = report;
  const parts = learned.tools.map(({ name, evidence }, at) => {
    const own = rules.filter(({ tool }) => tool === name);
    const left = learned.exemptions.filter(({ tool }) => tool === name);
    return html`<section id="tool-${at}">
      <h3><code>${name}</code></h3>
      <p class="quiet">Why it has its labels: ${marked(evidence.join("; "))}.</p>
      ${left.map(
        ({ rule, tasks }) =>
          html`<p class="note">
            Left out: <code>${rule}</code>, as ${tasks} honest tasks broke it.
          </p>`,
      )}
      ${own.length === 0 ? html`<p>No rule narrows it.</p>` : ruleTable(name, own, stressed !== undefined)}
    </section>`;
  });
  return html`<section id="rules">
    <h2>Rules</h2>
    <p>
      A rule narrows what is granted: <span class="effect deny">deny</span> refuses,
      <span class="effect step_up">step_up</span> asks a person. Confidence is how sure one may be
      that the next task is let through: (tasks that it let through + 1) / (tasks + 2).
    </p>
    ${parts}
  </section>`;
}

function ruleTable(tool: string, rules: readonly ReportedRule[], isTold: boolean): Markup {
  const columns = [
    { name: "Rule", kind: "rule" },
    "Learned from",
    numbers("Calls covered"),
    "Calls caught",
    numbers("Confidence"),
    ...(isTold ? [numbers("Attacks stopped")] : []),
  ] as const;
  const rows = rules.map((each) => ruleRow(each));
  return reportTable(`Rules of ${tool}`, columns, rows);
}

function ruleRow({ rule, track, kills }: ReportedRule): Markup {
  const { id, effect, when, limit, reason, support } = rule;
  const caught = track?.caught.get(id);
  const condition = limit === undefined ? when : `${limit.meter} over ${limit.max}`;
  return html`<tr>
    <th scope="row" class="rule">
      <code>${id}</code> <span class="effect ${effect}">${effect}</span><br /><span class="quiet"
        >${reason}</span
      >
      ${
        condition === undefined
          ? ""
          : html`<details>
              <summary>when</summary>
              <code>${condition}</code>
            </details>`
      }
    </th>
    <td class="words">${marked(support ?? "the same for every tool")}</td>
    <td class="number">${track?.calls ?? 0}</td>
    <td class="words">
      ${
        caught === undefined
          ? "none"
          : html`<span class="cost">${caught.calls}</span> in
              ${caught.tasks === 1 ? "1 task" : `${caught.tasks} tasks`}:
              ${caught.examples.join(", ")}${caught.calls > caught.examples.length ? ", …" : ""}`
      }
    </td>
    <td class="number">${track === undefined ? "no calls" : confidenceOf(track, id).toFixed(2)}</td>
    ${kills === undefined ? "" : html`<td class="number">${kills.all}${kills.alone === 0 ? "" : html` <span class="quiet">(${kills.alone} alone)</span>`}</td>`}
  </tr>`;
}
