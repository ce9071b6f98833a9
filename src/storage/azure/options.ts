// Makes what requests to Azure Blob Storage need of a block's fields, of the settings that adlfs takes, and of variables.

import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import type { Environment } from "#lib/process/environment.ts";
import { type BlockSettings, notesOf, readSettings } from "../block-settings.ts";
import { type Account, accountByName, parseConnectionString } from "./account.ts";
import { ANONYMOUS, type AzureLogin, byIdentity, byKey, byServicePrincipal, bySignature } from "./credentials.ts";

export interface AzureOptions {
  container: string;
  /** The folder in it that all paths are below; `""` for the container itself. */
  base: string;
  /** Of the account's blobs, without a slash at its end. */
  endpoint: string;
  /** The same for people, without the account's name: Prefect keeps that secret. */
  shownEndpoint: string;
  login: AzureLogin;
  /** Sentences about settings that change nothing here. */
  notes: readonly string[];
}

/** How adlfs keeps what it has read, and how it shares its work out: no difference here. */
const WITHOUT_EFFECT = [
  ...["account_host", "anon", "asynchronous", "assume_container_exists", "auto_mkdir", "blocksize", "client_id"],
  ...["client_secret", "connection_timeout", "default_cache_type", "default_fill_cache", "listings_expiry_time"],
  ...[
    "location_mode",
    "loop",
    "max_concurrency",
    "read_timeout",
    "request_session",
    "skip_instance_cache",
    "socket_timeout",
  ],
  ...["tenant_id", "use_listings_cache", "version_aware"],
];

/** `bucketPath`: `container/folder`. Throws `invalid` for what leads nowhere. */
export function azureOptions(bucketPath: string, settings: JsonObject, env: Environment): AzureOptions {
  const given = readSettings(settings);
  const text = (name: string) => given.text(name) ?? (env[`AZURE_STORAGE_${name.toUpperCase()}`] || undefined);
  const { container, base, host } = parseBucketPath(bucketPath);
  const account = accountOf(text, host);
  const login = loginOf(account, text, given, env);
  for (const name of WITHOUT_EFFECT) given.value(name);
  const { origin } = new URL(account.endpoint);
  return {
    ...{ container, base, endpoint: account.endpoint, login },
    shownEndpoint: account.name === undefined ? origin : origin.replace(`//${account.name}.`, "//***."),
    notes: notesOf(given.unused("")),
  };
}

type Texts = (name: string) => string | undefined;

/** The credentials that a block has go together: a name from elsewhere belongs to another account. */
function accountOf(text: Texts, host: string | undefined): Account {
  const credential = text("credential");
  const signature = text("sas_token") ?? (credential?.includes("sig=") ? credential : undefined);
  const [connection, named, key] = [
    text("connection_string"),
    text("account_name") ?? text("account"),
    text("account_key"),
  ];
  if (connection !== undefined) return parseConnectionString(connection);
  const name = named ?? host?.split(".")[0];
  if (name !== undefined) {
    return accountByName(name, { host: text("account_host") ?? host, key: key ?? text("key"), signature });
  }
  const todo = "Give it an azure_storage_connection_string, or an azure_storage_account_name.";
  throw new OrchError("invalid", `The block names no Azure storage account. ${todo}`);
}

/** In adlfs's order; without any of these, requests are anonymous unless the block says that they are not. */
function loginOf({ name, key, signature }: Account, text: Texts, given: BlockSettings, env: Environment): AzureLogin {
  if (name !== undefined && key !== undefined) return byKey(name, key);
  if (signature !== undefined) return bySignature(signature);
  const [tenant, client, secret] = [text("tenant_id"), text("client_id"), text("client_secret")];
  if (secret !== undefined) {
    if (tenant !== undefined && client !== undefined) return byServicePrincipal(tenant, client, secret);
    const missing = tenant === undefined ? "tenant ID" : "client ID";
    throw new OrchError("invalid", `The block has a client secret, but no ${missing}: give all three, or none.`);
  }
  const isAnonymous = given.flag("anon") ?? !/^(false|0|no)$/i.test(env["AZURE_STORAGE_ANON"] ?? "");
  return isAnonymous ? ANONYMOUS : byIdentity(client);
}

/** Also `container@account.dfs.core.windows.net/folder`, as Hadoop writes it; `host` is that of the account's blobs then. */
function parseBucketPath(text: string): { container: string; base: string; host: string | undefined } {
  const [first = "", ...folders] = text
    .replace(/^(az|abfss?):\/\//i, "")
    .split("/")
    .filter((part) => part !== "");
  const [container = "", host] = first.split("@");
  if (/^[\w$-]+$/.test(container))
    return { container, base: folders.join("/"), host: host?.replace(".dfs.", ".blob.") };
  throw new OrchError("invalid", `'${text}' names no container. Write 'container' or 'container/folder'.`);
}
