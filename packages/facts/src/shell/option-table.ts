/** What an option does with its value, see the entries of known commands. */
export type OptionKind = "none" | "here" | "text" | "read" | "write" | "data" | "run";

export interface Option {
  readonly kind: OptionKind;
  /** whether it takes a value, and whether that may be left out */
  readonly value: "none" | "required" | "attached";
}

/** The options of one program: short ones by their letter, long ones by their name. */
export interface OptionTable {
  readonly short: ReadonlyMap<string, Option>;
  readonly long: ReadonlyMap<string, Option>;
}

const kinds: ReadonlySet<string> = new Set(["here", "text", "read", "write", "data", "run"]);

/** Reads the options of a known command; throws on a text that is none. */
export function optionTable(text: string): OptionTable {
  const short = new Map<string, Option>();
  const long = new Map<string, Option>();
  for (const token of text.split(/\s+/)) {
    if (token === "") continue;
    const match = /^(--?)([A-Za-z0-9][\w.-]*)(?::([a-z]+)(\?)?)?$/.exec(token);
    const kind = match?.[3] ?? "none";
    if (match === null || (kind !== "none" && !kinds.has(kind))) {
      throw new Error(`no option of a known command: \`${token}\``);
    }
    const option = { kind, value: valueOf(kind, match[4] !== undefined) } as Option;
    const name = match[2] ?? "";
    if (match[1] === "--") long.set(name, option);
    else for (const letter of kind === "none" ? name : [name]) short.set(letter, option);
  }
  return { short, long };
}

function valueOf(kind: string, mayLack: boolean): Option["value"] {
  if (kind === "none" || kind === "here") return "none";
  // What runs something makes the fact opaque, so how far its value goes does not matter.
  if (kind === "run") return "attached";
  return mayLack ? "attached" : "required";
}
