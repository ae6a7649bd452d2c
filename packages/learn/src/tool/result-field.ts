import { snakeName } from "./snake-name.ts";

/** Names of fields that let somebody in. */
const secretNames =
  /(?:^|_)(?:password|passwd|secret|token|api_key|private_key|otp|ssh_keys?|pin)$/u;

/** Names of fields that are a person's own. */
const personalNames =
  /(?:^|_)(?:phone|phone_number|address|passport|passport_number|id_number|birthday|ssn|iban|account_number|bank_account_number|credit_card|credit_card_number)$/u;

/** The label that a field of a result has by its name, if any: `secrets` or `pii`. */
export function fieldLabel(path: string): "secrets" | "pii" | undefined {
  const name = path.slice(path.lastIndexOf(".") + 1).replaceAll("[]", "");
  const snake = snakeName(name);
  if (secretNames.test(snake)) return "secrets";
  return personalNames.test(snake) ? "pii" : undefined;
}
