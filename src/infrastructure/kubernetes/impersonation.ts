// Reads from a kubeconfig in whose name requests are sent, and makes the headers for it that kubectl sends.
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, textOfJson } from "#lib/json.ts";

/** One with several values is sent once for each of them. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[]>>;

/**
 * Of the kubeconfig's `as`, `as-uid`, `as-groups` and `as-user-extra`; `name`: of its context, for people.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
 */
export function impersonation(user: JsonObject, name: string): RequestHeaders {
  const extra = isObject(user["as-user-extra"]) ? Object.entries(user["as-user-extra"] as JsonObject) : []; // JSON holds JSON
  const names = textsIn(user["as"]);
  const others: [header: string, values: string[]][] = [
    ["impersonate-uid", textsIn(user["as-uid"])],
    ["impersonate-group", textsIn(user["as-groups"])],
    ...extra.map(([key, values]): [string, string[]] => [`impersonate-extra-${headerName(key)}`, textsIn(values)]),
  ];
  const sent = others.filter(([, values]) => values.length > 0);
  const headers = [["impersonate-user", names] as const, ...sent].map(([header, values]) => [
    header,
    headerValue(values),
  ]);
  if (names.length > 0) return Object.fromEntries(headers);
  if (sent.length === 0) return {};
  const sentence = `The user of ${name} has 'as-uid', 'as-groups' or 'as-user-extra', and no 'as': it must name a user too.`;
  throw new OrchError("invalid", sentence);
}

function textsIn(value: Json | undefined): string[] {
  const list = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return list.map(textOfJson).filter((text) => text !== "");
}

/** Headers are sent byte by byte, and clusters read them as UTF-8. */
function headerValue(texts: readonly string[]): string | string[] {
  const values = texts.map((text) => Buffer.from(text).toString("latin1"));
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : values;
}

/** Each byte that a header's name may not have is written as `%2f`. */
function headerName(key: string): string {
  return [...Buffer.from(key)]
    .map((byte) => String.fromCharCode(byte))
    .map((sign) => (/[A-Za-z0-9!#$&'*+.^_`|~-]/.test(sign) ? sign : `%${Buffer.from(sign, "latin1").toString("hex")}`))
    .join("");
}
