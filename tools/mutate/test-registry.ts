import { JestAsymmetricMatchers, JestChaiExpect, JestExtend, chai } from "@vitest/expect";

/**
 * Stands in for `vitest` where tests run for a mutant: it keeps the tests that a file declares, and
 * has vitest's own assertions. Of vitest there is what the tests of pure code use.
 */
chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

type Body = (...values: readonly unknown[]) => unknown;

/** A test that a file has declared. */
export interface DeclaredTest {
  readonly name: string;
  readonly run: () => unknown;
}

let declared: DeclaredTest[] = [];
let groups: readonly string[] = [];

/** The tests of a file, in the order in which it declares them; importing it is what declares. */
export async function collectTests(url: string): Promise<readonly DeclaredTest[]> {
  declared = [];
  groups = [];
  await import(url);
  return declared;
}

function declareTest(name: string, ...rest: readonly unknown[]): void {
  const body = rest.find((value): value is Body => typeof value === "function");
  if (body === undefined) throw new TypeError(`the test \`${name}\` has no body`);
  declared.push({ name: [...groups, name].join(" > "), run: () => body() });
}

function declareGroup(name: string, body: Body): void {
  const outer = groups;
  groups = [...outer, name];
  try {
    body();
  } finally {
    groups = outer;
  }
}

/** One declaration for each row, whose values are the arguments of the body. */
function each(declare: (name: string, body: Body) => void) {
  return (rows: readonly unknown[]) =>
    (name: string, body: Body): void => {
      for (const [index, row] of rows.entries()) {
        const values: readonly unknown[] = Array.isArray(row) ? row : [row];
        declare(`${name} [${index}]`, () => body(...values));
      }
    };
}

export const test = Object.assign(declareTest, { each: each(declareTest) });
export const describe = Object.assign(declareGroup, { each: each(declareGroup) });
export const expect = Object.assign(
  (value: unknown, message?: string): Chai.Assertion => chai.expect(value, message),
  chai.expect,
);
