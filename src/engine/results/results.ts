// Results that outlive their process: files in a storage, named by what the server keeps with a state, so that a later
// run, another process or a cached task finds the value again. Loaded when the first one is kept or needed.
import { join } from "node:path";
import { messageOf, OrchError } from "#lib/errors.ts";
import { gate } from "#lib/gate.ts";
import { newId } from "#lib/ids.ts";
import { isObject, type JsonObject, tryParseJson } from "#lib/json.ts";
import type { FileOptions } from "#storage/storage.ts";
import type { UserApi } from "../session/api.ts";
import type { ResultStore, Results } from "../session/results.ts";
import { StorageFailure } from "./result-persistence.ts";
import { deserializeResult, serializeResult, typeName } from "./result-serialization.ts";
import { resultStores } from "./result-stores.ts";

/** What a reference says of itself, as Prefect 2.10.4 writes it. */
const ENVELOPE_VERSION = "2.10.4";
/** Results that are on their way: more would only take memory, and wait in the time that a store has to answer. */
const AT_ONCE = 16;

/** `files`: for calls to the storage; `onWait` is called when one is unreachable. */
export function createResults(api: Pick<UserApi, "client" | "settings">, files: FileOptions = {}): Results {
  const stores = resultStores(api);
  const ours = join(api.settings.ORCH_LOCAL_STORAGE_PATH, "results");
  const inTurn = gate(AT_ONCE);

  return {
    open: (storage) => stores.named(storage),

    async keep(value, named) {
      const isLiteral = value === undefined || value === null || typeof value === "boolean";
      if (isLiteral) {
        const artifact_description = `Result with value \`${value}\` persisted to Prefect.`;
        // Python's None has one form only: what is not there reads as None there.
        const literal = value === undefined ? {} : { value };
        return { type: "literal", ...literal, artifact_type: "result", artifact_description };
      }
      return inTurn(() => write(value, named));
    },

    async restore(data) {
      if (!isObject(data)) return undefined;
      const { type, value, storage_block_id: id, storage_key: key } = data;
      if (type === "literal") return { value };
      if (type !== "reference" || typeof id !== "string" || typeof key !== "string") return undefined;
      return inTurn(() => read(id, key));
    },
  };

  async function write(value: unknown, named: ResultStore | undefined): Promise<JsonObject> {
    const { type, data } = serializeResult(value);
    const key = newId().replaceAll("-", "");
    const envelope = JSON.stringify({ serializer: { type }, data, prefect_version: ENVELOPE_VERSION });
    const store = named ?? (await stores.folder(ours));
    const at = await store.storage.writePath(key, new TextEncoder().encode(envelope), files).catch((error) => {
      if (!named) throw error;
      throw new StorageFailure("invalid", `The result '${key}' was not written to ${store.name}: ${messageOf(error)}`);
    });
    const artifact_description = `Result of type \`${typeName(value)}\` persisted to${store.isFolder ? `: \`${at}\`` : ` [${at}](${at}).`}`;
    return {
      ...{ type: "reference", serializer_type: type, storage_block_id: store.id, storage_key: key },
      ...{ artifact_type: "result", artifact_description },
    };
  }

  async function read(id: string, key: string): Promise<{ value: unknown }> {
    const envelope = tryParseJson(new TextDecoder().decode(await contentOf(id, key)));
    if (!isObject(envelope)) throw new OrchError("invalid", `The result '${key}' is damaged: its file holds none.`);
    const { serializer, data } = envelope;
    return { value: deserializeResult(isObject(serializer) ? serializer["type"] : undefined, data, key) };
  }

  async function contentOf(id: string, key: string): Promise<Uint8Array> {
    const store = await stores.withId(id).catch((error) => {
      if (!(error instanceof OrchError) || error.code === "unavailable") throw error;
      if (error.code === "not_found") {
        const sentence = `The result '${key}' cannot be read: its storage block ${id} is not there any more.`;
        throw new OrchError("not_found", sentence);
      }
      throw new StorageFailure("invalid", `The result '${key}' cannot be read from the block ${id}: ${error.message}`);
    });
    return store.storage.readPath(key, files).catch((error) => {
      const sentence = `The result '${key}' in ${store.name} cannot be read: ${messageOf(error)}`;
      if (error instanceof OrchError && error.code === "not_found") throw new OrchError("not_found", sentence);
      throw new StorageFailure("invalid", sentence);
    });
  }
}
