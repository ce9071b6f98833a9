// Serves orch's own web UI out of the file that the build packed: the page for every path, and what it loads.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import uiAsset from "../../../dist/assets/ui.asset" with { type: "file" };
import { isAsset, SAFE_HEADERS, type UiFiles, UNCHANGING } from "./files.ts";

/** From and to, in bytes after the table. */
export type Span = [from: number, to: number];
export type PackedFile = { gzip: Span; br: Span };
/** What the build writes before the files (test/repo/ui-asset.ts). */
export interface PackedTable {
  page: string;
  etag: string;
  /** SHA-256 of the page's one inline script, in base64. */
  scriptHash: string;
  /** By the file with a page: the scripts that the browser is to load at once. Without a name: of every page. */
  preloads: Record<string, string[]>;
  files: Record<string, PackedFile>;
}

const TYPES: Record<string, string> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};
const LENGTH_BYTES = 4;

/** `asset`: the path of the packed file. It is read when the first page is asked for. */
export function openPackedUi(asset: string = resolve(import.meta.dir, uiAsset)): UiFiles {
  let answer: UiFiles | undefined;
  return (request) => {
    answer ??= answering(readFileSync(asset));
    return answer(request);
  };
}

function answering(bytes: Buffer<ArrayBuffer>): UiFiles {
  const tableEnd = LENGTH_BYTES + bytes.readUInt32LE(0);
  const table = JSON.parse(bytes.toString("utf8", LENGTH_BYTES, tableEnd)) as PackedTable; // the build's own
  const policy = policyWith(table.scriptHash);

  function page(request: Request, pathname: string): Response {
    // Relative, so that it is right below the path of any proxy: `/flows/flow/1` lies two folders down.
    const base = "../".repeat(pathname.split("/").length - 2) || "./";
    const name = fileWithPage(table, pathname);
    const etag = `"${table.etag}-${base.length}-${name}"`;
    const headers = { ...SAFE_HEADERS, "content-security-policy": policy, "cache-control": "no-cache", etag };
    if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
    const links = table.preloads[name]
      ?.map((path) => `<link rel="modulepreload" crossorigin href="./${path}">`)
      .join("");
    const text = table.page
      .replace('<base href="/"', () => `<base href="${base}"`)
      .replace("</head>", () => `${links}</head>`);
    return new Response(text, { headers: { ...headers, "content-type": "text/html; charset=utf-8" } });
  }

  function file(request: Request, path: string): Response {
    const found = Object.hasOwn(table.files, path) ? table.files[path] : undefined;
    if (!found) return new Response("There is no such file.", { status: 404, headers: SAFE_HEADERS });
    const accepted = request.headers.get("accept-encoding") ?? "";
    const encoding = /\bbr\b/.test(accepted) ? "br" : /\bgzip\b/.test(accepted) ? "gzip" : undefined;
    const [from, to] = found[encoding ?? "gzip"];
    const content = bytes.subarray(tableEnd + from, tableEnd + to);
    const type = TYPES[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    const packed = encoding ? { "content-encoding": encoding } : {};
    const headers = { ...SAFE_HEADERS, ...UNCHANGING, "content-type": type, vary: "Accept-Encoding", ...packed };
    return new Response(encoding ? content : Bun.gunzipSync(content), { headers }); // no browser asks for the second
  }

  return (request) => {
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    const { pathname } = new URL(request.url);
    if (pathname === "/api" || pathname.startsWith("/api/")) return undefined;
    return isAsset(pathname) ? file(request, pathname.slice(1)) : page(request, pathname);
  };
}

/** The file with the page of a path: `src/ui/pages/list-pages.ts` for one folder, `detail-pages.ts` for more. */
function fileWithPage({ preloads }: PackedTable, pathname: string): string {
  const folders = pathname.split("/").filter((folder) => folder !== "");
  const name = folders.length > 1 ? "detail-pages" : "list-pages";
  return Object.hasOwn(preloads, name) ? name : "";
}

/** Nothing of other hosts, no script and no style out of a text. */
function policyWith(scriptHash: string): string {
  const rules = [
    ...["default-src 'none'", `script-src 'self' 'sha256-${scriptHash}'`, "style-src 'self'", "img-src 'self' data:"],
    ...["connect-src 'self'", "base-uri 'self'", "form-action 'none'", "frame-ancestors 'none'"],
  ];
  return rules.join("; ");
}
