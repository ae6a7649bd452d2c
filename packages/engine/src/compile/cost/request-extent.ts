import { factBounds } from "../../document/fact-vocabulary.ts";
import { scalar } from "./extent.ts";
import type { Extent } from "./extent.ts";
import { measured } from "./measure.ts";

/** Units of text that a request, an answer or a fact has at most: the limit of the JSON reader. */
export const unitsMax = 16 * 1024 * 1024;

/** Values in it at most, likewise. */
export const valuesMax = 100_000;

/** Any JSON value of a request: as large as the request may be, parts and all. */
export const unknownJson: Extent = {
  text: measured(unitsMax),
  count: measured(valuesMax),
  deep: measured(valuesMax + unitsMax / 256),
  key: measured(unitsMax),
  part: () => unknownJson,
};

/** Any part of what is computed from annotated arguments: no larger than a request in all. */
export const factExtent: Extent = {
  ...unknownJson,
  count: measured(factBounds.entriesMax, valuesMax),
  part: () => factExtent,
};

/** An entry of `urls`: its host is a name or an address, which have a length. */
const urlFact: Extent = {
  ...factExtent,
  field: (name) => (name === "host" || name === "scheme" ? hostText : factExtent),
};

const hostText: Extent = {
  ...scalar,
  text: measured(factBounds.hostUnitsMax, unitsMax),
  deep: measured(2, unknownJson.deep.total),
};

/** The fact `urls`. */
export const urlsExtent: Extent = { ...factExtent, part: () => urlFact };
