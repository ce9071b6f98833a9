// Makes what a connection by SFTP needs of an address, of the settings that fsspec takes, and of the user's files.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, OrchError } from "#lib/errors.ts";
import { textOfJson } from "#lib/json.ts";
import { type Environment, environment } from "#lib/process/environment.ts";
import { userHome } from "#lib/process/user-home.ts";
import { notesOf, readSettings } from "../block-settings.ts";
import type { Address } from "../remote-file-system.ts";

export interface SftpOptions {
  host: string;
  port: number;
  username: string;
  password: string | undefined;
  /** Private keys as text, by their names for sentences: `the key '~/.ssh/id_rsa'`. */
  keys: readonly { name: string; text: string; passphrase: string | undefined; isFound: boolean }[];
  /** The socket of the SSH agent. */
  agent: string | undefined;
  /** What `known_hosts` says. */
  knownHosts: string;
  /** The folder that all paths are below; absolute, without a slash at its end. `""` is the root. */
  base: string;
  /** Sentences about settings that change nothing here. */
  notes: readonly string[];
}

/** How paramiko waits and where fsspec keeps drafts: no difference here. */
const WITHOUT_EFFECT = [
  ...["timeout", "banner_timeout", "auth_timeout", "channel_timeout", "temppath", "compress"],
  ...["asynchronous", "loop", "skip_instance_cache", "use_listings_cache", "listings_expiry_time"],
];
const OWN_KEYS = ["id_ed25519", "id_ecdsa", "id_rsa"];
const SSH_PORT = 22;

/** Settings beat the address, as with Prefect. `home`: the user's folder. Throws `invalid` for what leads nowhere. */
export function sftpOptions(
  { scheme, host: authority, path, settings }: Address,
  home: string = userHome(),
  env: Environment = environment(),
): SftpOptions {
  const given = readSettings(settings);
  const address = parseAuthority(scheme, authority);
  const host = given.text("host") ?? address.host;
  if (host === "") throw new OrchError("invalid", `The address names no server. Write '${scheme}://server/folder'.`);
  const port = Number(given.text("port") ?? (address.port || SSH_PORT));
  if (!(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new OrchError("invalid", `The setting 'port' of the remote file system is no port: '${given.text("port")}'.`);
  }
  const password = given.text("password") ?? address.password;
  const passphrase = given.text("passphrase") ?? password;
  const folder = join(home, ".ssh");
  const text = given.text("pkey");
  const files = [given.value("key_filename") ?? []].flat().map((name) => expanded(textOfJson(name), home));
  const keys = [
    ...(text === undefined ? [] : [{ name: "the setting 'pkey'", text, passphrase, isFound: false }]),
    ...files.map((file) => ({ name: `the key '${file}'`, text: readKey(file), passphrase, isFound: false })),
    ...(given.flag("look_for_keys") === false ? [] : ownKeys(folder, passphrase)),
  ];
  const agent = given.flag("allow_agent") === false ? undefined : env["SSH_AUTH_SOCK"] || undefined;
  const username = given.text("username") ?? (address.username || userName(env));
  for (const name of WITHOUT_EFFECT) given.value(name);
  return {
    ...{ host, port, username, password, keys, agent },
    knownHosts: [join(folder, "known_hosts"), "/etc/ssh/ssh_known_hosts"].map(contentOf).join("\n"),
    base:
      path === ""
        ? ""
        : `/${path
            .split("/")
            .filter((part) => part !== "")
            .join("/")}`,
    notes: notesOf(given.unused("settings.")),
  };
}

function parseAuthority(scheme: string, text: string) {
  // Only addresses of http are taken apart alike everywhere.
  const url = URL.canParse(`http://${text}`) ? new URL(`http://${text}`) : undefined;
  if (text === "") return { host: "", port: "", username: "", password: undefined };
  const port = /:(\d+)$/.exec(text)?.[1] ?? "";
  if (!url) {
    throw new OrchError(
      "invalid",
      `The address names no server. Write '${scheme}://server/folder' or '${scheme}://server:port/folder'.`,
    );
  }
  const password = url.password === "" ? undefined : decodeURIComponent(url.password);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return { host, port, username: decodeURIComponent(url.username), password };
}

/** Bun's `userInfo` knows only variables, which services and containers may not have. */
function userName(env: Environment): string {
  const named = env["LOGNAME"] || env["USER"] || env["LNAME"] || env["USERNAME"];
  if (named) return named;
  const rows = contentOf("/etc/passwd").split("\n");
  const own = rows.map((row) => row.split(":")).find(([, , id]) => id === String(process.getuid?.()));
  if (own?.[0]) return own[0];
  throw new OrchError("invalid", "The remote file system has no user to log in as: give the setting 'username'.");
}

function expanded(path: string, home: string): string {
  return path.startsWith("~/") ? join(home, path.slice(2)) : path;
}

function readKey(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const sentence = `The file '${path}', which the setting 'key_filename' names, cannot be read: ${messageOf(cause)}`;
    throw new OrchError("invalid", sentence, { cause });
  }
}

function ownKeys(folder: string, passphrase: string | undefined) {
  return OWN_KEYS.flatMap((name) => {
    const text = contentOf(join(folder, name));
    return text === "" ? [] : [{ name: `the key '~/.ssh/${name}'`, text, passphrase, isFound: true }];
  });
}

/** Empty for a file that cannot be read: it need not be there. */
function contentOf(path: string): string {
  if (!existsSync(path)) return "";
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
