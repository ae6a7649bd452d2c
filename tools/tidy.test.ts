import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { tidy } from "./tidy.ts";
import { layers } from "./tidy/layer.ts";
import { readSourceTree } from "./tidy/source-tree.ts";

test("the repository is tidy", () => {
  expect(tidy(readSourceTree(fileURLToPath(new URL("..", import.meta.url))))).toEqual([]);
});

const json = (value: object): string => JSON.stringify(value);
const packageName = (room: string): string => `@holdfast/${room.replace("/", "-")}`;

/** A small tree that breaks no rule: every room of the table with an index and one file. */
function tidyTree(): Map<string, string> {
  const tree = new Map([["package.json", json({ name: "root", version: "1.0.0" })]]);
  for (const [room, below] of Object.entries(layers)) {
    const dependencies = Object.fromEntries(below.map((other) => [packageName(other), "1.0.0"]));
    const references = below.map((other) => ({ path: `../../${other}` }));
    tree.set(
      `${room}/package.json`,
      json({ name: packageName(room), version: "1.0.0", dependencies }),
    );
    tree.set(`${room}/tsconfig.json`, json({ references }));
    tree.set(`${room}/src/index.ts`, 'export { thing } from "./thing.ts";\n');
    tree.set(`${room}/src/thing.ts`, "export const thing = 1;\n");
  }
  return tree;
}

/** What tidy finds when these files are changed or added; undefined takes a file away. */
function found(changes: Readonly<Record<string, string | undefined>>): string[] {
  const tree = tidyTree();
  for (const [path, text] of Object.entries(changes)) {
    if (text === undefined) tree.delete(path);
    else tree.set(path, text);
  }
  return tidy(tree);
}

/** The finding when the engine's one file is this text. */
function inEngine(text: string): string[] {
  return found({ "packages/engine/src/thing.ts": `${text}\nexport const thing = 1;\n` });
}

test("a tidy tree has no findings", () => {
  expect(found({})).toEqual([]);
});

