import { createFactReader } from "@holdfast/facts";
import type { FactSubject, SqlParser } from "@holdfast/facts";
import type { Facts } from "@holdfast/model";
import type { World } from "./made-world.ts";

/** The facts of an action, as they stand in this world. */
export function factsOf(subject: FactSubject, world: World, sqlParser: SqlParser): Facts {
  const addresses = pinned(subject, world);
  return createFactReader({ files: world.files, sqlParser, addresses })(subject);
}

/** The addresses of the hosts in the arguments: what an enforcement point looks up and connects to. */
function pinned(
  { tool, args }: FactSubject,
  world: World,
): Readonly<Record<string, readonly string[]>> {
  const addresses: Record<string, readonly string[]> = {};
  for (const [arg, use] of Object.entries(tool?.arguments ?? {})) {
    const url = args[arg];
    if (use !== "url" || typeof url !== "string" || !URL.canParse(url)) continue;
    const host = new URL(url).hostname.replace(/^\[(.*)\]$/u, "$1").replace(/\.$/u, "");
    const literal = host.includes(":") || /^\d+(?:\.\d+){3}$/u.test(host);
    if (host !== "" && !literal) addresses[host] = world.addresses(host);
  }
  return addresses;
}
