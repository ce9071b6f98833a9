// Signs requests with the key of a storage account, as Microsoft documents it under "Authorize with Shared Key".

/** What a request is before it has its credentials. */
export interface Unsigned {
  method: string;
  url: URL;
  headers: Headers;
}

/** Their values in this order, one a line. */
const SIGNED_HEADERS = [
  ...["content-encoding", "content-language", "content-length", "content-md5", "content-type", "date"],
  ...["if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range"],
];

/** The signature, in Base64. `key`: in Base64. */
export function signature(request: Unsigned, account: string, key: string): string {
  const hmac = new Bun.CryptoHasher("sha256", Buffer.from(key, "base64"));
  return hmac.update(textToSign(request, account)).digest("base64");
}

export function textToSign({ method, url, headers }: Unsigned, account: string): string {
  const values = SIGNED_HEADERS.map((name) => {
    const value = headers.get(name) ?? "";
    return name === "content-length" && value === "0" ? "" : value;
  });
  const own = [...headers]
    .filter(([name]) => name.startsWith("x-ms-"))
    .map(([name, value]) => `${name}:${value.trim()}`);
  const queries = [...new Set(url.searchParams.keys())].map((name) => {
    return `${name.toLowerCase()}:${url.searchParams.getAll(name).sort().join(",")}`;
  });
  return [method, ...values, ...own.sort(), `/${account}${url.pathname}`, ...queries.sort()].join("\n");
}
