// Opens containers of Azure Blob Storage: the block `azure`, and `az://` addresses of the block `remote-file-system`.
import { environment } from "#lib/environment.ts";
import { type JsonObject, textOfJson } from "#lib/json.ts";
import type { FileStore } from "../file-store.ts";
import type { Address } from "../remote-file-system.ts";
import type { Storage } from "../storage.ts";
import { storedTree } from "../stored-tree.ts";
import { azureOptions } from "./options.ts";
import { azureStore } from "./store.ts";

const PREFIX = "azure_storage_";

export function openAzure({ bucket_path: path, ...fields }: JsonObject): Storage {
  const settings = Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      name.startsWith(PREFIX) ? [[name.slice(PREFIX.length), value]] : [],
    ),
  );
  return storedTree(azureStore(azureOptions(textOfJson(path ?? ""), settings, environment())));
}

export function openAzureAddress({ host, path, settings }: Address): FileStore {
  return azureStore(azureOptions(`${host}/${path}`, settings, environment()));
}
