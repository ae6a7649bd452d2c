/**
 * The compiled engine decides as the reference does, whatever the language has. Seen to fail on
 * planted bugs of the compiled engine: keys of a match that finding a rule does not settle left
 * unchecked (42 differences in 600 pairs), keys of a match with over 64 agents taken for settled
 * (61 in 9,600), history that cannot be committed not looked at by the short way (17 in 6,000), an allow
 * found by a label that only an opaque fact derives (7 in 12,000), actions whose labels facts decide
 * left to the short way (27 in 1,200).
 */
import { expect, test } from "vitest";
import { runCampaign } from "./engine-fuzz/campaign.ts";

test("both engines decide 200,000 generated requests alike", { timeout: 900_000 }, () => {
  const { pairs, findings, census } = runCampaign(200_000, 1);
  expect(findings).toEqual([]);
  expect(pairs).toBe(200_000);
  // Nothing that the language has is left out, and no one way to deny hides the rest.
  expect(census.absent()).toEqual([]);
  expect(census.shareOf("default_deny")).toBeLessThan(0.3);
  expect(census.shareOf("eval_error")).toBeLessThan(0.3);
  expect(census.shareOf("invalid_request")).toBeLessThan(0.05);
});