describe("tidy finds a broken layer:", () => {
  const engine = "packages/engine/src/thing.ts";

  test("an import upward, by import, re-export, type or at run time", () => {
    const upward = `${engine}:1 layer: packages/engine may not import packages/log`;
    const name = packageName("packages/log");
    for (const text of [
      `import { thing as other } from "${name}";`,
      `import type { thing as other } from "${name}";`,
      `export { thing as other } from "${name}";`,
      `export const other = await import("${name}");`,
    ]) {
      expect(inEngine(text)).toEqual([upward]);
    }
  });

  test("an import upward in a test", () => {
    const path = "packages/model/test/thing.test.ts";
    expect(found({ [path]: `import { thing } from "${packageName("packages/engine")}";` })).toEqual(
      [`${path}:1 layer: packages/model may not import packages/engine`],
    );
  });

  test("a path that leaves the room or reaches inside a package", () => {
    expect(inEngine('import { thing as other } from "../../model/src/thing.ts";')).toEqual([
      `${engine}:1 layer: \`../../model/src/thing.ts\` leaves the room`,
    ]);
    const inside = `${packageName("packages/model")}/src/thing.ts`;
    expect(inEngine(`import { thing as other } from "${inside}";`)).toEqual([
      `${engine}:1 layer: \`${inside}\` reaches inside a package`,
    ]);
  });

  test("but no path that the package exports, in a room that may import it", () => {
    const name = packageName("packages/engine");
    const exports = { ".": "./src/index.ts", "./extra": { source: "./src/extra.ts" } };
    const tree = (specifier: string): string[] =>
      found({
        "packages/engine/package.json": json({
          name,
          version: "1.0.0",
          exports,
          dependencies: { [packageName("packages/model")]: "1.0.0" },
        }),
        "packages/engine/src/extra.ts": "export const extra = 1;\n",
        "packages/runtime/src/thing.ts": `export { thing } from "${specifier}";\n`,
        "packages/log/src/thing.ts": `export { thing } from "${specifier}";\n`,
      });
    expect(tree(`${name}/extra`)).toEqual([
      "packages/log/src/thing.ts:1 layer: packages/log may not import packages/engine",
    ]);
    expect(tree(`${name}/other`)).toEqual([
      `packages/log/src/thing.ts:1 layer: \`${name}/other\` reaches inside a package`,
      `packages/runtime/src/thing.ts:1 layer: \`${name}/other\` reaches inside a package`,
    ]);
  });

  test("but no path of a test to the tools for tests or to a command that it starts", () => {
    const url = (path: string): string =>
      `export const it = new URL("${path}", import.meta.url);\n`;
    const tree = (path: string): string[] =>
      found({ "packages/log/test/it.test.ts": url(path) }).concat(
        found({ "packages/log/src/thing.ts": `${url(path)}export const thing = 1;\n` }),
      );
    for (const path of ["../../../tools/need-tool.ts", "../../../apps/cli/bin/holdfast.js"]) {
      expect(tree(path)).toEqual([
        `packages/log/src/thing.ts:1 layer: \`${path}\` leaves the room`,
      ]);
    }
  });

  test("an import of an allowed package that package.json does not name", () => {
    const bare = { name: packageName("packages/engine"), version: "1.0.0", dependencies: {} };
    const findings = found({
      [engine]: `export { thing } from "${packageName("packages/model")}";`,
      "packages/engine/package.json": json(bare),
      "packages/engine/tsconfig.json": json({ references: [] }),
    });
    expect(findings).toEqual([
      `${engine}:1 layer: \`${packageName("packages/model")}\` is not in packages/engine/package.json`,
    ]);
  });

  test("a dependency upward, a reference that does not agree, another version, a loose one", () => {
    const manifest = (dependencies: object, version = "1.0.0"): string =>
      json({ name: packageName("packages/log"), version, dependencies });
    const model = packageName("packages/model");
    const path = "packages/log/package.json";
    expect(
      found({ [path]: manifest({ [model]: "1.0.0", [packageName("packages/engine")]: "1.0.0" }) }),
    ).toEqual([
      `${path}:0 layer: packages/log may not depend on packages/engine`,
      "packages/log/tsconfig.json:0 layer: reference to packages/engine and dependency on it do not agree",
    ]);
    expect(found({ [path]: manifest({}) })).toEqual([
      "packages/log/tsconfig.json:0 layer: reference to packages/model and dependency on it do not agree",
    ]);
    expect(found({ [path]: manifest({ [model]: "1.0.0", zod: "^4.0.0" }, "2.0.0") })).toEqual([
      `${path}:0 layer: version is not 1.0.0`,
      `${path}:0 pin: \`zod\` is not pinned exactly`,
    ]);
  });

  test("a package that would run a script when it is installed", () => {
    const lock = json({ packages: { "": {}, "node_modules/sqlite": { hasInstallScript: true } } });
    expect(found({ "package-lock.json": lock })).toEqual([
      "package-lock.json:0 install: `node_modules/sqlite` has an install script",
    ]);
  });

  test("a room that the table does not know, and one that is gone", () => {
    const extra = json({ name: "@holdfast/extra", version: "1.0.0" });
    expect(found({ "packages/extra/package.json": extra })).toEqual([
      "packages/extra:0 layer: room is not in the table of tools/tidy/layer.ts",
    ]);
    expect(found({ "apps/cli/package.json": undefined })).toEqual([
      "apps/cli:0 layer: room of the table does not exist",
    ]);
  });
});

