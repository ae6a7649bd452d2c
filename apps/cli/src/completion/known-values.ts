import { Argument } from "commander";

/**
 * An argument of a command that has known values: they are offered by the shell. What else is
 * given is for the command to judge, which knows the nearest name.
 */
export class NamedArgument extends Argument {
  /** asked only when a script is written */
  readonly knownValues: () => readonly string[];

  constructor(name: string, description: string, knownValues: () => readonly string[]) {
    super(name, description);
    this.knownValues = knownValues;
  }
}
