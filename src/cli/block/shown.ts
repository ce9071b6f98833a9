// A block as commands show it. The API hides what its type calls secret; here also what sounds like one where the type says nothing.
import { hideNamed, hideSettings, withoutLogin } from "#blocks/secrets.ts";

import { type Json, objectOf } from "#lib/json.ts";
import type { BlockDocument } from "#wire/blocks.ts";
import { isTextMapping } from "./fields/schema.ts";

export function shownDocument(document: BlockDocument): BlockDocument {
  const properties = objectOf(document.block_schema?.fields["properties"]);
  const settled = hideSettings(document.block_type?.slug ?? "", document.data);
  const data = Object.entries(settled).map(([name, value]): [string, Json] => {
    const schema = Object.hasOwn(properties, name) ? objectOf(properties[name]) : {};
    // Variables of an environment, and headers.
    return [name, isTextMapping(schema) ? hideNamed(value) : withoutLogin(value)];
  });
  return { ...document, data: Object.fromEntries(data) };
}
