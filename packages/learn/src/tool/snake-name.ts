import { lowerAscii } from "@holdfast/model";

/** A name in small letters with its words apart by `_`, however it was written: `userName` is `user_name`. */
export function snakeName(name: string): string {
  return lowerAscii(name.replaceAll(/([a-z0-9])([A-Z])/gu, "$1_$2"));
}
