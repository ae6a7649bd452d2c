import type { Phase } from "@holdfast/model";
import type { Bundle } from "../../document/bundle.ts";
import type { Place } from "../condition/surroundings.ts";

/** The server that stands for all that nobody lists. */
const unlistedServer = "unlisted";

/**
 * Every place that the policy sets can tell apart: each tool that a document or a rule names, for
 * each server its unnamed tools, and the tools of servers that nobody lists; in each phase for which
 * there are rules. Sorted.
 */
export function placesOf(bundles: readonly Bundle[]): readonly Place[] {
  const named = new Set(bundles.flatMap((bundle) => bundle.tools.map(({ name }) => name)));
  const servers = new Set(["local"]);
  for (const pattern of bundles.flatMap(toolPatterns)) {
    if (!pattern.endsWith("*")) named.add(pattern);
    else if (pattern.endsWith(".*")) servers.add(pattern.slice(0, -2));
  }
  const byServer = new Map<string, string[]>([...servers].map((server) => [server, []]));
  for (const full of named) {
    const dot = full.indexOf(".");
    const server = full.slice(0, dot);
    const names = byServer.get(server) ?? [];
    names.push(full.slice(dot + 1));
    byServer.set(server, names);
  }
  const phases = phasesOf(bundles);
  const places: Place[] = [];
  for (const phase of phases) {
    for (const [server, names] of [...byServer].toSorted(byFirst)) {
      for (const name of names.toSorted())
        places.push({ server, listed: true, name, phase, taken: [] });
      places.push({ server, listed: true, name: undefined, phase, taken: names.toSorted() });
    }
    const taken = [...byServer.keys()].toSorted();
    places.push({ server: unlistedServer, listed: false, name: undefined, phase, taken });
  }
  return places;
}

function toolPatterns(bundle: Bundle): readonly string[] {
  const matches = [...bundle.policies, ...bundle.events, ...bundle.meters].map(
    ({ match }) => match,
  );
  return matches.flatMap(({ tools }) => tools ?? []);
}

function phasesOf(bundles: readonly Bundle[]): readonly Phase[] {
  const result = bundles.some(({ policies }) =>
    policies.some(({ match }) => match.phase === "result"),
  );
  return result ? ["call", "result"] : ["call"];
}

function byFirst([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

/** How a place is called: `server.tool`, or which tools it stands for. */
export function placeName({ server, listed, name, phase }: Place): string {
  const tool = !listed
    ? "tools of other servers"
    : name === undefined
      ? `other tools of ${server}`
      : `${server}.${name}`;
  return phase === "call" ? tool : `${tool} (result)`;
}
