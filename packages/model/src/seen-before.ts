import type { JsonObject, Json } from "./json.ts";
import type { Request } from "./request.ts";

/** What a session root had seen before an action, as a PolicyTest states it. */
export interface SeenBefore {
  /** all that a person typed, in order */
  readonly prompts: readonly string[];
  readonly documents: readonly {
    readonly source: string;
    readonly text: string;
    readonly labels: readonly string[];
  }[];
  readonly results: readonly {
    readonly tool: Request["tool"];
    readonly args: JsonObject;
    readonly result: Json;
  }[];
}
