// Results that outlive their process: files in the home's storage, named by what the server keeps with a state, so that
// a later run, another process or a cached task finds the value again. Loaded when the first one is kept or needed.
import { hostname } from "node:os";
import { join } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { isWithin } from "#lib/is-within.ts";
import { isObject, type Json, type JsonObject, tryParseJson } from "#lib/json.ts";
import { localStorage } from "#storage/local.ts";
import { openStorage } from "#storage/registry.ts";
import {
  createBlockDocument,
  listBlockSchemas,
  readBlockDocument,
  readBlockDocumentByName,
  readBlockTypeBySlug,
} from "#wire/blocks.ts";
import type { UserApi } from "./api.ts";
import { deserializeResult, serializeResult, typeName } from "./result-serialization.ts";

/** What a reference says of itself, as Prefect 2.10.4 writes it. */
const ENVELOPE_VERSION = "2.10.4";
const STORAGE = "local-file-system";

export interface Results {
  /** The state's data for a value; what is not null or a boolean is on disk then. Throws `invalid` for a value that cannot be kept. */
  keep(value: unknown): Promise<JsonObject>;
  /** The value that a state's data leads to; undefined when it leads nowhere. Throws `not_found` when the file is gone. */
  restore(data: Json | undefined): Promise<{ value: unknown } | undefined>;
}

export function createResults({ client, settings }: Pick<UserApi, "client" | "settings">): Results {
  const folder = join(settings.ORCH_LOCAL_STORAGE_PATH, "results");
  let ours: Promise<string> | undefined;

  return {
    async keep(value) {
      const isLiteral = value === undefined || value === null || typeof value === "boolean";
      if (isLiteral) {
        const artifact_description = `Result with value \`${value}\` persisted to Prefect.`;
        // Python's None has one form only: what is not there reads as None there.
        const literal = value === undefined ? {} : { value };
        return { type: "literal", ...literal, artifact_type: "result", artifact_description };
      }
      const { type, data } = serializeResult(value);
      ours ??= storageBlock();
      const [id, key] = [await ours, newId().replaceAll("-", "")];
      const envelope = { serializer: { type }, data, prefect_version: ENVELOPE_VERSION };
      const place = localStorage(folder, { isPrivate: isWithin(settings.ORCH_HOME, folder) });
      await place.writePath(key, new TextEncoder().encode(JSON.stringify(envelope)));
      return {
        ...{ type: "reference", serializer_type: type, storage_block_id: id, storage_key: key },
        ...{
          artifact_type: "result",
          artifact_description: `Result of type \`${typeName(value)}\` persisted to: \`${join(folder, key)}\``,
        },
      };
    },

    async restore(data) {
      if (!isObject(data)) return undefined;
      const { type, value, storage_block_id: id, storage_key: key } = data as JsonObject; // JSON holds JSON
      if (type === "literal") return { value };
      if (type !== "reference" || typeof id !== "string" || typeof key !== "string") return undefined;
      const query = { include_secrets: true };
      const block = await client.call(readBlockDocument, { params: { id }, query });
      const place = await openStorage(block.block_type?.slug ?? "", block.data);
      const content = await place.readPath(key);
      const envelope = tryParseJson(new TextDecoder().decode(content));
      const { serializer, data: kept } = isObject(envelope) ? (envelope as JsonObject) : {}; // JSON holds JSON
      return { value: deserializeResult(isObject(serializer) ? serializer["type"] : undefined, kept, key) };
    },
  };

  /** One saved block for each machine and folder, so that others know where a result lies. */
  async function storageBlock(): Promise<string> {
    const place = new Bun.CryptoHasher("sha256").update(`${hostname()}:${folder}`).digest("hex");
    const name = `results-${place.slice(0, 12)}`;
    const params = { slug: STORAGE, block_document_name: name };
    const known = () => client.call(readBlockDocumentByName, { params });
    try {
      return (await known()).id;
    } catch (error) {
      if (!(error instanceof OrchError) || error.code !== "not_found") throw error;
    }
    const { id: block_type_id } = await client.call(readBlockTypeBySlug, { params: { slug: STORAGE } });
    const filter = { block_schemas: { block_type_id: { any_: [block_type_id] } }, limit: 1 };
    const [schema] = await client.call(listBlockSchemas, { body: filter });
    const body = { name, data: { basepath: folder }, block_type_id, block_schema_id: schema?.id ?? "" };
    try {
      return (await client.call(createBlockDocument, { body })).id;
    } catch (error) {
      if (!(error instanceof OrchError) || error.code !== "conflict") throw error;
      return (await known()).id; // another run of this machine was quicker
    }
  }
}
