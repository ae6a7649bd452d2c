export type { AnnotatedArgument, ArgumentUse } from "./annotated-argument.ts";
export { factLimits } from "./fact-limit.ts";
export type { FileEntry, FilePort } from "./file-port.ts";
export { pathFact } from "./path/path-fact.ts";
export type { PathSettings } from "./path/path-fact.ts";
export { pathOddities } from "./path/path-oddity.ts";
export type { PathOddity } from "./path/path-oddity.ts";
export { resolvePath } from "./path/resolution.ts";
export type { PathPlace, PathResolution } from "./path/resolution.ts";
