// The files of a web UI: nothing outside of its folder, and its page for whatever is no file.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openUi, type UiFiles } from "#server/ui/files.ts";
import { testApp } from "../../app.ts";

const root = mkdtempSync(join(tmpdir(), "orch-ui-"));
const folder = join(root, "ui");
let ui: UiFiles;
beforeAll(() => {
  mkdirSync(join(folder, "assets"), { recursive: true });
  writeFileSync(join(folder, "index.html"), "<h1>page</h1>");
  writeFileSync(join(folder, "robots.txt"), "robots");
  writeFileSync(join(folder, "assets/app-1a2b.js"), "code");
  writeFileSync(join(folder, "assets/app-1a2b.css"), "style");
  writeFileSync(join(root, "secret.txt"), "secret");
  writeFileSync(join(root, "ui-secret"), "secret");
  symlinkSync(join(root, "secret.txt"), join(folder, "way-out.txt"));
  ui = openUi(folder);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const ask = (path: string, method = "GET") => ui(new Request(`http://127.0.0.1:4200${path}`, { method }));

const found: [path: string, text: string, type: string, caching: string][] = [
  ["/", "<h1>page</h1>", "text/html", "no-cache"],
  ["/index.html", "<h1>page</h1>", "text/html", "no-cache"],
  ["/flow-runs/flow-run/1?tab=logs", "<h1>page</h1>", "text/html", "no-cache"],
  ["/assets", "<h1>page</h1>", "text/html", "no-cache"],
  ["/assets/gone.js", "<h1>page</h1>", "text/html", "no-cache"],
  ["/robots.txt", "robots", "text/plain", "no-cache"],
  ["/assets/app-1a2b.js", "code", "text/javascript", "public, max-age=31536000, immutable"],
  ["/assets/app-1a2b.css", "style", "text/css", "public, max-age=31536000, immutable"],
];
for (const [path, text, type, caching] of found) {
  test(`${path} is ${text}`, async () => {
    const answer = ask(path);
    expect(await answer?.text()).toBe(text);
    expect(answer?.headers.get("content-type")).toStartWith(type);
    expect(answer?.headers.get("cache-control")).toBe(caching);
    expect(answer?.headers.get("x-frame-options")).toBe("DENY");
  });
}

describe("nothing leaves the folder", () => {
  for (const path of [
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/..%5csecret.txt",
    "/way-out.txt",
    "/../ui-secret",
    "/%00",
    "/%E0%A4%A",
  ]) {
    test(path, async () => expect(await ask(path)?.text()).toBe("<h1>page</h1>"));
  }
});

test("the API is not its affair, nor is any method but GET and HEAD", () => {
  expect([ask("/api"), ask("/api/"), ask("/api/nowhere"), ask("/", "POST"), ask("/x", "DELETE")]).toEqual([
    ...[undefined, undefined, undefined, undefined, undefined],
  ]);
  expect(ask("/apiary")).toBeDefined();
  expect(ask("/", "HEAD")).toBeDefined();
});

test("a folder without a page is refused with a sentence", () => {
  expect(() => openUi(join(root, "nowhere"))).toThrow("which has no index.html");
});

test("a server serves it below everything that has a path of its own", async () => {
  const app = testApp({ services: false, ui });
  const text = async (path: string) => (await app.app.fetch(new Request(`http://127.0.0.1:4200${path}`))).text();
  expect(await text("/flows")).toBe("<h1>page</h1>");
  expect(await text("/api/health")).toBe("true");
  expect(await text("/api/nowhere")).toBe('{"detail":"Not Found"}');
  expect(await text("/ui-settings")).toContain("api_url");
  expect(await text("/docs")).toContain("REST API");
  await app.close();
});
