import type { StateKeeper } from "../../engine.ts";
import { compiledState } from "../history/compiled-state.ts";
import type { Program } from "../rule/program.ts";
import { loadState } from "./load-state.ts";
import { saveState } from "./save-state.ts";

/** Counts up when parts change, or what is folded into them does. */
const format = "1";

/** How the states of this engine are written down. */
export function stateKeeper(program: Program): StateKeeper {
  return {
    format,
    save: (state) => saveState(compiledState(state)),
    load: (parts) => loadState(program, parts),
  };
}
