/** What facts are computed from at most; beyond it the fact is an error, never a part of the truth. */
export const factLimits = {
  /** UTF-8 bytes of one text that is parsed as shell, SQL or a URL */
  textBytesMax: 64 * 1024,
  /** nesting of a command */
  shellDepthMax: 32,
  /** simple commands of one line */
  shellCommandsMax: 50,
  /** nesting of a statement */
  sqlDepthMax: 200,
  /** nodes of the parse tree of a statement */
  sqlNodesMax: 20_000,
  /** bytes of one path, of one part of it */
  pathBytesMax: 4096,
  pathPartBytesMax: 255,
  /** bytes of one URL */
  urlBytesMax: 8192,
  /** bytes of all content that is looked through */
  contentBytesMax: 512 * 1024,
  /** stretches of content in which something was found */
  contentSpansMax: 5_000,
  /** nesting of a manifest, values in it */
  manifestDepthMax: 64,
  manifestNodesMax: 20_000,
  /** marks of YAML in a manifest's text, of which each costs the parser some ten microseconds */
  manifestMarksMax: 6_000,
  /** entries of any one list of a fact; the engine's cost bound counts on it */
  entriesMax: 1000,
} as const;
