// Puts together what a flow says of itself, from its options and its comments.
import type { JsonObject } from "#lib/json.ts";
import type { Doc } from "./jsdoc.ts";

export interface Signature {
  /** `parameter_openapi_schema`: title, type, properties, and where there are any, required and definitions. */
  schema: JsonObject;
  /** The flow's own words about itself, if it has any. */
  description: string | null;
  /** From `@version` and `@tag` of its comment. */
  version: string | null;
  tags: readonly string[];
}

export interface Described {
  /** That of the option. */
  description: string;
  /** The comment of the flow, and that of its function. */
  doc: Doc;
  ownDoc: Doc;
}

/** What a flow says of itself: the option wins, then its own comment, then that of its function. */
export function signatureOf(
  { description, doc, ownDoc }: Described,
  schemaWith: (docs: Doc["params"]) => JsonObject,
): Signature {
  return {
    schema: schemaWith(new Map([...ownDoc.params, ...doc.params])),
    description: description || doc.description || ownDoc.description || null,
    version: doc.version || ownDoc.version || null,
    tags: doc.tags.length > 0 ? doc.tags : ownDoc.tags,
  };
}
