// Reads the address of a repository and the credentials that go with it: only protocols that are safe, and no secret in
// what is shown or handed to git as an argument.
import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { OrchError } from "#lib/errors.ts";

export interface Credentials {
  username: string;
  password: string;
}

export interface GitRemote {
  /** As git takes it, without username and password where they are `credentials`. */
  url: string;
  /** For people: `url` without what follows its path. */
  shown: string;
  /** As git names them, such as `https`: what it may use for the repository and its submodules. */
  protocols: readonly string[];
  /** Sent to the server of `url` alone. */
  credentials: (Credentials & { origin: string }) | null;
  /** Texts that no message may show. */
  secrets: readonly string[];
}

/** What differs between the block types that lead to repositories. */
export interface GitHost {
  /** `GitHub` */
  name: string;
  /** Addresses that a token may be sent to. */
  tokenProtocols: readonly ("https" | "http")[];
  /** What the host wants to get for a token. */
  credentialsOf(token: string): Credentials;
}

const PROTOCOLS = ["https", "http", "ssh"];
const ACCEPTED = "https://, http://, ssh://, file://, git@host:path, or an absolute path";

/** `[user@]host:path`, which git takes for ssh. What begins with `-` would be an option of ssh, `::` a command. */
const SCP_LIKE = /^(?:[\w.][\w.+-]*@)?[\w.][\w.-]*:(?!:|-|\/\/)\S+$/;

/** Throws `invalid` for an address that git must not be given, and for a token that the address is not safe for. */
export function remoteOf(repository: string, token: string | null, host: GitHost): GitRemote {
  const address = repository.trim();
  const scheme = /^(?<scheme>[a-z][a-z0-9+.-]*):\/\//i.exec(address)?.groups?.["scheme"]?.toLowerCase();
  refuseUnsafe(address, token, scheme, host);
  if (isAbsolute(address)) return localRemote(pathToFileURL(address));
  if (scheme === undefined && SCP_LIKE.test(address)) return remoteBy(address, PROTOCOLS);
  const url = scheme !== undefined && URL.canParse(address) ? new URL(address) : null;
  if (url && scheme === "file") return localRemote(url);
  if (url && scheme === "ssh" && url.hostname !== "") {
    url.password = ""; // ssh takes none
    return remoteBy(url.href, PROTOCOLS);
  }
  if (url && (scheme === "https" || scheme === "http")) return webRemote(url, token, host);
  throw new OrchError("invalid", `The repository '${shownOf(address)}' cannot be reached: use ${ACCEPTED}.`);
}

function refuseUnsafe(address: string, token: string | null, scheme: string | undefined, host: GitHost): void {
  const safe = host.tokenProtocols;
  if (token === null || safe.some((protocol) => protocol === scheme)) {
    if (token === null || !/\p{Cc}/u.test(token)) return;
    throw new OrchError(
      "invalid",
      `The token of the ${host.name} block holds a line break or another control character.`,
    );
  }
  const formats = safe.map((protocol) => `'${protocol.toUpperCase()}'`).join(" or ");
  const sentence = `Credentials can only be used with ${host.name} repositories using the ${formats} format`;
  throw new OrchError(
    "invalid",
    `${sentence}, not with '${shownOf(address)}'. Change the address, or remove the token.`,
  );
}

function localRemote(url: URL): GitRemote {
  return remoteBy(url.href, ["file", ...PROTOCOLS]);
}

function remoteBy(url: string, protocols: readonly string[]): GitRemote {
  return { url, shown: shownOf(url), protocols, credentials: null, secrets: [] };
}

/** A token goes before a password that is written in the address; a user name that is written there stays. */
function webRemote(url: URL, token: string | null, host: GitHost): GitRemote {
  const written = { username: decoded(url.username), password: decoded(url.password) };
  url.username = "";
  url.password = "";
  const { origin, href } = url;
  const given = token === null ? written : credentialsFor(token, written, host);
  const isSecret = token !== null || written.password !== "";
  const credentials = given.username === "" && given.password === "" ? null : { ...given, origin };
  const secrets = isSecret ? [token ?? "", written.password, given.password, ...basic(given)] : [];
  return { url: href, shown: shownOf(href), protocols: PROTOCOLS, credentials, secrets };
}

/** As it is in an address: `user:token` is both. */
function credentialsFor(token: string, written: Credentials, host: GitHost): Credentials {
  const [, username, password] = /^([^:]+):(.+)$/.exec(token) ?? [];
  if (username !== undefined && password !== undefined) return { username, password };
  return written.username === "" ? host.credentialsOf(token) : { username: written.username, password: token };
}

function basic({ username, password }: Credentials): string[] {
  return [`${username}:${password}`, Buffer.from(`${username}:${password}`).toString("base64")];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Without a user name, a password and a query; those of an address that cannot be read are cut out by their place. */
function shownOf(address: string): string {
  return address.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1").replace(/[?#].*$/s, "");
}
