/** How the report looks: light or dark as the reader's system is, narrow or wide, and on paper. */
export const reportStyle = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1b1f24; --quiet: #57606a; --line: #d5dae0; --wash: #f5f7f9;
  --link: #0b5cad; --read: #2f6f4f; --change: #9a4a00; --deny: #b3261e; --ask: #8a5a00; --mark: #fff3cd;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --ink: #e4e7ea; --quiet: #9aa4ae; --line: #343b42; --wash: #1d2125;
    --link: #7db7f0; --read: #7cc79f; --change: #f0a868; --deny: #ff8a80; --ask: #e8c268; --mark: #3b3216;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 78rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; overflow-wrap: anywhere; }
p { max-width: 46rem; margin: .5rem 0; }
a { color: var(--link); }
code { font: .875em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
h3 code { font-size: 1em; font-weight: 600; }
.quiet { color: var(--quiet); font-weight: 400; }
.note { background: var(--mark); padding: .5rem .75rem; border-radius: 6px; max-width: 46rem; }
nav { margin: 1.25rem 0; padding: .75rem 1rem; background: var(--wash); border-radius: 6px; }
nav ol { margin: 0; padding-left: 1.25rem; }
nav ul { margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0 1rem; list-style: none; font-size: .9em; }
dl.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.25rem, 1fr)); gap: .75rem; margin: 1rem 0; }
dl.figures div { padding: .6rem .8rem; background: var(--wash); border-radius: 6px; display: flex; flex-direction: column-reverse;
  justify-content: flex-end; }
dl.figures dd { margin: 0; font-size: 1.5rem; font-weight: 600; line-height: 1.2; font-variant-numeric: tabular-nums; }
dl.figures dt { color: var(--quiet); font-size: .85rem; }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; margin: .75rem 0; }
.wide:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { padding: .45rem .7rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
tbody tr:last-child > * { border-bottom: 0; }
thead th, thead th.number { background: var(--wash); font-weight: 600; white-space: normal; }
tbody th { font-weight: 600; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.words { min-width: 9rem; }
tbody th, tbody th.name { min-width: 11rem; }
th.rule { min-width: 17rem; width: 42%; }
.name { overflow-wrap: anywhere; min-width: 8rem; }
.effect { display: inline-block; padding: 0 .4rem; border: 1px solid currentColor; border-radius: 4px; font-size: .78rem;
  font-weight: 600; white-space: nowrap; }
.deny { color: var(--deny); } .step_up { color: var(--ask); }
.cost { color: var(--deny); font-weight: 600; }
summary { cursor: pointer; color: var(--link); font-size: .85rem; font-weight: 400; }
details code { display: block; margin: .35rem 0; white-space: pre-wrap; font-weight: 400; }
figure { margin: .75rem 0; }
figure .wide { padding: 1rem; text-align: center; }
svg { max-width: max(100%, 34rem); height: auto; }
svg text { fill: var(--ink); font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
svg .node :is(path, polygon, ellipse) { fill: var(--wash); stroke: var(--quiet); stroke-width: 1.4; }
svg .read :is(path, polygon, ellipse) { stroke: var(--read); }
svg .change :is(path, polygon, ellipse) { stroke: var(--change); stroke-width: 2.2; }
svg .edge path { stroke: var(--quiet); }
svg .edge polygon { fill: var(--quiet); stroke: var(--quiet); }
@media print {
  :root { --paper: #fff; --ink: #000; --quiet: #444; --line: #bbb; --wash: #fff; --link: #000; --read: #2f6f4f;
    --change: #9a4a00; --deny: #b3261e; --ask: #6b4700; --mark: #fff; }
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  .wide { overflow: visible; border: 0; }
  table { font-size: .85rem; }
  thead th, td.number, th.number { white-space: normal; }
  th, td { padding: .3rem .4rem; }
  td.words, .name, tbody th, tbody th.name { min-width: 0; }
  th.rule { min-width: 0; width: 50%; }
  thead { display: table-header-group; }
  tr, figure, dl { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  svg { max-width: 100%; }
  summary { display: none; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
}
`;
