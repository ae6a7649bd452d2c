import { readRequest } from "@holdfast/model";
import type { Decision, Facts } from "@holdfast/model";
import type { CompiledEngine } from "@holdfast/engine";
import type { SqlParser } from "@holdfast/facts";
import type { CorpusCase, Step } from "./corpus-case.ts";
import { factsOf } from "./fact-reading.ts";
import { openPack, packOf } from "./policy-pack.ts";
import type { Params } from "./policy-pack.ts";
import { isObject } from "./row-file.ts";

/** What became of a case. */
export interface Verdict {
  readonly executed: boolean;
  /** the rules that decided, what could not be read, or the code; `refused` before any policy */
  readonly why: string;
  /** for people */
  readonly reason: string;
  /** whether it is not what it should be: no command, no query, no JSON */
  readonly unparsed: boolean;
  /** what computing the facts of all steps took */
  readonly factUs: number;
}

/** The moment of every decision: no rule of a pack that is scored depends on it. */
const nowMs = 1_767_225_600_000;

/** Decides cases by the documents under `policies/`. */
export class Judge {
  private readonly engines = new Map<string, CompiledEngine>();
  private readonly policies: string;
  private readonly parser: SqlParser;
  private readonly params: Params;

  constructor(policies: string, parser: SqlParser, params: Params = {}) {
    this.policies = policies;
    this.parser = parser;
    this.params = params;
  }

  /** Decides each step until one is not allowed. @throws Error when the pack does not compile */
  judge({ policy, steps }: CorpusCase): Verdict {
    let factUs = 0;
    for (const step of steps) {
      if ("refused" in step) {
        return { executed: false, why: "refused", reason: step.refused, factUs, unparsed: true };
      }
      const decided = this.decide(policy, step);
      factUs += decided.factUs;
      const { effect, code, rules, reason } = decided.decision;
      if (effect !== "allow") {
        const why = code === "rule" ? rules.join(" ") : code;
        const unread = unreadIn(decided.facts);
        const unparsed = unread?.endsWith("invalid") === true;
        return {
          executed: false,
          why: code === "eval_error" ? (unread ?? why) : why,
          reason,
          factUs,
          unparsed,
        };
      }
    }
    return { executed: steps.length > 0, why: "allow", reason: "", factUs, unparsed: false };
  }

  private decide(policy: string, { tool, args, world }: Step): Decided {
    const engine = this.engineOf(policy);
    const dot = tool.indexOf(".");
    const name = { server: tool.slice(0, dot), name: tool.slice(dot + 1) };
    const reading = readRequest({
      agent: { id: "corpus" },
      session: { id: "corpus" },
      tool: name,
      args,
    });
    if (!reading.ok) throw new Error(`not a request: ${reading.problems[0]?.message ?? ""}`);
    const input = { request: reading.request, external: {}, state: engine.createState(), nowMs };
    const document = engine.bundle.tools.find((each) => each.name === tool);
    const names = engine.factsNeeded(input);
    if (document === undefined) return { decision: engine.decide(input), facts: {}, factUs: 0 };
    const subject = { tool: document, args: reading.request.args, names };
    const computed = (): Facts => factsOf(subject, world, this.parser);
    const original = computed();
    const factUs = Math.min(...timings.map(() => timeOf(computed)));
    const decision = engine.decide({ ...input, facts: { original } });
    return { decision, facts: original, factUs };
  }

  private engineOf(policy: string): CompiledEngine {
    const pack = packOf.get(policy);
    if (pack === undefined) throw new Error(`no pack says \`${policy}\``);
    const open = this.engines.get(pack) ?? openPack(this.policies, pack, this.params);
    this.engines.set(pack, open);
    return open;
  }
}

/** Facts are timed so often, and the least counts: the others hold what else the machine did. */
const timings = [1, 2, 3] as const;

function timeOf(computed: () => Facts): number {
  const begun = performance.now();
  computed();
  return (performance.now() - begun) * 1000;
}

interface Decided {
  readonly decision: Decision;
  readonly facts: Facts;
  readonly factUs: number;
}

/** The first fact that has no value, with its code, or that is opaque. */
function unreadIn(facts: Facts): string | undefined {
  for (const [name, answer] of Object.entries(facts)) {
    if ("error" in answer) return `${name} ${answer.error.code}`;
    const { value } = answer;
    if (isObject(value) && value["opaque"] === true) return `${name} opaque`;
  }
  return undefined;
}
