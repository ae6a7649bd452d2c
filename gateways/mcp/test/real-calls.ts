/** One call of a real server's tool. */
export interface RealCall {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** At least one call of each tool of the filesystem server; `root` is a folder as `fillFolder` makes it. */
export function filesystemCalls(root: string): readonly RealCall[] {
  const at = (name: string): string => `${root}/${name}`;
  return [
    { tool: "list_allowed_directories", args: {} },
    { tool: "read_file", args: { path: at("a.txt") } },
    { tool: "read_text_file", args: { path: at("a.txt"), head: 1 } },
    { tool: "read_text_file", args: { path: at("a.txt"), tail: 1 } },
    { tool: "read_text_file", args: { path: at("missing.txt") } },
    { tool: "read_text_file", args: { path: "/etc/hostname" } },
    { tool: "read_text_file", args: { path: at("a.txt"), head: "one" } },
    { tool: "read_media_file", args: { path: at("pixel.png") } },
    { tool: "read_multiple_files", args: { paths: [at("a.txt"), at("missing.txt")] } },
    { tool: "write_file", args: { path: at("new.txt"), content: "größe \u{1f600}\n\u0000\u2028" } },
    { tool: "read_text_file", args: { path: at("new.txt") } },
    {
      tool: "edit_file",
      args: { path: at("a.txt"), edits: [{ oldText: "second", newText: "2nd" }], dryRun: true },
    },
    {
      tool: "edit_file",
      args: { path: at("a.txt"), edits: [{ oldText: "second", newText: "2nd" }] },
    },
    { tool: "edit_file", args: { path: at("a.txt"), edits: [{ oldText: "absent", newText: "" }] } },
    { tool: "create_directory", args: { path: at("made/deep") } },
    { tool: "list_directory", args: { path: root } },
    { tool: "list_directory_with_sizes", args: { path: root, sortBy: "size" } },
    { tool: "directory_tree", args: { path: root, excludePatterns: ["*.png"] } },
    { tool: "move_file", args: { source: at("new.txt"), destination: at("made/moved.txt") } },
    { tool: "search_files", args: { path: root, pattern: "**/*.txt" } },
    { tool: "get_file_info", args: { path: at("made/moved.txt") } },
  ];
}

/** At least one call of each tool of the memory server, in an order that builds a graph. */
export const memoryCalls: readonly RealCall[] = [
  { tool: "read_graph", args: {} },
  {
    tool: "create_entities",
    args: {
      entities: [
        { name: "Ana", entityType: "person", observations: ["lives in Lisbon"] },
        { name: "Bo", entityType: "person", observations: [] },
      ],
    },
  },
  {
    tool: "create_relations",
    args: { relations: [{ from: "Ana", to: "Bo", relationType: "knows" }] },
  },
  {
    tool: "add_observations",
    args: { observations: [{ entityName: "Bo", contents: ["plays", "sings"] }] },
  },
  { tool: "add_observations", args: { observations: [{ entityName: "Nobody", contents: ["x"] }] } },
  { tool: "search_nodes", args: { query: "lisbon" } },
  { tool: "open_nodes", args: { names: ["Bo", "Nobody"] } },
  {
    tool: "delete_observations",
    args: { deletions: [{ entityName: "Bo", observations: ["sings"] }] },
  },
  {
    tool: "delete_relations",
    args: { relations: [{ from: "Ana", to: "Bo", relationType: "knows" }] },
  },
  { tool: "delete_entities", args: { entityNames: ["Ana"] } },
  { tool: "read_graph", args: {} },
];

/** At least one call of each tool of the everything server that is called and answered at once. */
export const everythingCalls: readonly RealCall[] = [
  { tool: "echo", args: { message: "hällo" } },
  { tool: "echo", args: { message: 7 } },
  { tool: "get-annotated-message", args: { messageType: "error", includeImage: true } },
  { tool: "get-annotated-message", args: { messageType: "debug" } },
  { tool: "get-env", args: {} },
  { tool: "get-resource-links", args: { count: 4 } },
  { tool: "get-resource-reference", args: { resourceType: "Text", resourceId: 3 } },
  { tool: "get-structured-content", args: { location: "Chicago" } },
  { tool: "get-sum", args: { a: 0.1, b: 1e21 } },
  { tool: "get-tiny-image", args: {} },
  {
    tool: "gzip-file-as-resource",
    args: { name: "a.gz", data: "data:text/plain,hello", outputType: "resource" },
  },
  { tool: "get-roots-list", args: {} },
  { tool: "trigger-sampling-request", args: { prompt: "one word", maxTokens: 5 } },
  { tool: "trigger-elicitation-request", args: {} },
  {
    tool: "trigger-url-elicitation",
    args: { url: "https://a.example/x", message: "open", elicitationId: "e-1" },
  },
  {
    tool: "trigger-url-elicitation",
    args: { url: "https://b.example/x", message: "open", elicitationId: "e-2", errorPath: true },
  },
  { tool: "trigger-long-running-operation", args: { duration: 0.3, steps: 3 } },
  { tool: "toggle-simulated-logging", args: {} },
  { tool: "toggle-simulated-logging", args: {} },
  { tool: "toggle-subscriber-updates", args: {} },
  { tool: "toggle-subscriber-updates", args: {} },
];
