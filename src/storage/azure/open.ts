// Opens containers of Azure Blob Storage: the blocks `azure` and `azure-blob-storage-container`, and `az://` addresses of the block `remote-file-system`.

import { OrchError } from "#lib/errors.ts";
import { type JsonObject, textOfJson } from "#lib/json.ts";
import { environment } from "#lib/process/environment.ts";
import { pathOf, readSettings } from "../block-settings.ts";
import type { FileStore } from "../file-store.ts";
import type { Address } from "../remote-file-system.ts";
import type { Storage } from "../storage.ts";
import { storedTree } from "../transfer/stored-tree.ts";
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

/** The block of prefect-azure; its credentials are a block `azure-blob-storage-credentials`, or are written out. */
export function openAzureContainer(data: JsonObject): Storage {
  const given = readSettings(data);
  const own = readSettings(given.object("credentials"));
  const path = pathOf(given, "container_name", "base_folder");
  const client = Object.fromEntries(
    ["tenant_id", "client_id", "client_secret"].map((name) => [name, own.value(name) ?? null]),
  );
  const account = accountSettings(own.text("connection_string"), own.text("account_url"));
  // Without the variables that adlfs reads: this block does not go by it, and its account is in it.
  return storedTree(azureStore(azureOptions(path, { ...client, ...account, anon: false }, {})));
}

function accountSettings(connectionString: string | undefined, accountUrl: string | undefined): JsonObject {
  if (connectionString !== undefined && accountUrl === undefined) return { connection_string: connectionString };
  const url = accountUrl !== undefined && URL.canParse(accountUrl) ? new URL(accountUrl) : undefined;
  if (connectionString === undefined && url) {
    const [account_name = ""] = url.hostname.split(".");
    return { account_name, account_host: `${url.origin}${url.pathname}`, sas_token: url.search.slice(1) };
  }
  const sentence = "The credentials of the container must hold a connection_string or an account_url";
  throw new OrchError("invalid", `${sentence} such as https://account.blob.core.windows.net, and not both.`);
}

export function openAzureAddress({ host, path, settings }: Address): FileStore {
  return azureStore(azureOptions(`${host}/${path}`, settings, environment()));
}
