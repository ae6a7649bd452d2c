import type { CommandContext } from "./command-context.ts";

/** How long a person waits without being told, in milliseconds. */
const quietMs = 1000;

/** Says on stderr how far something is, once it takes long; nothing where nobody looks. */
export function progressLine(context: CommandContext, noun: string): (count: number) => void {
  if (context.host.stderr.isTTY !== true) return () => undefined;
  let nextMs = Date.now() + quietMs;
  return (count) => {
    if (Date.now() < nextMs) return;
    nextMs = Date.now() + quietMs;
    context.terminal().words(`${count} ${noun}`);
  };
}
