// Says whether the fields of a new storage block lead anywhere, before a deployment needs it. Nothing is asked of the network.
import { OrchError } from "#lib/errors.ts";
import { isObject, type JsonObject } from "#lib/json.ts";
import { isKnownStorage, openStorage } from "#storage/registry.ts";
import type { TypeWithFields } from "./type-fields.ts";

/** A sentence, or undefined where nothing is seen to be wrong. */
export async function storageWarning({ slug }: TypeWithFields, data: JsonObject): Promise<string | undefined> {
  const holdsBlock = Object.values(data).some((value) => isObject(value) && "$ref" in value);
  if (!isKnownStorage(slug) || holdsBlock) return undefined;
  try {
    await openStorage(slug, data);
    return undefined;
  } catch (error) {
    if (!(error instanceof OrchError) || error.code !== "invalid") throw error;
    return `The block is saved, but orch could not use it as it is: ${error.message}`;
  }
}
