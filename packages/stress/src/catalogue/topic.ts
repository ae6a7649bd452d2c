import { lowerAscii } from "@holdfast/model";

/** Words that tell nothing of a topic. */
const plainWords: ReadonlySet<string> = new Set(
  (
    "about above after again against also always another around because been before being below between both could " +
    "does doing down during each either else even every first from further give have having here into just know last " +
    "least less like list made make many maybe might more most much must need never next once only onto other over " +
    "please same send shall should some soon still such sure take than thank that their them then there these they " +
    "this those through today tomorrow under until upon very want well were what when where which while whom whose " +
    "will with within without would your yourself"
  ).split(" "),
);

/** The words of a text that tell what it is about, small letters, in its order. */
export function topicWordsOf(text: string): readonly string[] {
  return (lowerAscii(text).match(/[a-z]{4,}/gu) ?? []).filter((word) => !plainWords.has(word));
}
