// Orch's own UI out of the packed file: the page for every path with its base, and files that never change.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { openPackedUi } from "#server/ui/packed.ts";
import { packUi } from "../../repo/ui-asset.ts";

const root = mkdtempSync(join(tmpdir(), "orch-ui-"));
const asset = join(root, "ui.asset");
const page = '<html><base href="/" /><script>theme()</script></html>';
const scripts = ["assets/app-1a2b.js", "assets/start-3c4d.js"];
writeFileSync(asset, packUi({ page, files: new Map(scripts.map((path) => [path, Buffer.from("code()")])) }));
const ui = openPackedUi(asset);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  ui(new Request(`http://127.0.0.1:4200${path}`, { method, headers }));

const bases: [path: string, base: string][] = [
  ["/", "./"],
  ["/index.html", "./"],
  ["/flow-runs", "./"],
  ["/flow-runs/", "../"],
  ["/flows/flow/1?tab=runs", "../../"],
  ["/work-pools/work-pool/a/queue/b/edit", "../../../../../"],
];
for (const [path, base] of bases) {
  test(`the page at ${path} has the base ${base}`, async () => {
    const answer = ask(path);
    expect(await answer?.text()).toContain(`<base href="${base}"`);
    expect(answer?.headers.get("cache-control")).toBe("no-cache");
  });
}

test("the page is asked for again, and not sent again", async () => {
  const etag = ask("/flows")?.headers.get("etag") ?? "";
  expect(ask("/flow-runs", { "if-none-match": etag })?.status).toBe(304);
  // One folder deeper it is another page.
  expect(ask("/flows/flow/1", { "if-none-match": etag })?.status).toBe(200);
});

describe("scripts that a page needs are named in it, so that they come together", () => {
  const files = new Map(
    Object.entries({
      "assets/index-1.js": 'import"./index-2.js";import("./start-6.js")',
      "assets/index-2.js": "",
      "assets/start-6.js": 'import"./index-2.js";import("./list-pages-3.js");import("./detail-pages-4.js")',
      "assets/list-pages-3.js": 'import{a}from"./index-5.js"',
      "assets/detail-pages-4.js": "",
      "assets/index-5.js": 'import{b}from"./index-2.js"',
    }).map(([path, text]) => [path, Buffer.from(text)] as const),
  );
  const head = '<head><base href="/" /><script>theme()</script><script src="./assets/index-1.js"></script></head>';
  const path = join(root, "chained.asset");
  writeFileSync(path, packUi({ page: head, files }));
  const chained = openPackedUi(path);
  const cases: [path: string, scripts: string[]][] = [
    ["/", ["index-1", "index-2", "start-6", "list-pages-3", "index-5"]],
    ["/flows", ["index-1", "index-2", "start-6", "list-pages-3", "index-5"]],
    ["/flows/", ["index-1", "index-2", "start-6", "list-pages-3", "index-5"]],
    ["/flows/flow/1", ["index-1", "index-2", "start-6", "detail-pages-4"]],
  ];
  for (const [at, scripts] of cases) {
    test(at, async () => {
      const text = (await chained(new Request(`http://127.0.0.1:4200${at}`))?.text()) ?? "";
      const named = [...text.matchAll(/rel="modulepreload" crossorigin href="\.\/assets\/([^"]+)\.js"/g)];
      expect(named.map(([, name]) => name)).toEqual(scripts);
    });
  }
});

test("the policy allows the page's own script and nothing of other hosts", () => {
  const policy = ask("/")?.headers.get("content-security-policy");
  const hash = new Bun.CryptoHasher("sha256").update("theme()").digest("base64");
  expect(policy).toContain(`script-src 'self' 'sha256-${hash}';`);
  expect(policy).toStartWith("default-src 'none';");
  expect(policy).not.toContain("unsafe");
});

describe("a file", () => {
  const path = "/assets/app-1a2b.js";
  const encodings: [accepted: string, encoding: string | null, read: (bytes: Buffer) => Buffer][] = [
    ["gzip, deflate, br, zstd", "br", (bytes) => brotliDecompressSync(bytes)],
    ["gzip, deflate", "gzip", (bytes) => gunzipSync(bytes)],
    ["identity", null, (bytes) => bytes],
  ];
  for (const [accepted, encoding, read] of encodings) {
    test(`is sent as ${encoding ?? "it is"} to who accepts ${accepted}`, async () => {
      const answer = ask(path, { "accept-encoding": accepted });
      expect(answer?.headers.get("content-encoding") ?? null).toBe(encoding);
      expect(answer?.headers.get("content-type")).toStartWith("text/javascript");
      expect(answer?.headers.get("cache-control")).toContain("immutable");
      expect(read(Buffer.from((await answer?.arrayBuffer()) ?? new ArrayBuffer())).toString()).toBe("code()");
    });
  }

  for (const unknown of ["/assets/gone.js", "/assets/", "/assets/__proto__", "/assets/../assets/x"]) {
    test(`${unknown} is not there`, () => expect(ask(unknown)?.status).toBe(404));
  }
});

test("the API and changes are not the UI's", () => {
  for (const path of ["/api", "/api/", "/api/flows/filter"]) expect(ask(path)).toBeUndefined();
  expect(ask("/", {}, "POST")).toBeUndefined();
});
