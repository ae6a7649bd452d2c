import { escapedJson } from "@holdfast/model";

/** The longest name that is written down, and what names have room for together, in a file of four times as much. */
const nameUnitsMax = 1024;
const namesUnitsMax = 65_536;

/**
 * The first of these names that one file has room for, without any that is very long: whoever writes a run makes up
 * names of arguments without end.
 */
export function namesWithRoom(names: Iterable<string>): readonly string[] {
  const found: string[] = [];
  let left = namesUnitsMax;
  for (const name of names) {
    if (name.length > nameUnitsMax) continue;
    left -= writtenUnits(name);
    if (left < 0) break;
    found.push(name);
  }
  return found;
}

/** Whether one file has room for all of these names. */
export function haveRoom(names: readonly string[]): boolean {
  return namesWithRoom(names).length === names.length;
}

/** What a name takes in a condition, which is a text within a text. */
function writtenUnits(name: string): number {
  return escapedJson(JSON.stringify(JSON.stringify(name))).length;
}
