import type { Chance } from "../engine-fuzz/chance.ts";

/** A query written in two ways that mean one thing, and what it does. */
export interface MadeQuery {
  readonly plain: string;
  readonly adorned: string;
  readonly tablesRead: readonly string[];
  readonly tablesWritten: readonly string[];
}

const tables = ["orders", "customers", "s.log", "t", "u"];
const columns = ["id", "name", "total", "at"];
const functions = ["count", "lower", "max", "coalesce", "length"];

/** Collects the tokens of a query; keywords are in capital letters, names in small ones. */
class QueryMaker {
  readonly tokens: string[] = [];
  readonly tablesRead = new Set<string>();
  readonly tablesWritten = new Set<string>();
  readonly #chance: Chance;
  #depth = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  statement(): void {
    const chance = this.#chance;
    switch (chance.below(6)) {
      case 0:
        this.#put("INSERT", "INTO");
        this.#table(this.tablesWritten);
        this.#put("(", "id", ")");
        return this.select();
      case 1:
        this.#put("UPDATE");
        this.#target();
        this.#put("SET", "total", "=");
        this.#value();
        return this.#where();
      case 2:
        this.#put("DELETE", "FROM");
        this.#target();
        return this.#where();
      case 3: {
        this.#put("WITH", "c", "AS", "(");
        this.select();
        this.#put(")", "SELECT", "*", "FROM", "c");
        return;
      }
      default:
        return this.select();
    }
  }

  select(): void {
    this.#depth += 1;
    this.#put("SELECT");
    const count = 1 + this.#chance.below(3);
    for (let index = 0; index < count; index += 1) {
      if (index > 0) this.#put(",");
      this.#value();
    }
    this.#put("FROM");
    if (this.#depth < 4 && this.#chance.once(5)) {
      this.#put("(");
      this.select();
      this.#put(")", "AS", "q");
    } else this.#table(this.tablesRead);
    this.#where();
    if (this.#depth < 3 && this.#chance.once(6)) {
      this.#put("UNION", "ALL");
      this.select();
    }
    this.#depth -= 1;
  }

  #where(): void {
    if (!this.#chance.once(2)) return;
    this.#put("WHERE");
    this.#value();
    this.#put(this.#chance.of(["=", "<>", ">="]));
    this.#value();
  }

  #value(): void {
    const chance = this.#chance;
    const kind = chance.below(this.#depth < 3 ? 7 : 5);
    if (kind < 2) this.#put(chance.of(columns));
    else if (kind === 2) this.#put(chance.of(["1", "'it''s'", "NULL", "2.5", "TRUE"]));
    else if (kind < 5) {
      this.#put(chance.of(functions), "(", chance.of(columns), ")");
    } else if (kind === 5) {
      this.#put("(");
      this.select();
      this.#put(")");
    } else {
      this.#put("CASE", "WHEN", chance.of(columns), "IS", "NULL", "THEN", "1", "ELSE");
      this.#put(chance.of(columns), "END");
    }
  }

  /** A table that is changed, and read as what decides which of its rows are. */
  #target(): void {
    const table = this.#chance.of(tables);
    this.#put(...table.split(/(\.)/u));
    this.tablesWritten.add(qualified(table));
    this.tablesRead.add(qualified(table));
  }

  #table(of: Set<string>): void {
    const table = this.#chance.of(tables);
    this.#put(...table.split(/(\.)/u));
    of.add(qualified(table));
  }

  #put(...tokens: readonly string[]): void {
    this.tokens.push(...tokens);
  }
}

function qualified(table: string): string {
  return table.includes(".") ? table : `public.${table}`;
}

/** A token written otherwise: keywords in other letters, names in quotes. */
function adornedToken(token: string, chance: Chance): string {
  if (/^[A-Z]+$/u.test(token)) {
    return Array.from(token, (letter) => (chance.once(2) ? letter.toLowerCase() : letter)).join("");
  }
  // `coalesce` is a word of the grammar, which no quotes may stand around.
  if (!/^[a-z]+$/u.test(token) || token === "coalesce") return token;
  const form = chance.below(4);
  if (form === 0) return `"${token}"`;
  if (form === 1) return `U&"\\00${token.charCodeAt(0).toString(16)}${token.slice(1)}"`;
  return form === 2 ? token.toUpperCase() : token;
}

const gaps = [" ", "  ", "\n", "\t", " /* ; */ ", " -- it's\n", "/* /* */ */", "\r\n", "\f"];

/** One statement over a few tables, plain and adorned. */
export function madeQuery(chance: Chance): MadeQuery {
  const maker = new QueryMaker(chance);
  maker.statement();
  const adorned = maker.tokens.map((token) => adornedToken(token, chance) + chance.of(gaps));
  return {
    plain: maker.tokens.join(" "),
    adorned: chance.of(gaps) + adorned.join(""),
    tablesRead: [...maker.tablesRead],
    tablesWritten: [...maker.tablesWritten],
  };
}
