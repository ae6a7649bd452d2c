import type { Occurrence } from "./occurrence.ts";
import { isSameName, occurrenceAt, occurrencesIn } from "./occurrence.ts";
import type { PolicySurvey } from "./survey.ts";

/** A place of a policy set that an editor asks about. */
export interface Cursor {
  readonly file: string;
  /** in UTF-16 units */
  readonly offset: number;
}

/** Where what is named at the cursor is defined: for a role, every Agent that has it. */
export function definitionAt(survey: PolicySurvey, cursor: Cursor): readonly Occurrence[] {
  return referencesAt(survey, cursor).filter(({ defines }) => defines);
}

/** Every place that names what is named at the cursor, its definitions included. */
export function referencesAt(
  survey: PolicySurvey,
  { file, offset }: Cursor,
): readonly Occurrence[] {
  const found = occurrenceAt(survey, file, offset);
  if (found === undefined) return [];
  return occurrencesIn(survey).filter((each) => isSameName(each, found));
}
