import type { Collection, Entry, Lead, Value } from "./tree.ts";
import type { Comment } from "./trivia.ts";

interface Place {
  readonly entry: Entry;
  readonly parents: readonly Collection[];
}

/**
 * Gives every comment of a document to the entry that it speaks of: behind a value to that value,
 * on lines of its own to what stands below it, or to the end of the collection it is indented as.
 * None is left out. Returns those that no entry can take, which stand around a bare value.
 */
export function placeComments(root: Value, comments: readonly Comment[], text: string): Lead[] {
  if (root.kind === "nothing" || root.kind === "scalar") return comments.map(leadOf);
  const places = placesIn(root, []);
  const rest: Lead[] = [];
  for (const comment of comments) {
    const taken = comment.alone
      ? placeAlone(comment, root, places)
      : placeBehind(comment, places, text.lastIndexOf("\n", comment.offset - 1) + 1);
    if (!taken) above(comment, root, places);
  }
  return rest;
}

function leadOf({ text, blankBefore }: Comment): Lead {
  return { text, blankBefore };
}

/** Every entry below a collection, in the order written, the outer ones first. */
function placesIn(collection: Collection, outer: readonly Collection[]): Place[] {
  const parents = [...outer, collection];
  return collection.entries.flatMap((entry) => {
    const { value } = entry;
    const own = { entry, parents };
    return value.kind === "map" || value.kind === "list"
      ? [own, ...placesIn(value, parents)]
      : [own];
  });
}

/** A comment on the line of something: of what ends last before it there, else of an open key. */
function placeBehind(comment: Comment, places: readonly Place[], lineStart: number): boolean {
  const { offset } = comment;
  const ended = places
    .map(({ entry }) => entry)
    .filter(({ end }) => end > lineStart && end <= offset);
  const last = Math.max(...ended.map(({ end }) => end));
  const ties = ended.filter(({ end }) => end === last);
  const taker = ties.find((each) => each.start >= lineStart && !holdsLines(each)) ?? ties.at(-1);
  if (taker !== undefined) {
    if (taker.trailing === undefined) taker.trailing = comment;
    else taker.leads.push(leadOf(comment));
    return true;
  }
  const open = places.findLast(({ entry }) => entry.start <= offset && offset < entry.end)?.entry;
  if (open === undefined) return false;
  if (open.header === undefined && open.key !== undefined) open.header = comment;
  else open.leads.push(leadOf(comment));
  return true;
}

/** An item whose value begins behind its dash and goes on below: its line is that of its first part. */
function holdsLines({ key, value }: Entry): boolean {
  return key === undefined && (value.kind === "map" || value.kind === "list") && !value.flow;
}

function placeAlone(comment: Comment, root: Collection, places: readonly Place[]): boolean {
  const { offset, column } = comment;
  const next = places.find(({ entry }) => entry.start > offset);
  const before = places.findLast(({ entry }) => entry.start < offset);
  const open = places.findLast(({ entry }) => entry.start <= offset && offset < entry.end)?.entry;
  if (open !== undefined && open.value.kind === "scalar") {
    open.leads.push(leadOf(comment));
    return true;
  }
  const flow = collections(root).findLast(
    (each) => each.flow && each.start < offset && offset < each.end,
  );
  if (flow !== undefined) {
    const inside = next !== undefined && next.entry.start < flow.end;
    (inside ? next.entry.leads : flow.ends).push(leadOf(comment));
    return true;
  }
  if (next !== undefined && column <= (next.parents.at(-1)?.column ?? 0)) return false;
  const chain = before === undefined ? [] : openAt(before).filter(({ flow: own }) => !own);
  const owner = chain.findLast((each) => each.column <= column) ?? root;
  if (next !== undefined && next.parents.includes(owner)) return false;
  owner.ends.push(leadOf(comment));
  return true;
}

/** The collections that end no earlier than an entry: those it lies in, and its own. */
function openAt({ entry, parents }: Place): readonly Collection[] {
  const { value } = entry;
  return value.kind === "map" || value.kind === "list" ? [...parents, value] : parents;
}

function collections(value: Value): readonly Collection[] {
  if (value.kind === "nothing" || value.kind === "scalar") return [];
  return [value, ...value.entries.flatMap((entry) => collections(entry.value))];
}

/** To the next entry, or the end of the document. */
function above(comment: Comment, root: Collection, places: readonly Place[]): void {
  const next = places.find(({ entry }) => entry.start > comment.offset);
  (next === undefined ? root.ends : next.entry.leads).push(leadOf(comment));
}
