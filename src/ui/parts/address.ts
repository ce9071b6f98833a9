// Reads and writes what the address says after its `?`: the only place where a page keeps its filters, tabs and open rows.
// No components: the script that sends a page's first reads is made of it too.

/** The name of the row that is shown beside its list. */
export const OPEN_ROW = "row";

export type Values = Record<string, string | readonly string[] | null | undefined>;

export interface Address {
  /** The value of a name, or `undefined`. */
  one(name: string): string | undefined;
  /** All values of a name: `?tag=a&tag=b`. */
  all(name: string): string[];
  /** The address with other values; `null` takes one out. */
  with(values: Values): string;
  /** Goes there: a new entry for Back, or in place of this one while the reader types. */
  set(values: Values, options?: { isReplacing?: boolean }): void;
}

/** Of a URL, for what is no component. `route` goes to another one. */
export function addressFrom(url: string, route: (url: string, isReplacing: boolean) => void = () => {}): Address {
  const { pathname, searchParams: given } = new URL(url, location.origin);
  const kept = [...given];

  function other(values: Values, before: readonly [string, string][] = kept): string {
    const pairs = before.filter(([name]) => !Object.hasOwn(values, name));
    return written(pathname, pairs, values);
  }

  return {
    one: (name) => given.get(name) ?? undefined,
    all: (name) => given.getAll(name),
    with: (values) => other(values),
    set(values, { isReplacing = false } = {}) {
      // What was called for a moment ago, as by a filter that waits until typing ends, does not undo what was chosen since.
      const isHere = location.pathname === pathname;
      route(other(values, isHere ? [...new URLSearchParams(location.search)] : kept), isReplacing);
    },
  };
}

/** Which tab it has open: the first unless it names one of the others. */
export function tabOf<Key extends string>(address: Address, keys: readonly [Key, ...Key[]], name = "tab"): Key {
  const given = address.one(name);
  return keys.find((key) => key === given) ?? keys[0];
}

const ID = /^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i;

/** Whether the server takes it for an id: with dashes or without. */
export function isId(text: string): boolean {
  return ID.test(text);
}

/** A link to a page with values: `linkTo(to(pages.runs()), { state: "Failed" })`. */
export function linkTo(address: string, values: Values): string {
  return written(address, [], values);
}

function written(path: string, kept: readonly [string, string][], values: Values): string {
  const pairs = [...kept];
  for (const [name, value] of Object.entries(values))
    for (const item of typeof value === "string" ? [value] : (value ?? [])) pairs.push([name, item]);
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`;
}
