export type { AnnotatedArgument, ArgumentUse } from "./annotated-argument.ts";
export { factLimits } from "./fact-limit.ts";
export type { FileEntry, FilePort } from "./file-port.ts";
