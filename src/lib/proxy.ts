// Finds the proxy that `fetch` takes for an address, and tells addresses of this machine, which never need one.

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * True for an address of this machine: it is reached directly, whatever the proxy variables say.
 *
 * @example
 * isLoopback("http://127.0.0.1:4200/api"); // true
 */
export function isLoopback(address: string): boolean {
  const host = hostOf(address);
  return /^(127(\.\d+){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[\da-f]{2}:[\da-f]+\]|(.+\.)?localhost)\.?$/.test(host);
}

/**
 * The proxy that the environment names for an address, without its user and password; null for none.
 *
 * @example
 * proxyOf("http://orch.lan/api", { http_proxy: "http://me:secret@proxy:3128" }); // http://proxy:3128
 */
export function proxyOf(address: string, env: Environment = process.env): string | null {
  if (isLoopback(address)) return null;
  const named = (name: string) => env[name] || env[name.toUpperCase()] || undefined;
  const proxy = named(address.startsWith("https:") ? "https_proxy" : "http_proxy") ?? named("all_proxy");
  if (proxy === undefined || isExempt(hostOf(address), [env["no_proxy"], env["NO_PROXY"]].join(","))) return null;
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

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname : "";
}
