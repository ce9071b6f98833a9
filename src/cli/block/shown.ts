// A block as commands show it. The API hides what its type calls secret; here also what sounds like one where the type says nothing.
import { soundsSecret } from "#blocks/secrets.ts";
import { objectOf } from "#domain/json-schema.ts";
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import type { BlockDocument } from "#wire/blocks.ts";
import { isTextMapping } from "./fields/schema.ts";

const HIDDEN = "********";

export function shownDocument(document: BlockDocument): BlockDocument {
  const properties = objectOf(document.block_schema?.fields["properties"]);
  const data = Object.entries(document.data).map(([name, value]): [string, Json] => {
    const schema = Object.hasOwn(properties, name) ? objectOf(properties[name]) : {};
    return [name, isForSecrets(document, name, schema) ? hidden(value) : withoutLogin(value)];
  });
  return { ...document, data: Object.fromEntries(data) };
}

/** Variables of an environment and headers; and what logs in to a place, among the settings of a file system. */
function isForSecrets({ block_type }: BlockDocument, name: string, schema: JsonObject): boolean {
  return isTextMapping(schema) || (block_type?.slug === "remote-file-system" && name === "settings");
}

function hidden(value: Json): Json {
  if (!isObject(value)) return withoutLogin(value);
  const entries = Object.entries(value as JsonObject); // JSON holds JSON
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, soundsSecret(key) && inner !== null ? HIDDEN : hidden(inner)]),
  );
}

/** An address may hold a name and a password before its host. */
function withoutLogin(value: Json): Json {
  return typeof value === "string" ? value.replace(/(:\/\/)[^/?#\s]*:[^/?#\s]*@/g, `$1${HIDDEN}@`) : value;
}
