// `http://` addresses of the block `remote-file-system`: what a store wrote is read, and pages of links are followed.
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { JsonObject } from "#lib/json.ts";
import { type Memory, memoryStore } from "#storage/memory.ts";
import { openRemoteFileSystem } from "#storage/remote-file-system.ts";
import { storedTree } from "#storage/transfer/stored-tree.ts";

let root: string;
let memory: Memory;
let answer: (request: Request, path: string) => Response | undefined;
let server: ReturnType<typeof Bun.serve>;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "orch-web-"));
  server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch(request) {
      const path = decodeURIComponent(new URL(request.url).pathname.slice(1));
      const content = memory.get(path);
      return (
        answer(request, path) ?? (content ? new Response(new Uint8Array(content)) : new Response("", { status: 404 }))
      );
    },
  });
});
afterAll(async () => {
  await server.stop(true);
  rmSync(root, { recursive: true });
});
beforeEach(() => {
  memory = new Map();
  answer = () => undefined;
});

const open = (path: string, settings: JsonObject = {}, login = "") =>
  openRemoteFileSystem({ basepath: `http://${login}127.0.0.1:${server.port}/${path}`, settings });
const target = () => mkdtempSync(join(root, "got-"));
const page = (...links: string[]) =>
  new Response(links.map((link) => `<li><a class="x" href="${link}">a name</a>`).join(""), {
    headers: { "content-type": "text/html" },
  });

test("http: what orch has uploaded is fetched by its manifest, odd names too", async () => {
  const names = ["a b.ts", "späße/ü.txt", "p%20+q#r?.ts", "deep/er/x.ts", "empty"];
  const local = mkdtempSync(join(root, "local-"));
  for (const name of names) {
    mkdirSync(dirname(join(local, name)), { recursive: true });
    writeFileSync(join(local, name), name === "empty" ? "" : name);
  }
  await storedTree(memoryStore("base", memory)).putDirectory(local, "flows");
  const to = target();
  const storage = await open("base/");
  await storage.getDirectory("flows", to);
  for (const name of names) expect(readFileSync(join(to, name), "utf8")).toBe(name === "empty" ? "" : name);
  expect(Buffer.from(await storage.readPath("flows/a b.ts")).toString()).toBe("a b.ts");
  await expect(storage.readPath("none")).rejects.toThrow(
    `There is no file 'http://127.0.0.1:${server.port}/base/none'.`,
  );
  await expect(storage.getDirectory("none", to)).rejects.toThrow(/There is no folder .*none/);
});

test("http: links of index pages are followed downwards, on the same server, and nowhere else", async () => {
  memory.set("base/a b.ts", Buffer.from("1"));
  memory.set("base/sub/c.ts", Buffer.from("22"));
  answer = (_, path) => {
    if (path === "base/") {
      return page(
        "../",
        "/",
        "?C=N;O=D",
        "a%20b.ts",
        "/base/sub/",
        "http://other.test/x",
        "..%2Fy",
        "mailto:a@b.test",
        "#top",
      );
    }
    return path === "base/sub/" ? page("/base/", "c.ts", "./") : undefined;
  };
  const to = target();
  await (await open("base")).getDirectory(null, to);
  expect((readdirSync(to, { recursive: true }) as string[]).toSorted()).toEqual(["a b.ts", "sub", "sub/c.ts"]);
  expect(readFileSync(join(to, "sub/c.ts"), "utf8")).toBe("22");
});

test("http: a place without links says so, and nothing is ever written", async () => {
  answer = (request, path) => (path === "base/" && request.method === "GET" ? new Response("hello") : undefined);
  const storage = await open("base");
  await expect(storage.getDirectory(null, target())).rejects.toThrow(
    "cannot be listed: it has neither an upload of orch",
  );
  await expect(storage.putDirectory(target(), null)).rejects.toThrow("is a web server's, where orch cannot write");
  await expect(storage.writePath("a", Buffer.from("1"))).rejects.toThrow("is a web server's, where orch cannot write");
});

test("http: user and password of the address, auth and headers of the settings are sent, and not shown", async () => {
  memory.set("a", Buffer.from("1"));
  const basic = `Basic ${Buffer.from("ann:secret").toString("base64")}`;
  const seen: unknown[] = [];
  answer = (request) => {
    seen.push([request.headers.get("authorization"), request.headers.get("x-token")]);
    return undefined;
  };
  await (await open("", {}, "ann:secret@")).readPath("a");
  await (await open("", { client_kwargs: { auth: ["ann", "secret"], headers: { "X-Token": "t" } } })).readPath("a");
  await (await open("", { client_kwargs: { auth: { login: "ann", password: "secret" } } })).readPath("a");
  expect(seen).toEqual([
    [basic, null],
    [basic, "t"],
    [basic, null],
  ]);
  answer = () => new Response("", { status: 403 });
  const storage = await open("", {}, "ann:secret@");
  expect(storage.location("a")).toBe(`http://127.0.0.1:${server.port}/a`);
  const refusal = await storage.readPath("a").then(String, (error) => String(error.message));
  expect(refusal).toContain("answered 403: it does not allow to read");
  expect(refusal).not.toContain("secret");
});

test("http: redirects are followed a few times; another server gets no password", async () => {
  const seen: unknown[] = [];
  answer = (request, path) => {
    const { host } = new URL(request.url);
    if (path === "round") return Response.redirect("/round");
    if (path === "a") return Response.redirect(`http://localhost:${server.port}/b`);
    if (path !== "b") return undefined;
    seen.push([host, request.headers.get("authorization")]);
    return new Response("there");
  };
  const storage = await open("", {}, "ann:secret@");
  expect(Buffer.from(await storage.readPath("a")).toString()).toBe("there");
  expect(seen).toEqual([[`localhost:${server.port}`, null]]);
  await expect(storage.readPath("round")).rejects.toThrow("leads round in redirects");
});
