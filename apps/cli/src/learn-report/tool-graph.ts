import type { ToolSuccession } from "@holdfast/learn";
import { printable } from "@holdfast/model";
import { Markup } from "./markup.ts";

/** What a graph is drawn from. */
export interface ToolGraph {
  /** tools that were called, with their calls */
  readonly tools: readonly GraphTool[];
  readonly successions: readonly ToolSuccession[];
}

interface GraphTool {
  readonly name: string;
  readonly calls: number;
  readonly isRead: boolean;
}

/** Tools and edges that a reader can still tell apart; the rarest are left out. */
const edgesMax = 80;

/** The longest name that a box holds. */
const nameMax = 40;

/**
 * The graph of which tool came right after which, as SVG that a page styles: `start`, `read` and `change` are
 * classes of its boxes. Graphviz lays it out; it is loaded here, as no other command needs it.
 */
export async function toolGraph(graph: ToolGraph): Promise<DrawnGraph> {
  const { instance } = await import("@viz-js/viz");
  const viz = await instance();
  const shown = [...graph.successions]
    .sort((a, b) => b.calls - a.calls)
    .slice(0, edgesMax)
    .sort((a, b) => graph.successions.indexOf(a) - graph.successions.indexOf(b));
  const named = new Set(shown.flatMap(({ from, to }) => [from, to]));
  const tools = graph.tools.filter(({ name }) => named.has(name));
  // Names are data, and no names of Graphviz.
  const ids = new Map(tools.map(({ name }, at) => [name, `tool${at}`]));
  const most = Math.max(1, ...shown.map(({ calls }) => calls));
  const drawn = viz.renderString(
    {
      directed: true,
      graphAttributes: { rankdir: "TB", bgcolor: "transparent", nodesep: 0.35, ranksep: 0.45 },
      // All fixed-width fonts are about as wide, so that text fits its box whichever a reader has.
      nodeAttributes: { shape: "box", style: "rounded", fontname: "Courier", fontsize: 13 },
      edgeAttributes: { fontname: "Courier", fontsize: 11, arrowsize: 0.7 },
      nodes: [
        { name: "start", attributes: { label: "start", class: "start", shape: "oval" } },
        ...tools.map(({ name, calls, isRead }) => ({
          name: ids.get(name) ?? "",
          attributes: {
            label: `${labelOf(name)}\\n${calls} ${calls === 1 ? "call" : "calls"}`,
            class: isRead ? "read" : "change",
            tooltip: labelOf(name),
          },
        })),
      ],
      edges: shown.map(({ from, to, calls }) => ({
        tail: from === undefined ? "start" : (ids.get(from) ?? ""),
        head: ids.get(to) ?? "",
        attributes: { label: ` ${calls} `, penwidth: 1 + (3 * calls) / most },
      })),
    },
    { format: "svg" },
  );
  return {
    // What stands before it is the prolog of a file of its own.
    svg: new Markup(drawn.slice(drawn.indexOf("<svg"))),
    leftOut: graph.successions.length - shown.length,
  };
}

/** A graph, and how many of its edges had no room. */
export interface DrawnGraph {
  readonly svg: Markup;
  readonly leftOut: number;
}

/** A name as a label of Graphviz, which reads entities and backslashes in it. */
function labelOf(name: string): string {
  const plain = printable(name).replaceAll("\t", " ");
  // Names of tools are ASCII: no other compiles.
  const short = plain.length <= nameMax ? plain : `${plain.slice(0, nameMax - 1)}…`;
  return short.replaceAll("&", "&amp;").replaceAll("\\", "\\\\");
}
