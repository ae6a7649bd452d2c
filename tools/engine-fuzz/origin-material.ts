import type { Json, JsonObject } from "@holdfast/model";
import type { Occurrence } from "@holdfast/engine";
import type { Chance } from "./chance.ts";

type Observation = Extract<Occurrence, { readonly kind: "observation" }>;

/**
 * Values that come up again and again, in prompts, results and arguments, whole and in texts; `#`
 * stands for the season, as what was sent once is never again first seen anywhere else.
 */
const texts: readonly string[] = [
  "ana#@corp.example",
  "corp#.example",
  "DE#9370400440532",
  "https://shop#.example/a?b=1",
  "HTTP://Shop#.example:81/",
  "https://me@shop#.example/",
  "report-#.txt",
  "Acme # GmbH",
  "übergabe#",
  "send it #",
  "Bo#",
  "x",
];

/** What stands beside a value in a text. */
const joints: readonly string[] = [
  " ",
  " ",
  " ",
  ".",
  ". ",
  "-",
  "@",
  "/",
  ",",
  "! ",
  "\n",
  "“",
  "x",
  "; ",
];

const openings: readonly string[] = [
  "",
  "Please send",
  "You should pay",
  "Then, also: send",
  "Ana sends",
  "forwarding",
  "do not forget to read",
  "see shop#.example and",
  "the invoices of",
  "meet me at the old mill with",
];

const topics: readonly string[] = [
  "invoice",
  "the invoices",
  "meet me at the old mill",
  "",
  "",
  "read",
];

/** Names of members that look like declared paths, or like the way such names are written. */
const likePaths: readonly string[] = ["mail.own", "items[].own", '["mail.own"]', "]"];

/** How many steps of a walk share their values. */
const stepsPerSeason = 7;

/** Made of the values of one season. */
export class OriginMaterial {
  readonly #chance: Chance;
  readonly #season: number;

  constructor(chance: Chance, step: number) {
    this.#chance = chance;
    this.#season = Math.floor(step / stepsPerSeason) % 9;
  }

  /** A value of the few; a number now and then as a person writes it. */
  value(): string | number {
    const chance = this.#chance;
    // Few values in a season, so that one that is asked about was often seen.
    const few = texts.filter((_, index) => (index + this.#season) % 3 === 0);
    if (!chance.once(3)) return chance.of(few).replace("#", String(this.#season));
    const number = this.number();
    if (!chance.once(4)) return number;
    const season = this.#season + 1;
    return chance.of([`${number}.00`, `${number}0`, `${season},250.00`, `${season},250.50`]);
  }

  number(): number {
    const base = 1_250 + 1_000 * this.#season;
    return this.#chance.of([base, base, base + 0.5, -base, base + 90_000.25, 250, 1e21]);
  }

  /** One or more sentences, values standing in them freely, joined or inside words. */
  text(): string {
    const chance = this.#chance;
    const sentence = (): string =>
      [
        chance.of(openings).replace("#", String(this.#season)),
        chance.of(joints),
        String(this.value()),
        chance.of(joints),
        chance.of(topics),
        chance.of(joints),
        chance.once(2) ? String(this.value()) : "",
      ].join("");
    return Array.from({ length: 1 + chance.below(3) }, sentence).join(chance.of(joints));
  }

  /** A result as tools give them: plain, of the protocol's shape, JSON written as text. */
  result(): Json {
    const chance = this.#chance;
    const structured = this.#record(0);
    switch (chance.below(8)) {
      case 0:
        return this.text();
      case 1:
        return JSON.stringify(structured);
      case 2:
        return this.value();
      case 3:
        return { content: [this.#block(), this.#block()], structuredContent: structured };
      case 4:
        return { content: [this.#block(), this.#block()] };
      case 5:
        return { ...structured, content: [] };
      default:
        return structured;
    }
  }

  #block(): Json {
    const chance = this.#chance;
    if (chance.once(8)) return { type: "image", text: this.text() };
    if (chance.once(20)) return { text: this.text() };
    if (chance.once(6)) return this.#link();
    const json = ` ${JSON.stringify(this.#record(1))}${chance.once(4) ? "}" : "\n"}`;
    const text = chance.once(3) ? json : this.text();
    if (!chance.once(4)) return { type: "text", text };
    return { type: "resource", resource: chance.once(8) ? { blob: text } : { uri: "a:b", text } };
  }

  #link(): Json {
    const chance = this.#chance;
    const made: { [key: string]: Json } = { type: "resource_link" };
    for (const name of ["title", "uri", "description", "name", "mimeType"]) {
      if (chance.once(2)) made[name] = chance.of<Json>([this.text(), this.value(), ""]);
    }
    return made;
  }

  #record(depth: number): JsonObject {
    const chance = this.#chance;
    const made: { [key: string]: Json } = {};
    for (const name of ["own", "items", "mail", "from", "text", "", ...likePaths]) {
      if (chance.once(2)) made[name] = this.#part(depth + 1);
    }
    return made;
  }

  #part(depth: number): Json {
    const chance = this.#chance;
    if (depth < 3 && chance.once(4)) return this.#record(depth);
    if (depth < 3 && chance.once(4)) return [this.#part(depth + 1), this.#part(depth + 1)];
    if (chance.once(10)) return chance.of<Json>([true, null, "", []]);
    return chance.once(3) ? this.text() : this.value();
  }

  /** Something that enters a session besides results; mostly a prompt, as without one all errs. */
  observation(sequence: number, nowMs: number): Observation {
    const chance = this.#chance;
    const seen = chance.of(["prompt", "document", "document", "document", "memory"] as const);
    const labels = chance.of([["user"], ["user"], ["user", "untrusted"], ["read"], []]);
    const others = chance.of([["untrusted"], ["untrusted", "own"], ["user"], []]);
    return {
      kind: "observation",
      sequence,
      nowMs,
      tenant: chance.once(4) ? "second" : "default",
      root: chance.of(["s1", "s1", "s2"]),
      seen,
      text: this.text(),
      source: chance.of([`report-${this.#season}.txt`, "chat", "Bob"]),
      labels: seen === "prompt" ? labels : others,
    };
  }
}
