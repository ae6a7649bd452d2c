import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { policyFileSchema, policySchemas } from "@holdfast/engine";
import { nearestName, publishedSchemas } from "@holdfast/model";
import type { JsonObject } from "@holdfast/model";
import type { CommandContext } from "../command-context.ts";
import { NamedArgument } from "../completion/known-values.ts";
import { badArguments } from "../failure.ts";
import { renderData } from "../output-format.ts";

/** `holdfast schema [name]`: the published JSON Schemas, as this version reads and writes them. */
export function schemaCommand(context: CommandContext): Command {
  return new Command("schema")
    .description("print a published JSON Schema, or list their names")
    .addArgument(
      new NamedArgument(
        "[name]",
        "request, decision, record, policy-file, or a document kind such as Policy",
        () => Object.keys(allSchemas()).sort(),
      ),
    )
    .option("-w, --write <file>", "write it there, and print the line that names it in YAML files")
    .addHelpText("after", examples)
    .action((name: string | undefined, { write }: { readonly write?: string }) => {
      const schemas = allSchemas();
      const terminal = context.terminal();
      if (name === undefined && write !== undefined) throw badArguments("`--write` needs a name");
      if (name === undefined) {
        for (const known of Object.keys(schemas).sort()) terminal.data(known);
        return;
      }
      const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
      if (schema === undefined) {
        const near = nearestName(name, Object.keys(schemas));
        throw badArguments(
          `unknown schema \`${name}\`${near === undefined ? "; `holdfast schema` lists the names" : `; did you mean \`${near}\`?`}`,
        );
      }
      if (write === undefined) {
        terminal.data(renderData(schema, "json"));
        return;
      }
      writeFileSync(write, `${renderData(schema, "json")}\n`);
      terminal.data(`# yaml-language-server: $schema=${write}`);
    });
}

function allSchemas(): Readonly<Record<string, JsonObject>> {
  return {
    ...publishedSchemas(),
    ...policySchemas(),
    "policy-file": policyFileSchema(),
  };
}

const examples = `
Examples:
  holdfast schema                        list the names
  holdfast schema policy-file -w policy-file.json    for editors; prints the first line of a policy file:
                                         # yaml-language-server: $schema=policy-file.json
  holdfast schema decision               what \`check -o json\` prints
`;
