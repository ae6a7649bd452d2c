import type { Folder } from "./folder.ts";

/** A file of a series by the index that its name tells. */
export interface SeriesFile {
  readonly first: number;
  readonly path: string;
}

/** What lies in the folder of a series. */
export interface Series {
  /** by first index */
  readonly files: readonly SeriesFile[];
  /** the file that the writer made ahead, when there is one */
  readonly prepared?: string;
  /** what has no business there */
  readonly extra: readonly string[];
}

/** Lists `seg/` or `payload/`, whose files end in `.seg` and `.pay`. */
export function listSeries(folder: Folder, name: string, suffix: string): Series {
  const files: SeriesFile[] = [];
  const extra: string[] = [];
  let prepared: string | undefined;
  for (const entry of folder.list(name)) {
    const path = `${name}/${entry}`;
    const digits = entry.slice(0, 20);
    const first = Number(digits);
    const isNumbered = /^[0-9]{20}$/u.test(digits) && Number.isSafeInteger(first);
    if (isNumbered && entry.slice(20) === suffix) files.push({ first, path });
    else if (entry === "prepared") prepared = path;
    else extra.push(path);
  }
  files.sort((left, right) => left.first - right.first);
  return { files, extra, ...(prepared === undefined ? {} : { prepared }) };
}
