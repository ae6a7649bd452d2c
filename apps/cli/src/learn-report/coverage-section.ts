import { percent, taskCount } from "./learn-report.ts";
import type { LearnReport } from "./learn-report.ts";
import { html } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { numbers, reportTable } from "./report-table.ts";

/** Which tools there are, which of them the runs used, and in how many tasks. */
export function coverageSection(report: LearnReport): Markup {
  const { learned, runs, defined } = report;
  const tasks = taskCount(runs);
  const rows = learned.tools.map(({ name, labels }) => {
    const [use, track] = [learned.uses.get(name), learned.track?.get(name)];
    const rules = learned.rules.get(name)?.length ?? 0;
    const given = [...(use?.arguments ?? [])].sort();
    return html`<tr>
      <th scope="row" class="name">
        <a href="#tool-${learned.tools.findIndex((tool) => tool.name === name)}"
          ><code>${name}</code></a
        >
      </th>
      <td>${labels.join(", ")}</td>
      <td>${defined.has(name) ? "yes" : "no"}</td>
      <td class="number">${use?.calls ?? 0}</td>
      <td class="number">${use?.tasks.size ?? 0} (${percent(use?.tasks.size ?? 0, tasks)})</td>
      <td class="number">${rules}</td>
      <td class="number">${stoppedCell(track?.stopped ?? 0)}</td>
      <td class="name">${given.length === 0 ? "none" : html`<code>${given.join(", ")}</code>`}</td>
    </tr>`;
  });
  const columns = [
    "Tool",
    "Labels",
    "Defined",
    numbers("Calls"),
    numbers(`Tasks (of ${tasks})`),
    numbers("Rules"),
    numbers("Calls stopped"),
    "Arguments given",
  ];
  const unused = learned.tools.filter(({ name }) => !learned.uses.has(name));
  return html`<section id="coverage">
    <h2>Coverage</h2>
    <p>
      ${learned.uses.size} of ${learned.tools.length} tools that the policy grants were used in the
      runs. Each rule of a tool is asked at every call of it, so that it covers all of its honest
      calls.
    </p>
    ${
      unused.length === 0
        ? ""
        : html`<p class="note">
            Granted because they are defined, and never used:
            ${listed(unused.map(({ name }) => name))}. Nothing is known of what is usual for them;
            take them out of the definitions to refuse them.
          </p>`
    }
    ${reportTable("Coverage", columns, rows)}
  </section>`;
}

function stoppedCell(stopped: number): Markup {
  return stopped === 0 ? html`0` : html`<span class="cost">${stopped}</span>`;
}

/** Names as code, with commas between them. */
function listed(names: readonly string[]): readonly Markup[] {
  return names.map((name, at) => html`${at === 0 ? "" : ", "}<code>${name}</code>`);
}