describe("tidy finds impurity below the runtime:", () => {
  test.each([
    ["export const now = Date.now();", "Date.now"],
    ["export const now = new Date();", "new Date()"],
    ["export const now = Date();", "new Date()"],
    ["export const now = performance.now();", "performance"],
    ["export const some = Math.random();", "Math.random"],
    ["export const home = process.env;", "process"],
    ["export const some = crypto.randomUUID();", "crypto"],
    ["export const all = { process };", "process"],
    ["export const hour = (at: Date): number => at.getHours();", "*.getHours"],
    ["export const sorted = 'a'.localeCompare('b');", "*.localeCompare"],
    ["setTimeout(() => {}, 1);", "setTimeout"],
    ["export const bytes = Buffer.from('a');", "Buffer"],
    ["export const made = new Function('return 1');", "Function"],
    ["export const made = eval('1');", "eval"],
    ["export const date = globalThis.Date;", "globalThis"],
    ["export const name = 'A'.toLowerCase();", "*.toLowerCase"],
    ["export const name = 'A'.toUpperCase();", "*.toUpperCase"],
    ["export const name = 'A'.normalize();", "*.normalize"],
    ["export const zone = new Intl.DateTimeFormat();", "Intl"],
  ])("%s", (text, name) => {
    const findings = inEngine(text);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toContain(
      `packages/engine/src/thing.ts:1 pure: \`${name}\` in a pure room`,
    );
  });

  test.each(["node:fs", "node:fs/promises", "node:net", "node:child_process", "node:crypto"])(
    "an import of %s",
    (name) => {
      expect(inEngine(`import * as it from "${name}";\nexport const other = it;`)).toEqual([
        `packages/engine/src/thing.ts:1 pure: \`${name}\` in a pure room; see tools/tidy/purity.ts`,
      ]);
    },
  );

  test.each([
    ["export const a = /a/iu;", "flag `i`"],
    ["export const a = new RegExp('a', 'iu');", "flag `i`"],
    ["export const a = RegExp(`a`, 'i');", "flag `i`"],
    ["export const a = /[a\\p{L}]/u;", "property `L`"],
    ["export const a = /\\P{Alphabetic}/u;", "property `Alphabetic`"],
    ["export const a = new RegExp('\\\\p{C}', 'u');", "property `C`"],
  ])("a pattern that another version of Unicode reads otherwise: %s", (text, what) => {
    expect(inEngine(text)).toEqual([
      `packages/engine/src/thing.ts:1 pure: ${what} of a pattern in a pure room: it depends on the machine's Unicode`,
    ]);
    expect(inEngine("export const a = /[\\p{Cc}\\p{Cs}]/u;")).toEqual([]);
  });

  test("a variable of a module", () => {
    for (const text of ["let calls = 0;", "export let calls = 0;", "var calls = 0;"]) {
      expect(inEngine(text)).toEqual([
        "packages/engine/src/thing.ts:1 pure: variable of a module; pass state as an argument and return it",
      ]);
    }
  });

  test("but not a name of one's own, a date that was passed in, a word in a text, or the runtime's clock", () => {
    expect(inEngine("export const at = (process: number): Date => new Date(process);")).toEqual([]);
    expect(inEngine("export const it = { process: 1, now: 'Date.now()' }.process;")).toEqual([]);
    expect(
      found({ "packages/runtime/src/thing.ts": "export const thing = Date.now();\n" }),
    ).toEqual([]);
    const digest = 'export { createHash as thing } from "node:crypto";\n';
    expect(
      found({
        "packages/model/src/node-hashing.ts": digest,
        "packages/model/src/index.ts": 'export { thing } from "./node-hashing.ts";\n',
        "packages/model/src/thing.ts": undefined,
      }),
    ).toEqual([]);
  });
});

describe("tidy finds a reference interpreter that does not stand alone:", () => {
  const reference = "packages/engine/src/reference/judge.ts";
  const index =
    'export { thing } from "./thing.ts";\nexport { judge } from "./reference/judge.ts";\n';
  const around = (text: string, thing = "export const thing = 1;\n"): string[] =>
    found({
      "packages/engine/src/index.ts": index,
      "packages/engine/src/thing.ts": thing,
      "packages/engine/src/cel/syntax.ts": "export const syntax = 1;\n",
      "packages/engine/src/compile/load.ts": "export const load = 1;\n",
      "packages/engine/src/cel/checker.ts": "export const checker = 1;\n",
      [reference]: `${text}\nexport const judge = 1;\n`,
    }).filter((line) => line.includes(" reference: "));

  test("what it imports", () => {
    expect(around('import { syntax } from "../cel/syntax.ts";')).toEqual([]);
    for (const room of ["../compile/load.ts", "../cel/checker.ts"]) {
      expect(around(`import { load } from "${room}";`)).toEqual([
        `${reference}:1 reference: the reference interpreter may not import \`${room}\``,
      ]);
    }
  });

  test("who imports it", () => {
    expect(around("", 'export { judge as thing } from "./reference/judge.ts";\n')).toEqual([
      "packages/engine/src/thing.ts:1 reference: only the index may import `./reference/judge.ts`",
    ]);
  });
});

