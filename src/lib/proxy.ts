// Finds the proxy that `fetch` takes for an address.

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for an address, without its user and password; null for none.
 *
 * @example
 * proxyOf("http://orch.lan/api", { http_proxy: "http://me:secret@proxy:3128" }); // http://proxy:3128
 */
export function proxyOf(address: string, env: Environment = process.env): string | null {
  const named = (name: string) => env[name] || env[name.toUpperCase()] || undefined;
  const proxy = named(address.startsWith("https:") ? "https_proxy" : "http_proxy") ?? named("all_proxy");
  if (proxy === undefined || isExempt(new URL(address).hostname, [env["no_proxy"], env["NO_PROXY"]].join(",")))
    return null;
  return proxy.replace(/^(\w+:\/\/)?.*@/, "$1").replace(/\/$/, "");
}

/** `list` as NO_PROXY has it: names that stand for their subdomains too, with or without a port; `*` for all. */
function isExempt(host: string, list: string): boolean {
  const names = list.split(",").map((name) =>
    name
      .trim()
      .replace(/^\*?\./, "")
      .replace(/:\d+$/, ""),
  );
  return names.some((name) => name !== "" && (name === "*" || host === name || host.endsWith(`.${name}`)));
}
