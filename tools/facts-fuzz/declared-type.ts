import { createEngine, loadPolicySet } from "@holdfast/engine";
import type { CompiledEngine } from "@holdfast/engine";
import { readRequest } from "@holdfast/model";
import type { FactAnswer, FactName } from "@holdfast/model";

/** A condition that is an error exactly when the fact does not have the type that the engine declares. */
const readings: Readonly<Record<FactName, { use: string; when: string }>> = {
  shell: { use: "shell", when: "shell.opaque in [true, false]" },
  sql: { use: "sql", when: "sql.opaque in [true, false]" },
  urls: { use: "url", when: "size(urls) >= 0" },
  paths: { use: "path", when: "size(paths) >= 0" },
  content: { use: "content", when: "content.invisible in [true, false]" },
  k8s: { use: "k8s", when: "k8s.opaque in [true, false]" },
};

/** Whether a value of one fact has its type. */
type Reading = (answer: FactAnswer) => boolean;

/** Holds facts to the types that conditions read them by: the engine itself decides on them. */
export class DeclaredTypes {
  readonly #readings = new Map<FactName, Reading>();

  /** Whether a value of a fact has its type, as the engine sees it. */
  fits(name: FactName, answer: FactAnswer): boolean {
    const reads = this.#readings.get(name) ?? readingOf(name);
    this.#readings.set(name, reads);
    return reads(answer);
  }
}

function readingOf(name: FactName): Reading {
  const engine = engineFor(name);
  const tool = { server: "t", name };
  const reading = readRequest({ agent: { id: "fuzz" }, tool, args: { x: "" } });
  if (!reading.ok) throw new Error("not a request");
  const input = { request: reading.request, external: {}, state: engine.createState(), nowMs: 0 };
  return (answer) => {
    const asked = { ...input, facts: { original: { [name]: answer } } };
    if (engine.decide(asked).effect === "allow") return true;
    // What is larger than conditions read is an error of its own: it is refused, and of its type.
    return JSON.stringify(engine.explain(asked)).includes("is too large");
  };
}

function engineFor(name: FactName): CompiledEngine {
  const { use, when } = readings[name];
  const text = `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: { name: t.${name} }
spec: { labels: [read], arguments: { x: ${use} } }
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: { name: reads, description: Reads the fact }
spec:
  match: { tools: [t.${name}] }
  rules: [{ id: read, effect: allow, when: '${when}' }]
`;
  const loaded = loadPolicySet([{ path: "policy.yaml", text }]);
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]?.message ?? "no reason");
  return createEngine(loaded.bundle);
}
