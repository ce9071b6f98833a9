// Makes what requests to a web server need of an address and of the settings that fsspec takes.
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, textOfJson } from "#lib/json.ts";
import { notesOf, readSettings } from "../block-settings.ts";
import type { Address } from "../remote-file-system.ts";

export interface WebOptions {
  /** Without user, password and query; its path ends in a slash. */
  base: URL;
  /** Sent to the server of `base` and to no other. */
  headers: Readonly<Record<string, string>>;
  /** Sentences about settings that change nothing here. */
  notes: readonly string[];
}

/** How fsspec keeps what it has read, and how it waits: no difference here. */
const WITHOUT_EFFECT = [
  ...["simple_links", "block_size", "same_scheme", "size_policy", "cache_type", "cache_options", "get_client"],
  ...["asynchronous", "loop", "encoded", "skip_instance_cache", "use_listings_cache", "listings_expiry_time"],
];

/** Throws `invalid` for an address that names no server. */
export function webOptions({ scheme, host, path, settings }: Address): WebOptions {
  const text = `${scheme}://${host}/${path}`;
  if (host === "" || !URL.canParse(text)) {
    throw new OrchError("invalid", `The address names no server. Write '${scheme}://server/folder'.`);
  }
  const url = new URL(text);
  const given = readSettings(settings);
  const client = readSettings(given.object("client_kwargs"));
  const login = loginOf(client.value("auth") ?? given.value("auth")) ?? ofAddress(url);
  const named = { ...given.object("headers"), ...client.object("headers") };
  const headers = Object.fromEntries(Object.entries(named).map(([name, value]) => [name, textOfJson(value)]));
  if (login) headers["authorization"] = `Basic ${Buffer.from(login.join(":")).toString("base64")}`;
  for (const name of WITHOUT_EFFECT) given.value(name);
  const base = new URL(`${url.origin}${url.pathname.replace(/\/*$/, "/")}`);
  return { base, headers, notes: notesOf([...given.unused("settings."), ...client.unused("settings.client_kwargs.")]) };
}

/** aiohttp's BasicAuth has two fields; JSON has it as a list, or as an object with their names. */
function loginOf(auth: Json | undefined): [user: string, password: string] | undefined {
  if (Array.isArray(auth)) return [textOfJson(auth[0] ?? ""), textOfJson(auth[1] ?? "")];
  if (!isObject(auth)) return undefined;
  const given = readSettings(auth as Record<string, Json>); // JSON holds JSON
  return [given.text("login") ?? "", given.text("password") ?? ""];
}

function ofAddress({ username, password }: URL): [user: string, password: string] | undefined {
  return username === "" ? undefined : [decodeURIComponent(username), decodeURIComponent(password)];
}
