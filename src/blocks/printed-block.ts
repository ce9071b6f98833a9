// A block that the server keeps, as deployment files print it: the fields, then where the block is kept.
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import type { BlockDocument } from "#wire/blocks.ts";
import { hideSettings } from "./secrets.ts";

/** Every field of its schema, in the schema's order; what is not set has its default, or null. */
export function blockAsPrinted(document: BlockDocument): JsonObject {
  const slug = document.block_type?.slug ?? "";
  const properties = document.block_schema?.fields["properties"];
  const fields = isObject(properties) ? Object.entries(properties) : [];
  const printed = fields.map(([name, property]): [string, Json] => [
    name,
    isObject(property) ? (property["default"] ?? empty(property)) : null,
  ]);
  return {
    ...Object.fromEntries(printed),
    ...hideSettings(slug, document.data),
    _block_document_id: document.id,
    _block_document_name: document.name,
    _is_anonymous: document.is_anonymous,
    block_type_slug: slug,
    _block_type_slug: slug,
  };
}

/** Mappings and lists are empty where nothing is set, as the old blocks have them. */
function empty(property: JsonObject): Json {
  return property["type"] === "object" ? {} : null;
}
