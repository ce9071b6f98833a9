// Finds the files and folders that an index page of a web server links to.

const LINK = /<a\b[^>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/gi;

/** Names of what lies directly below `page`, whose path ends in a slash; links elsewhere, and those with a query, are left out. */
export function linksBelow(html: string, page: URL): { files: string[]; folders: string[] } {
  const [files, folders] = [new Set<string>(), new Set<string>()];
  for (const [, double, single, bare] of html.matchAll(LINK)) {
    const href = (double ?? single ?? bare ?? "").replaceAll("&amp;", "&");
    if (!URL.canParse(href, page)) continue;
    const { origin, pathname, search } = new URL(href, page);
    if (origin !== page.origin || search !== "" || !pathname.startsWith(page.pathname)) continue;
    const rest = pathname.slice(page.pathname.length);
    const name = nameOf(rest.replace(/\/$/, ""));
    if (name !== "") (rest.endsWith("/") ? folders : files).add(name);
  }
  return { files: [...files], folders: [...folders] };
}

/** Empty for what is no name. */
function nameOf(encoded: string): string {
  try {
    const name = decodeURIComponent(encoded);
    return name.includes("/") || name === ".." || name === "." ? "" : name;
  } catch {
    return "";
  }
}
