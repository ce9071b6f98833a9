// The types of TypeScript that have a schema of their own.
import type { JsonObject } from "#lib/json.ts";

/** By the kind of their node. */
export const KEYWORDS: Readonly<Record<string, JsonObject>> = {
  TSStringKeyword: { type: "string" },
  TSTemplateLiteralType: { type: "string" },
  TSNumberKeyword: { type: "number" },
  TSBigIntKeyword: { type: "integer", format: "bigint" },
  TSBooleanKeyword: { type: "boolean" },
  TSObjectKeyword: { type: "object" },
};

/** By their names, where the file declares no type of its own that is called so. */
export const NAMED: Readonly<Record<string, JsonObject>> = {
  Date: { type: "string", format: "date-time" },
  URL: { type: "string", format: "uri" },
  Uint8Array: { type: "string", format: "binary" },
  Buffer: { type: "string", format: "binary" },
  String: { type: "string" },
  Number: { type: "number" },
  Boolean: { type: "boolean" },
  Object: { type: "object" },
};

/** Left out of unions: the schema does not tell what may be missing. */
export const NOTHING = new Set<string>(["TSNullKeyword", "TSUndefinedKeyword", "TSVoidKeyword", "TSNeverKeyword"]);
