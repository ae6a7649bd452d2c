import { HoldfastError } from "@holdfast/model";

/**
 * A definition that cannot be written down, or a condition that is not CEL: thrown where it is
 * built, so that the stack leads to the author's line. Code `definition_invalid`.
 */
export function definitionError(message: string, cause?: unknown): HoldfastError {
  return new HoldfastError("definition_invalid", message, cause === undefined ? {} : { cause });
}
