/** The program of the page: decides every case it is given, and sends back what came out. */
import type { DecisionCase } from "../../packages/engine/test/decision-case.ts";
import { decidedCase } from "./decided-case.ts";

/** What the page found. */
export interface PageReport {
  /** whether the page's policy lets text become code */
  readonly mayGenerateCode: boolean;
  /** for each case what `decidedCase` gave */
  readonly decided: readonly (readonly string[])[];
  /** why it stopped */
  readonly error?: string;
}

function mayGenerateCode(): boolean {
  try {
    // oxlint-disable-next-line no-implied-eval, no-new-func -- whether this is forbidden is the question
    return new Function("return true")() === true;
  } catch {
    return false;
  }
}

async function report(): Promise<PageReport> {
  const decided: string[][] = [];
  try {
    const given = await fetch("/cases");
    const cases = (await given.json()) as readonly DecisionCase[];
    for (const one of cases) decided.push(decidedCase(one));
    return { mayGenerateCode: mayGenerateCode(), decided };
  } catch (error) {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { mayGenerateCode: mayGenerateCode(), decided, error: words };
  }
}

await fetch("/report", { method: "POST", body: JSON.stringify(await report()) });
