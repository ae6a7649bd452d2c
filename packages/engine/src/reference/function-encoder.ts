import { decodeBase64, encodeBase64 } from "./base64.ts";
import { celError } from "./cel-error.ts";
import { unary } from "./function-family.ts";
import type { FunctionFamily } from "./function-family.ts";

/** The encoders extension (cel-go ext/encoders). */
export const encoderFunctions: FunctionFamily = {
  global: {
    "base64.encode": unary("base64.encode", (value, budget) => {
      if (!(value instanceof Uint8Array)) return undefined;
      budget.walk(value.length * 2);
      return encodeBase64(value);
    }),
    "base64.decode": unary("base64.decode", (value, budget) => {
      if (typeof value !== "string") return undefined;
      budget.walk(value.length);
      return decodeBase64(value) ?? celError("invalid_argument", "the text is not base64");
    }),
  },
};
