// Knows where the page came from: the server writes `<base>` by the depth of the path, so it works below any sub-path.

/** The path before all pages: `/`, or `/orch/` behind a proxy that puts the server there. Read once: history changes it. */
const BASE: string = new URL(document.baseURI).pathname;

/** The link to a page of `pages`: `to(pages.flow(id))`. */
export function to(page: string): string {
  return BASE + page.slice(1);
}

/** The page below the base, as `pages` writes it: of the address, without its query. */
export function pageOf(path: string): string {
  return `/${path.slice(BASE.length)}`;
}

/** The address of a call, by its path below `/api`. */
export function apiAddress(path: string): string {
  return `${BASE}api${path}`;
}
