// Lists the types of TypeScript that have one schema each. Bytes are base64.
import type { JsonObject } from "#lib/json.ts";
import { NULL } from "./object-schemas.ts";

const ANYTHING: JsonObject = {};
/** Lists are objects. */
export const NO_PRIMITIVE: JsonObject = { anyOf: [{ type: "object" }, { type: "array", items: {} }] };

/** By the kind of their node. */
export const KEYWORDS: Readonly<Record<string, JsonObject>> = {
  TSAnyKeyword: ANYTHING,
  TSUnknownKeyword: ANYTHING,
  TSSymbolKeyword: ANYTHING,
  TSFunctionType: ANYTHING,
  TSConstructorType: ANYTHING,
  TSStringKeyword: { type: "string" },
  TSNumberKeyword: { type: "number" },
  TSBigIntKeyword: { type: "integer", format: "bigint" },
  TSBooleanKeyword: { type: "boolean" },
  TSNullKeyword: NULL,
  TSObjectKeyword: NO_PRIMITIVE,
};

/** By their names, where nothing else is called so. */
export const NAMED: Readonly<Record<string, JsonObject>> = {
  Date: { type: "string", format: "date-time" },
  URL: { type: "string", format: "uri" },
  Uint8Array: { type: "string", format: "byte" },
  Buffer: { type: "string", format: "buffer" },
  ArrayBuffer: { type: "string", format: "array-buffer" },
  String: { type: "string" },
  Number: { type: "number" },
  Boolean: { type: "boolean" },
  RegExp: ANYTHING,
  Function: ANYTHING,
};

/** Left out of unions: `required` says what may be missing. */
export const NOTHING = new Set<string>(["TSUndefinedKeyword", "TSVoidKeyword", "TSNeverKeyword"]);
