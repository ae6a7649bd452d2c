import {
  allow,
  cel,
  contain,
  deny,
  defer,
  defineAgent,
  defineBoundary,
  defineEvent,
  defineExternal,
  defineGroup,
  defineList,
  defineMeter,
  definePolicy,
  definePolicyTest,
  defineResource,
  defineSandbox,
  defineSettings,
  defineTool,
  mask,
  modify,
  remove,
  sandbox,
  set,
  stepUp,
  throttle,
} from "@holdfast/engine/define";
import type { Change, Definition, Rule } from "@holdfast/engine/define";

/** A document as it is written in YAML, already known to be one. */
export interface Document {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [key: string]: unknown };
  readonly spec: object;
}

// The documents come from generators and examples, not from an author's desk: that they fit the
// types is what the digests show.
type Any = never;

/** The same document, built as an author of TypeScript would, with conditions as CEL text. */
export function rebuilt({ kind, metadata, spec }: Document): Definition {
  const { labels: metadataLabels, ...named } = metadata;
  const options = { ...named, metadataLabels, ...withoutText(kind, spec) } as Any;
  switch (kind) {
    case "Policy":
      return definePolicy(options);
    case "Event":
      return defineEvent(options);
    case "Meter":
      return defineMeter(options);
    case "Tool":
      return defineTool(options);
    case "Agent":
      return defineAgent(options);
    case "Group":
      return defineGroup(options);
    case "List":
      return defineList(options);
    case "Resource":
      return defineResource(options);
    case "Sandbox":
      return defineSandbox(options);
    case "External":
      return defineExternal(options);
    case "Boundary":
      return defineBoundary(options);
    case "Settings":
      return defineSettings(options);
    case "PolicyTest":
      return definePolicyTest(options);
    default:
      throw new Error(`unknown kind ${kind}`);
  }
}

type Members = Readonly<Record<string, unknown>>;

/** The spec with terms where YAML has CEL text. */
function withoutText(kind: string, spec: object): Members {
  const members: Members = { ...spec };
  const { when, reserve, settle, variables, rules, input, resources } = members;
  const given = (value: Members) =>
    Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined));
  return {
    ...members,
    ...given({ when: term(when), reserve: term(reserve), settle: term(settle) }),
    ...(isMembers(variables) ? { variables: terms(variables) } : {}),
    ...(kind === "External" && isMembers(input) ? { input: terms(input) } : {}),
    ...(kind === "Policy" && Array.isArray(rules) ? { rules: rulesOf(rules) } : {}),
    ...(kind === "Tool" && Array.isArray(resources)
      ? {
          resources: () =>
            resources.map((each: Members) => ({ type: each["type"], id: term(each["id"]) })),
        }
      : {}),
  };
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function term(value: unknown): unknown {
  return value === undefined ? undefined : cel(String(value));
}

function terms(values: Members): Members {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, term(value)]));
}

function rulesOf(rules: readonly unknown[]): readonly Rule[] {
  return rules.filter(isMembers).map((rule) => ruleOf(rule));
}

function ruleOf(rule: Members): Rule {
  const { id, effect, when, fallback, ...rest } = rule;
  const name = String(id);
  const fields = {
    ...rest,
    ...(when === undefined ? {} : { when: term(when) }),
    ...(isMembers(fallback)
      ? {
          fallback:
            typeof fallback["args"] === "string"
              ? { ...fallback, args: term(fallback["args"]) }
              : fallback,
        }
      : {}),
  } as Any;
  switch (effect) {
    case "allow":
      return allow(name, fields);
    case "modify":
      return modify(name, modification(fields) as Any);
    case "sandbox":
      return sandbox(name, fields);
    case "throttle":
      return throttle(name, fields);
    case "defer":
      return defer(name, fields);
    case "step_up":
      return stepUp(name, fields);
    case "deny":
      return deny(name, fields);
    case "contain":
      return contain(name, fields);
    default:
      throw new Error(`unknown effect ${String(effect)}`);
  }
}

function modification(fields: Members): Members {
  const { set: sets, remove: removes, mask: masks, ...rest } = fields;
  const changes: Change[] = [
    ...Object.entries(sets ?? {}).map(([path, value]) => set(cel(path), term(value) as Any)),
    ...(Array.isArray(removes) ? removes.map((path) => remove(cel(String(path)))) : []),
    ...Object.entries(masks ?? {}).map(([path, what]) => mask(cel(path), what as Any)),
  ];
  return { ...rest, changes };
}
