/** A test by the file that declares it and its number there, from 0. */
export interface TestPlace {
  readonly url: string;
  readonly number: number;
}

/** What a test process is asked to do. */
export type Task =
  /** run all tests of the files, and say what each of them reaches */
  | { readonly kind: "survey"; readonly urls: readonly string[] }
  /** run the tests in this order until one of them fails */
  | { readonly kind: "attempt"; readonly tests: readonly TestPlace[] };

/** What a survey tells of one test. */
export interface SurveyedTest extends TestPlace {
  readonly name: string;
  readonly elapsedMs: number;
  /** numbers that were given to the probe while it ran */
  readonly reached: readonly number[];
  /** why it fails on the code as it is */
  readonly failure?: string;
}

/** What a survey tells of one file: what importing it reaches. */
export interface SurveyedFile {
  readonly url: string;
  readonly reached: readonly number[];
}

/** What a test process answers. */
export type Answer =
  /** about to import a file, or to run the test at this position of the task */
  | { readonly kind: "loading" }
  | { readonly kind: "running"; readonly position: number }
  | { readonly kind: "survived" }
  /** the test at the position failed; -1 when importing its file did */
  | { readonly kind: "failed"; readonly position: number; readonly message: string }
  | {
      readonly kind: "surveyed";
      readonly files: readonly SurveyedFile[];
      readonly tests: readonly SurveyedTest[];
    };