describe("tidy finds", () => {
  test("a file of more than 400 lines", () => {
    expect(inEngine("\n".repeat(398))).toEqual([]);
    expect(inEngine("\n".repeat(399))).toEqual([
      "packages/engine/src/thing.ts:401 size: 401 lines; split it by noun at 400",
    ]);
  });

  test.each([
    "// TODO: more",
    "# FIXME",
    "XXX",
    "a HACK",
    "works for now",
    "a Placeholder",
    "not implemented",
  ])("unfinished work: %s", (text) => {
    expect(found({ "docs/page.md": `# Page\n${text}\n` })).toHaveLength(1);
  });

  test("but no unfinished work in ordinary words or in others' texts", () => {
    expect(found({ "docs/page.md": "hack, todo, for nowhere, displaceholder\n" })).toEqual([]);
    expect(found({ LICENSE: "fill in the placeholder\n" })).toEqual([]);
  });

  test.each([
    ["export const stringUtils = 1;", "`stringUtils`: name it for what it is"],
    ["function readHelper(): void {}\nreadHelper();", "`readHelper`: name it for what it does"],
    ["export const guardrail = 1;", "`guardrail`: say rule"],
    ["export const toolCallId = 1;", "`toolCallId`: say action"],
    ["export const host_whitelist = 1;", "`host_whitelist`: say allow"],
  ])("a wrong word in a name: %s", (text, message) => {
    expect(inEngine(text)).toEqual([`packages/engine/src/thing.ts:1 name: ${message}`]);
  });

  test.each([
    ["utils.ts", "`utils`: name it for what it is"],
    ["types.ts", "`types`: name it for what it holds"],
    ["string-helpers.ts", "`helpers`: name it for what they are"],
    ["ruleTable.ts", "`ruleTable.ts` is not kebab-case"],
    ["rule_table.ts", "`rule_table.ts` is not kebab-case"],
  ])("a wrong file name: %s", (name, message) => {
    const path = `packages/engine/test/${name}`;
    expect(found({ [path]: "export const x = 1;\n" })).toEqual([`${path}:0 name: ${message}`]);
  });

  test("a file that only a test imports", () => {
    expect(
      found({
        "packages/engine/src/old.ts": "export const old = 1;\n",
        "packages/engine/test/old.test.ts": 'import { old } from "../src/old.ts";\nold;\n',
      }),
    ).toEqual(["packages/engine/src/old.ts:0 dead: no shipped file imports it"]);
  });

  test("but no dead file in one that an import of the room's own stands for, under any condition", () => {
    const manifest = {
      name: packageName("packages/model"),
      version: "1.0.0",
      imports: { "#it": { node: "./src/one.ts", default: { other: "./src/other.ts" } } },
    };
    expect(
      found({
        "packages/model/package.json": json(manifest),
        "packages/model/src/thing.ts": 'export { thing } from "#it";\n',
        "packages/model/src/one.ts": "export const thing = 1;\n",
        "packages/model/src/other.ts": "export const thing = 1;\n",
        "packages/model/src/third.ts": "export const thing = 1;\n",
      }),
    ).toEqual(["packages/model/src/third.ts:0 dead: no shipped file imports it"]);
  });

  test("but no dead file in one that is reached through others, or started as a worker", () => {
    expect(
      found({
        "packages/runtime/src/thing.ts":
          'export const thing = new URL("./worker.ts", import.meta.url);\n',
        "packages/runtime/src/worker.ts": 'import "./task.ts";\n',
        "packages/runtime/src/task.ts": "export {};\n",
      }),
    ).toEqual([]);
  });

  test("an export that has no name", () => {
    expect(inEngine("export default 1;")).toEqual([
      "packages/engine/src/thing.ts:1 export: default export; name it",
    ]);
    expect(inEngine('export * from "zod";')).toEqual([
      "packages/engine/src/thing.ts:1 export: `export *` hides what is public",
    ]);
  });

  test("an index that holds more than exports", () => {
    for (const text of ["export const x = 1;", 'import "./thing.ts";', "export {};"]) {
      expect(
        found({ "packages/log/src/index.ts": `export { thing } from "./thing.ts";\n${text}\n` }),
      ).toEqual([
        "packages/log/src/index.ts:2 export: an index holds only named exports of other files",
      ]);
    }
  });
});
