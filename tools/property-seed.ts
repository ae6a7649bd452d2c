import fc from "fast-check";

/**
 * Property tests choose the same examples in every run, so that a run says something about the
 * code and not about its luck. `HOLDFAST_SEED=N` makes them choose others: this is how to hunt.
 */
const seed = Number(process.env["HOLDFAST_SEED"] ?? 20_261_121);
fc.configureGlobal({ seed });
