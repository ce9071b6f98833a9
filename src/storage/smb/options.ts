// Makes what smbclient needs of a block's fields, or of an `smb://` address and the settings that fsspec takes.
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import { type BlockSettings, notesOf, readSettings } from "../block-settings.ts";
import type { Address } from "../remote-file-system.ts";
import { checkedParts } from "./commands.ts";

export interface SmbOptions {
  host: string;
  /** 445 where there is none. */
  port: number | undefined;
  share: string;
  /** The folder in it that all paths are below; `""` for the share itself. */
  base: string;
  /** Undefined for guests, and for users with a Kerberos ticket. */
  user: string | undefined;
  domain: string | undefined;
  password: string | undefined;
  isEncrypted: boolean;
  /** Sentences about settings that change nothing here. */
  notes: readonly string[];
}

/** How fsspec shares its work out and keeps what it has read: no difference here. */
const WITHOUT_EFFECT = [
  ...["temppath", "share_access", "register_session_retries", "register_session_retry_wait", "timeout", "auto_mkdir"],
  ...["register_session_retry_factor", "skip_instance_cache", "use_listings_cache", "listings_expiry_time"],
];

/** Of the block `smb`. Throws `invalid` for what leads nowhere. */
export function smbBlockOptions(data: JsonObject): SmbOptions {
  const given = readSettings(data);
  return {
    ...placeOf(given.text("smb_host"), given.text("share_path") ?? ""),
    ...{ port: portOf(given, "smb_port"), ...userOf(given.text("smb_username")) },
    ...{ password: given.text("smb_password"), isEncrypted: false, notes: [] },
  };
}

/** `smb://user:password@host:port/share/folder`; settings go before what the address says. Throws as `smbBlockOptions`. */
export function smbAddressOptions({ host: authority, path, settings }: Address): SmbOptions {
  const given = readSettings(settings);
  const { user, password, host, port } =
    /^(?:(?<user>[^:]*)(?::(?<password>.*))?@)?(?<host>\[[^\]]*\]|[^:]*)(?::(?<port>.*))?$/s.exec(authority)?.groups ??
    {};
  const place = placeOf(given.text("host") ?? host, path);
  const options = {
    ...place,
    port: portOf(given, "port") ?? portOf(readSettings({ port: port ?? null }), "port"),
    ...userOf(given.text("username") ?? decoded(user)),
    password: given.text("password") ?? decoded(password),
    isEncrypted: given.flag("encrypt") === true,
  };
  for (const name of WITHOUT_EFFECT) given.value(name);
  return { ...options, notes: notesOf(given.unused("")) };
}

function placeOf(host: string | undefined, sharePath: string): Pick<SmbOptions, "host" | "share" | "base"> {
  const name = (host ?? "").replace(/^\[(.*)\]$/, "$1");
  if (!/^[\w.:-]+$/.test(name)) {
    throw new OrchError("invalid", `'${name}' names no server of shares. Write its name or address, such as 'files'.`);
  }
  const [share, ...folders] = checkedParts(sharePath.replaceAll("\\", "/"));
  if (share !== undefined && !folders.includes("..")) return { host: name, share, base: folders.join("/") };
  throw new OrchError("invalid", `'${sharePath}' names no share. Write 'share' or 'share/folder'.`);
}

function portOf(given: BlockSettings, name: string): number | undefined {
  const text = given.text(name);
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new OrchError("invalid", `'${text}' is no port of a server of shares. Write a number from 1 to 65535.`);
}

/** `DOMAIN\user`, `DOMAIN;user` as addresses have it, or `user@domain`. */
function userOf(text: string | undefined): Pick<SmbOptions, "user" | "domain"> {
  const { domain, user } =
    /^(?<domain>[^\\/;]+)[\\/;](?<user>.+)$/.exec(text ?? "")?.groups ??
    /^(?<user>[^@]+)@(?<domain>.+)$/.exec(text ?? "")?.groups ??
    {};
  const found = user ?? text;
  if (!/[\n\r\0]/.test(text ?? "")) return { user: found, domain };
  throw new OrchError("invalid", "The user of the share is no name. Write 'user', 'DOMAIN\\user' or 'user@domain'.");
}

function decoded(text: string | undefined): string | undefined {
  if (!text) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
