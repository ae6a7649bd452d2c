import type { ContentSpan, FactAnswer, Json } from "@holdfast/model";
import { factError } from "../fact-error.ts";
import { factLimits } from "../fact-limit.ts";
import { utf8Bytes } from "../text-bytes.ts";
import { hidesText } from "./hidden-text.ts";
import { injectionMarkersIn } from "./injection-finding.ts";
import { findingsIn } from "./text-finding.ts";
import type { TextFindings } from "./text-finding.ts";
import { readText } from "./text-reading.ts";
import type { CharacterReadings } from "./text-reading.ts";

/** Where a value stands among those that are looked through. */
export interface ContentPlace {
  /** as masks name it: `items[0].text` */
  readonly place: string;
  /** as whoever reads a finding is told it: `items[].text` */
  readonly arg: string;
  /** the name of the member that it is the value of; empty without one */
  readonly name: string;
}

/** A stretch as the fact holds it. */
type Span = { readonly [Name in keyof ContentSpan]: ContentSpan[Name] };

/** Stands in places for the name of a member that holds something itself. */
const hiddenName = "[masked]";

/** Looks through values, one after the other, and gathers what they hold. */
export class ContentReading {
  readonly #findings = {
    secrets: new Map<string, { readonly type: string; readonly arg: string }>(),
    pii: new Map<string, { readonly type: string; readonly arg: string }>(),
  };
  readonly #markers = new Map<string, { readonly marker: string; readonly arg: string }>();
  readonly #spans: Span[] = [];
  readonly #readings: CharacterReadings = new Map();
  #invisible = false;
  #bytes = 0;
  #error: FactAnswer | undefined;

  /** The fact, or why there is none. */
  get answer(): FactAnswer {
    const { secrets, pii } = this.#findings;
    return (
      this.#error ?? {
        value: {
          secrets: [...secrets.values()],
          pii: [...pii.values()],
          injection: [...this.#markers.values()],
          invisible: this.#invisible,
          bytes: this.#bytes,
          spans: this.#spans,
        },
      }
    );
  }

  /** Looks through all texts, numbers and names of members of a value, in their order. */
  read(value: Json, at: ContentPlace): void {
    if (this.#error !== undefined) return;
    const { place, arg, name } = at;
    if (typeof value === "string") this.#readText(value, at, true);
    else if (typeof value === "number") this.#readText(String(value), at, false);
    else if (isList(value)) {
      for (const [index, entry] of value.entries()) {
        this.read(entry, { place: `${place}[${index}]`, arg: `${arg}[]`, name });
      }
    } else if (typeof value === "object" && value !== null) {
      for (const [key, member] of Object.entries(value)) {
        const isPlain = this.#readText(key, { ...at, name: "" }, false);
        const shown = isPlain ? key : hiddenName;
        this.read(member, { place: below(place, shown), arg: below(arg, shown), name: key });
      }
    }
  }

  /** Whether there are no secrets and no personal data in a text; a mask can be laid on `isText`. */
  #readText(text: string, at: ContentPlace, isText: boolean): boolean {
    if (this.#error !== undefined) return true;
    this.#bytes += utf8Bytes(text);
    if (this.#bytes > factLimits.contentBytesMax) {
      return this.#refuse(`content of more than ${factLimits.contentBytesMax} bytes`);
    }
    const name = at.name === "" ? "" : readText(at.name, this.#readings).lower;
    const found = findingsIn(text, name, this.#readings);
    if (found === undefined)
      return this.#refuse("what is left of a text holds more, again and again");
    this.#note(found, at, isText);
    if (hidesText(text)) this.#invisible = true;
    for (const marker of injectionMarkersIn(text, found.read.lower)) {
      this.#markers.set(`${marker} ${at.arg}`, { marker, arg: at.arg });
    }
    const { secrets, pii } = this.#findings;
    if ([secrets, pii, this.#markers].some(({ size }) => size > factLimits.entriesMax)) {
      return this.#refuse(`more than ${factLimits.entriesMax} entries`);
    }
    if (this.#spans.length > factLimits.contentSpansMax) {
      return this.#refuse(`more than ${factLimits.contentSpansMax} findings`);
    }
    return found.secrets.length === 0 && found.pii.length === 0;
  }

  #note(found: TextFindings, { place, arg }: ContentPlace, isText: boolean): void {
    for (const kind of ["secrets", "pii"] as const) {
      for (const { type, start, end } of found[kind]) {
        this.#findings[kind].set(`${type} ${arg}`, { type, arg });
        // An empty stretch is in no text: whoever masks it is told that it cannot be hidden.
        this.#spans.push({ type, arg: place, start: isText ? start : 0, end: isText ? end : 0 });
      }
    }
  }

  #refuse(reason: string): true {
    this.#error = factError("limit", reason);
    return true;
  }
}

function below(place: string, name: string): string {
  return place === "" ? name : `${place}.${name}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
