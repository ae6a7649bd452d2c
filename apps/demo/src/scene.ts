import { fileURLToPath } from "node:url";

/** One thing the scripted agent tries. */
export interface Step {
  /** why the agent does it, in its own words */
  readonly because: string;
  readonly tool: string;
  readonly args: Readonly<Record<string, string>>;
  /** how often in a row, the same call each time; default once */
  readonly times?: number;
}

/**
 * What the demo plays. No model decides here: an agent that believes every word it reads is the
 * worst case, and it is the same each time.
 */
export interface Scene {
  readonly name: string;
  /** policy folder, absolute */
  readonly policies: string;
  /** what a person typed */
  readonly prompt?: string;
  /** what lies in the agent's folder before it comes: text by path */
  readonly files: Readonly<Record<string, string>>;
  /** what the agent does, in order */
  readonly script: readonly Step[];
  /** commands to try afterwards, beside those on the log */
  readonly next: readonly string[];
}

/** The policies of an example of the repository. */
export function examplePolicies(example: string): string {
  return fileURLToPath(new URL(`../../../examples/${example}/policies`, import.meta.url));
}
