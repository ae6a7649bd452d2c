export { formatPolicyFile } from "../format/format.ts";
export type { FormatResult } from "../format/format.ts";
