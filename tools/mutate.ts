import { runMutateCommand } from "./mutate/command.ts";

process.exitCode = await runMutateCommand(process.argv.slice(2));
