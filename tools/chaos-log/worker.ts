import { openSync, writeSync } from "node:fs";
import { openGuard } from "@holdfast/runtime";
import type { Guard } from "@holdfast/runtime";
import { agent, requestOf } from "./action.ts";
import { guardOptions } from "./guard-options.ts";

/**
 * A guard under load until it is killed: `node worker.js DATA SIDE NAME CALLERS`. Appends a line
 * to SIDE for everything it is promised, as soon as it is: what a killed process wrote there stays.
 *
 *     open                    the log was opened and folded
 *     session ID              a session was opened
 *     observed ID TEXT        a document was observed
 *     executed ACTION ID      permitted, and so carried out: this line is what it does
 *     ended ACTION            its result was released
 *     refused ACTION ID       refused on record
 */
const [data = "", side = "", name = "", callers = "1"] = process.argv.slice(2);
const file = openSync(side, "a");
const say = (line: string): void => {
  writeSync(file, `${line}\n`);
  // A byte for each, so that the parent can tell how far the work is.
  writeSync(1, ".");
};

const guard = await openGuard({ ...guardOptions, data });
say("open");
await Promise.all(Array.from({ length: Number(callers) }, (_, caller) => work(guard, caller)));

async function work(on: Guard, caller: number): Promise<void> {
  const { id: session } = await on.openSession({ agent });
  say(`session ${session}`);
  for (let number = 0; ; number += 1) {
    const id = `${name}-${caller}-${number}`;
    if (number % 10 === 5) {
      const seen = { kind: "document", text: `text of ${id}`, source: "disk", labels: [] } as const;
      await on.observe(session, seen);
      say(`observed ${session} ${id}`);
    }
    const answer = await on.begin(requestOf(id, session));
    if (!answer.granted) {
      if (answer.sequence === undefined) throw new Error(`${id} was refused off the record`);
      say(`refused ${id} ${session}`);
      continue;
    }
    say(`executed ${id} ${session}`);
    const shown = await on.end(answer, { status: "success", result: { done: id } });
    if (shown.released) say(`ended ${id}`);
  }
}
