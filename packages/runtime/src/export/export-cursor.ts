import { open, readFile, rename } from "node:fs/promises";
import { HoldfastError, parseJson } from "@holdfast/model";
import { z } from "zod";
import { exportFormats } from "./export-format.ts";
import type { ExportFormat } from "./export-format.ts";

const cursorSchema = z.strictObject({
  v: z.literal(1),
  /** digest of `log.json` */
  log: z.string(),
  format: z.enum(exportFormats),
  /** next record to export */
  position: z.int().min(0),
  /** first record to read again, for what was open */
  needed: z.int().min(0),
});

/** How far an export came. */
export type ExportCursor = z.output<typeof cursorSchema>;

/**
 * Reads where an export is to go on; undefined when it has not begun.
 *
 * @throws HoldfastError `export_cursor` when the file is none, or of another log or format
 */
export async function readCursor(
  path: string,
  { log, format }: { readonly log: string; readonly format: ExportFormat },
): Promise<ExportCursor | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const cursor = cursorSchema.safeParse(parseCursor(path, bytes));
  if (!cursor.success) throw new HoldfastError("export_cursor", `\`${path}\` is no export cursor`);
  if (cursor.data.log !== log || cursor.data.format !== format) {
    const message = `\`${path}\` is the cursor of another log, or of format ${cursor.data.format}`;
    throw new HoldfastError("export_cursor", message);
  }
  return cursor.data;
}

function parseCursor(path: string, bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes);
  } catch (cause) {
    throw new HoldfastError("export_cursor", `\`${path}\` is no export cursor`, { cause });
  }
}

/** Keeps how far an export came: the old cursor or the new one, whatever happens. */
export async function keepCursor(path: string, cursor: ExportCursor): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(cursor)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
