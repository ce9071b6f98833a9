// The files of a web UI out of a folder: an application of one page, so any path that is no file is that page.
import { existsSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { OrchError } from "#lib/errors.ts";

/** `undefined` for what is no request for a page or a file. */
export type UiFiles = (request: Request) => Response | undefined;

const PAGE = "index.html";
/** The makers of such applications put a hash into the names of assets. */
export const UNCHANGING = { "cache-control": "public, max-age=31536000, immutable" };
const ASK_AGAIN = { "cache-control": "no-cache" };
/** No foreign page may show this one in a frame and have it clicked. */
export const SAFE_HEADERS = { "x-content-type-options": "nosniff", "x-frame-options": "DENY" };

/** Files that the page loads, as both UIs have them. */
export function isAsset(pathname: string): boolean {
  return pathname.startsWith("/assets/");
}

/** Throws `invalid` for a folder without a page. */
export function openUi(directory: string): UiFiles {
  if (!existsSync(join(directory, PAGE))) {
    throw new OrchError("invalid", `ORCH_UI_STATIC_DIRECTORY names '${directory}', which has no ${PAGE}.`);
  }
  const root = realpathSync(directory);

  /** The file's own path: links that lead out of the folder lead nowhere. */
  function fileAt(pathname: string): string | undefined {
    try {
      const path = realpathSync(join(root, decodeURIComponent(pathname)));
      return path.startsWith(root + sep) && statSync(path).isFile() ? path : undefined;
    } catch {
      return undefined; // not there, or no path at all
    }
  }

  return (request) => {
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    const { pathname } = new URL(request.url);
    if (pathname === "/api" || pathname.startsWith("/api/")) return undefined;
    const path = fileAt(pathname);
    const caching = path && isAsset(pathname) ? UNCHANGING : ASK_AGAIN;
    return new Response(Bun.file(path ?? join(root, PAGE)), { headers: { ...caching, ...SAFE_HEADERS } });
  };
}
