export { SqliteIndex } from "./sqlite-index.ts";
