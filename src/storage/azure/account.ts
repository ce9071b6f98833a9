// Finds the storage account, and its key where there is one: in a connection string, or by name, host and key.
import { OrchError } from "#lib/errors.ts";

export interface Account {
  /** Undefined where only an address is known, which a shared access signature needs no more than. */
  name: string | undefined;
  key: string | undefined;
  /** A shared access signature, without `?`. */
  signature: string | undefined;
  /** Of its blobs, without a slash at its end. */
  endpoint: string;
}

const SUFFIX = "core.windows.net";
/** Of Microsoft's emulators; the same everywhere, and published. */
const EMULATED = {
  name: "devstoreaccount1",
  key: "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
};
const REMEDY = "Copy it whole from the account's page 'Access keys'.";

/** As Microsoft's tools take it. Throws `invalid` for what names no account; nothing of it is in the sentence. */
export function parseConnectionString(text: string): Account {
  const parts = new Map(
    text.split(";").flatMap((part) => {
      const [, name = "", value = ""] = /^\s*(\w+)\s*=\s*(.*?)\s*$/s.exec(part) ?? [];
      return name === "" || value === "" ? [] : [[name.toLowerCase(), value] as const];
    }),
  );
  if (/^true$/i.test(parts.get("usedevelopmentstorage") ?? "")) {
    const proxy = withoutSlash(parts.get("developmentstorageproxyuri") ?? "http://127.0.0.1");
    return { ...EMULATED, signature: undefined, endpoint: parseEndpoint(`${proxy}:10000/${EMULATED.name}`) };
  }
  const [name, key] = [parts.get("accountname"), parts.get("accountkey")];
  const signature = parts.get("sharedaccesssignature")?.replace(/^\?/, "");
  const protocol = parts.get("defaultendpointsprotocol") ?? "https";
  const address =
    parts.get("blobendpoint") ??
    (name === undefined ? undefined : `${protocol}://${name}.blob.${parts.get("endpointsuffix") ?? SUFFIX}`);
  if (address === undefined || (key === undefined && signature === undefined)) {
    const missing = address === undefined ? "AccountName" : "AccountKey";
    throw new OrchError("invalid", `The connection string of the block has no ${missing}. ${REMEDY}`);
  }
  if (key !== undefined && name === undefined) {
    throw new OrchError("invalid", `The connection string of the block has a key, but no AccountName. ${REMEDY}`);
  }
  return { name, key: checkedKey(key), signature, endpoint: parseEndpoint(address) };
}

/** `host`: of its blobs, where that is not Azure's own. */
export function accountByName(
  name: string,
  { host, key, signature }: { host?: string | undefined; key?: string | undefined; signature?: string | undefined },
): Account {
  if (host === undefined && !/^[a-z0-9]+$/.test(name)) {
    const sentence = "The block's account name is none: it has small letters and digits alone, and no address.";
    throw new OrchError("invalid", sentence);
  }
  const address = host ?? `${name}.blob.${SUFFIX}`;
  const endpoint = parseEndpoint(/^\w+:\/\//.test(address) ? address : `https://${address}`);
  return { name, key: checkedKey(key), signature: signature?.replace(/^\?/, ""), endpoint };
}

function checkedKey(key: string | undefined): string | undefined {
  if (key === undefined || /^[A-Za-z0-9+/]+={0,2}$/.test(key)) return key;
  throw new OrchError("invalid", `The account key of the block is none: it is not Base64. ${REMEDY}`);
}

function parseEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return `${url.origin}${withoutSlash(url.pathname)}`;
  const sentence = "The address of the block's Azure account is none such as https://account.blob.core.windows.net.";
  throw new OrchError("invalid", sentence);
}

function withoutSlash(text: string): string {
  return text.replace(/\/+$/, "");
}
