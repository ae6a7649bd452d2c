/**
 * The rooms of the repository and what each may import: the one table. Apps may import
 * anything below them; nothing imports upward or sideways.
 */
export const layers: Readonly<Record<string, readonly string[]>> = {
  "packages/model": [],
  "packages/engine": ["packages/model"],
  "packages/facts": ["packages/model"],
  "packages/log": ["packages/model"],
  "packages/learn": ["packages/engine", "packages/model"],
  "packages/stress": ["packages/learn", "packages/engine", "packages/model"],
  "packages/store": ["packages/log", "packages/model"],
  "packages/runtime": [
    "packages/store",
    "packages/engine",
    "packages/facts",
    "packages/log",
    "packages/model",
  ],
  // Verifies what packages/log writes, and would be worth little if it shared code with it.
  "packages/verify": [],
  "gateways/mcp": ["packages/runtime", "packages/model"],
  "apps/demo": [
    "gateways/mcp",
    "packages/runtime",
    "packages/engine",
    "packages/log",
    "packages/model",
  ],
  "apps/language-server": ["packages/runtime", "packages/engine", "packages/model"],
  "apps/cli": [
    "apps/demo",
    "apps/language-server",
    "gateways/mcp",
    "packages/runtime",
    "packages/store",
    "packages/engine",
    "packages/facts",
    "packages/learn",
    "packages/stress",
    "packages/log",
    "packages/model",
  ],
};

/** Rooms in which nothing may depend on the clock, chance, the machine or what ran before. */
export const pureRooms: readonly string[] = [
  "packages/model",
  "packages/engine",
  "packages/facts",
  "packages/learn",
  "packages/stress",
  "packages/log",
];

/** The room a path lies in: its first two folders, when they are a room's. */
export function roomOf(path: string): string | undefined {
  const [first, second] = path.split("/");
  return ["packages", "gateways", "apps"].includes(first ?? "") && second !== undefined
    ? `${first}/${second}`
    : undefined;
}

/** Whether a path is code that a room ships, and not its tests. */
export function isShipped(path: string): boolean {
  return /^(?:packages|gateways|apps)\/[^/]+\/(?:src|bin)\//u.test(path);
}
