// Bundles the web UI into one file for the executable: `dist/assets/ui.asset`. A table of spans first, then each file
// with gzip and with brotli: over plain HTTP browsers offer gzip alone. `src/server/ui/packed.ts` reads it.
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { PackedFile, PackedTable, Span } from "#server/ui/packed.ts";

export interface BuiltUi {
  page: string;
  /** By path below the page, as the page names them. */
  files: Map<string, Uint8Array>;
  /** What it was made of, as paths. */
  inputs: string[];
}

/** Throws when the bundler does. */
export async function buildUi(): Promise<BuiltUi> {
  const built = await Bun.build({
    entrypoints: ["src/ui/index.html"],
    ...{ minify: true, splitting: true, target: "browser", metafile: true },
    define: { "process.env.NODE_ENV": '"production"' },
    naming: { entry: "[name].[ext]", chunk: "assets/[name]-[hash].[ext]", asset: "assets/[name]-[hash].[ext]" },
  });
  const files = new Map<string, Uint8Array>();
  let page = "";
  for (const output of built.outputs) {
    const path = output.path.replace(/^\.\//, "");
    if (path === "index.html") page = await output.text();
    else files.set(path, new Uint8Array(await output.arrayBuffer()));
  }
  if (page === "") throw new Error("The bundler made no index.html of src/ui.");
  const early = await earlyScript();
  const inputs = [built, early].flatMap(({ metafile }) => Object.keys(metafile?.inputs ?? {}));
  return { page: page.replace("</script>", () => `;${early.text}</script>`), files, inputs };
}

/** Goes into the page's one inline script: what is a file of its own is there 50 ms later. */
async function earlyScript() {
  const built = await Bun.build({
    entrypoints: ["src/ui/early.ts"],
    ...{ minify: true, target: "browser", format: "iife", metafile: true },
  });
  const text = (await built.outputs[0]?.text())?.trim() ?? "";
  if (text === "" || /<\/script/i.test(text)) throw new Error("src/ui/early.ts makes no script for a page.");
  return { text, metafile: built.metafile };
}

/** The bytes of the asset. */
export function packUi({ page, files }: Pick<BuiltUi, "page" | "files">): Uint8Array {
  const [, script = ""] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
  if (script === "") throw new Error("src/ui/index.html has no script for the theme: its hash is part of the policy.");
  const table: PackedTable = {
    page,
    etag: new Bun.CryptoHasher("sha256").update(page).digest("hex").slice(0, 16),
    scriptHash: new Bun.CryptoHasher("sha256").update(script).digest("base64"),
    preloads: preloadsOf({ page, files }),
    files: {},
  };
  const parts: Uint8Array[] = [];
  let at = 0;
  const add = (bytes: Uint8Array): Span => {
    parts.push(bytes);
    at += bytes.length;
    return [at - bytes.length, at];
  };
  for (const [path, bytes] of files) {
    const file: PackedFile = { gzip: add(zipped(bytes)), br: add(brotli(bytes)) };
    table.files[path] = file;
  }
  const head = new TextEncoder().encode(JSON.stringify(table));
  const length = new Uint8Array(new Uint32Array([head.length]).buffer); // little-endian, as every machine Bun runs on
  return Buffer.concat([length, head, ...parts]);
}

/** The file and all that it imports at once; what it loads later is not among them. */
export function closureOf(files: BuiltUi["files"], path: string, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found;
  found.add(path);
  const text = new TextDecoder().decode(files.get(path) ?? new Uint8Array());
  for (const [, name] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g))
    closureOf(files, `assets/${name}`, found);
  return found;
}

/** Without its hash: what the main script loads as soon as it has begun the first reads (`src/ui/frame/start.tsx`). */
const STARTED = "start";

/**
 * By the file with a page: the scripts that it needs, the main one's first. Without them in the page, the browser learns of
 * each from the one before. The empty name: of no page.
 */
function preloadsOf({ page, files }: Pick<BuiltUi, "page" | "files">): PackedTable["preloads"] {
  const main = /src="\.\/(assets\/[^"]+\.js)"/.exec(page)?.[1] ?? "";
  const named = [...files.keys()].flatMap((path) => {
    const name = /^assets\/(.+)-[^-]+\.js$/.exec(path)?.[1];
    return name === undefined || name === "index" ? [] : [[name, path] as const];
  });
  const started = named.find(([name]) => name === STARTED)?.[1];
  if (started === undefined) throw new Error(`The web UI's build has no script named ${STARTED}.`);
  const withAll = (path?: string) => [
    ...new Set([main, started, ...(path ? [path] : [])].flatMap((each) => [...closureOf(files, each)])),
  ];
  return Object.fromEntries([["", withAll()], ...named.map(([name, path]) => [name, withAll(path)] as const)]);
}

export function zipped(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, { level: 9 });
}

function brotli(bytes: Uint8Array): Uint8Array {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotliCompressSync(bytes, { params });
}
