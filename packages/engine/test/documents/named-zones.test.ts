import { describe, expect, test } from "vitest";
import { allZoneTables, loadPolicySet } from "@holdfast/engine";
import type { Bundle } from "@holdfast/engine";

function policySet(when: string, window = "1h"): Bundle {
  const text = `
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: hours}
spec:
  params: {zone: Asia/Tokyo}
  rules: [{id: a, effect: deny, when: '${when}'}]
---
apiVersion: holdfast.dev/v1
kind: Meter
metadata: {name: m}
spec: {key: [global], window: ${window}}
`;
  const loaded = loadPolicySet([{ path: "p.yaml", text }]);
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]?.message);
  return loaded.bundle;
}

const namesIn = (bundle: Bundle): string[] => [...bundle.zones.byName.keys()];

describe("the zones of a bundle", () => {
  test("are those that conditions and Meters name, each once and in order", () => {
    const hours = 'in_window(now, "Europe/London", "09:00-17:00") || now.getHours("+02:00") > 3';
    expect(namesIn(policySet("true"))).toEqual([]);
    expect(namesIn(policySet(hours, "{calendar: day, zone: America/New_York}"))).toEqual([
      "America/New_York",
      "Europe/London",
    ]);
    expect(namesIn(policySet('now.getMonth("Europe/London") == 3 || now.getMonth() == 2'))).toEqual(
      ["Europe/London"],
    );
  });

  test("are all there are when a condition names one at run time only", () => {
    const all = allZoneTables();
    expect(policySet('in_window(now, params.zone, "09:00-17:00")').zones).toEqual(all);
    expect(namesIn(policySet("now.getHours(string(agent.attributes.zone)) == 3"))).toHaveLength(
      all.byName.size,
    );
    expect(all.byName.size).toBeGreaterThan(590);
  });

  test("are in the digest, and leave it alone where none is named", () => {
    const digests = [
      policySet("true"),
      policySet("true", "{calendar: day, zone: UTC}"),
      policySet("true", "{calendar: day, zone: Etc/UTC}"),
    ].map(({ digest }) => digest);
    expect(new Set(digests).size).toBe(3);
    expect(policySet("true").digest).toBe(digests[0]);
  });

  test("are explained where a name resembles none of them", () => {
    expect(() => policySet('now.getHours("Mars/Base") == 3')).toThrow(
      /unknown zone `Mars\/Base`; write a name of the IANA database/u,
    );
  });

  test("are written as the database writes them: another case is a name that is not known", () => {
    expect(() => policySet('now.getHours("europe/london") == 3')).toThrow(/unknown zone/u);
    expect(() => policySet("true", "{calendar: day, zone: europe/london}")).toThrow(/unknown/u);
  });
});
