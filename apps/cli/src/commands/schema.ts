import { Command } from "commander";
import { policySchemas } from "@holdfast/engine";
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
        "request, decision, record, or a document kind such as Policy",
        () => Object.keys(allSchemas()).sort(),
      ),
    )
    .addHelpText("after", examples)
    .action((name: string | undefined) => {
      const schemas = allSchemas();
      const terminal = context.terminal();
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
      terminal.data(renderData(schema, "json"));
    });
}

function allSchemas(): Readonly<Record<string, JsonObject>> {
  return { ...publishedSchemas(), ...policySchemas() };
}

const examples = `
Examples:
  holdfast schema                        list the names
  holdfast schema Policy > policy.json   for an editor: "# yaml-language-server: $schema=policy.json"
  holdfast schema decision               what \`check -o json\` prints
`;
