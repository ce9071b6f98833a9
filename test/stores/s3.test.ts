// The blocks that reach S3, against moto, which speaks like it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "#lib/json.ts";
import { s3Options } from "#storage/s3/options.ts";
import { s3Store } from "#storage/s3/store.ts";
import { storedTree } from "#storage/transfer/stored-tree.ts";
import { storageContract } from "../contracts/storage.ts";
import { createFaultProxy } from "./cutting-proxy.ts";
import { possible as gofakes3IsThere, startGofakes3 } from "./gofakes3.ts";
import { KEY, type Moto, possible, SECRET, startMoto } from "./moto.ts";
import { type ObjectStoreServer, objectStoreTests } from "./object-store.ts";

let moto: Moto;
let root: string;
beforeAll(async () => {
  if (possible) moto = await startMoto();
  root = mkdtempSync(join(tmpdir(), "orch-s3-"));
});
afterAll(async () => {
  await moto?.stop();
  rmSync(root, { recursive: true, force: true });
});

const LARGE = { wholeBytes: 10 * 1024 * 1024, partBytes: 5 * 1024 * 1024 };
const store = (path: string, settings: JsonObject = {}, endpoint = moto.url) =>
  s3Store(s3Options(path, { key: KEY, secret: SECRET, endpoint_url: endpoint, ...settings }, { HOME: root }), LARGE);
const storage = (path: string, settings: JsonObject = {}, endpoint = moto.url) =>
  storedTree(store(path, settings, endpoint));
const folder = (files: Record<string, string | Uint8Array>) => {
  const made = mkdtempSync(join(root, "files-"));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(made, path, ".."), { recursive: true });
    writeFileSync(join(made, path), content);
  }
  return made;
};
const got = async (path: string) => {
  const target = mkdtempSync(join(root, "got-"));
  await storage(path).getDirectory(null, target);
  return (name: string) => readFileSync(join(target, name));
};
describe.skipIf(!possible)("S3", () => {
  const kind = { scheme: "s3", place: "bucket", store: (path: string, url: string) => store(path, {}, url) };
  describe("moto", () => objectStoreTests({ ...kind, start: startMoto }, () => moto));

  describe.skipIf(!gofakes3IsThere)("gofakes3", () => {
    let server: ObjectStoreServer;
    beforeAll(async () => {
      server = await startGofakes3();
    });
    afterAll(() => server?.stop());
    objectStoreTests({ ...kind, start: startGofakes3 }, () => server);
  });

  describe("a bucket that is a part of the host's name keeps the contract of storages", () =>
    storageContract(async () => ({
      storage: storage(await moto.bucket(), { config_kwargs: { s3: { addressing_style: "virtual" } } }),
    })));

  test("blocks 13: a large file goes in parts and comes back as it was", async () => {
    const bucket = await moto.bucket();
    const content = crypto.getRandomValues(new Uint8Array(65_536));
    const large = new Uint8Array(23 * 1024 * 1024 + 17).map((_, index) => content[(index * 31) % 65_536] ?? 0);
    await storage(bucket).putDirectory(folder({ "large.bin": large }), null);
    const { headers } = await moto.s3("HEAD", `${bucket}/large.bin`);
    expect(headers.get("etag")).toMatch(/-5"$/);
    expect(Buffer.compare((await got(bucket))("large.bin"), large)).toBe(0);
  });

  test("a part that fails for good leaves no upload behind", async () => {
    const bucket = await moto.bucket();
    const proxy = createFaultProxy(moto.url, (request) =>
      request.includes("partNumber=3") ? { answer: "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n" } : {},
    );
    try {
      const put = storage(bucket, {}, proxy.url).putDirectory(
        folder({ "large.bin": new Uint8Array(LARGE.wholeBytes * 2) }),
        null,
      );
      await expect(put).rejects.toThrow(`do not allow s3:PutObject on 's3://${bucket}/large.bin'`);
      expect(await (await moto.s3("GET", `${bucket}?uploads=`)).text()).not.toContain("<Upload>");
      await expect(got(bucket)).rejects.toThrow("has not ended");
    } finally {
      proxy.close();
    }
  });

  describe("a service that checks what is allowed", () => {
    const names = ["a b.ts", "späße/ü.txt", "👍.txt", "p%20+q#r?.ts", "(1)!*~$,;=:@.txt", "a&b<c>'\".xml"];
    const files = Object.fromEntries(names.map((name) => [name, name]));
    let guarded: Moto;
    let bucket: string;
    let keys: { key: string; secret: string };
    beforeAll(async () => {
      guarded = await startMoto();
      bucket = await guarded.bucket();
      const object = `arn:aws:s3:::${bucket}/base/*`;
      keys = await guarded.guard([
        { Effect: "Allow", Action: ["s3:PutObject", "s3:GetObject"], Resource: object },
        { Effect: "Allow", Action: "s3:ListBucket", Resource: `arn:aws:s3:::${bucket}` },
      ]);
    });
    afterAll(() => guarded?.stop());
    const guardedStorage = (path: string, settings: JsonObject = {}) =>
      storage(path, { ...keys, ...settings }, guarded.url);

    test("blocks 2: put and get below a folder and the list of the bucket are enough", async () => {
      const place = guardedStorage(`${bucket}/base`);
      const local = folder({ ...files, "gone.ts": "1" });
      await place.putDirectory(local, null);
      rmSync(join(local, "gone.ts"));
      writeFileSync(join(local, "a b.ts"), "changed");
      await place.putDirectory(local, null);
      const target = mkdtempSync(join(root, "got-"));
      await place.getDirectory(null, target);
      for (const name of names) {
        expect(readFileSync(join(target, name), "utf8")).toBe(name === "a b.ts" ? "changed" : name);
      }
      expect(existsSync(join(target, "gone.ts"))).toBe(false);
      expect(await place.writePath("result", Buffer.from("1"))).toBe(`s3://${bucket}/base/result`);
    });

    test("what is not allowed is named with the action and the place", async () => {
      const put = guardedStorage(bucket).writePath("elsewhere", Buffer.from("1"));
      await expect(put).rejects.toThrow(
        `The credentials of the block do not allow s3:PutObject on 's3://${bucket}/elsewhere'`,
      );
    });

    test("a key that is not known and a secret that is not its own are told apart", async () => {
      const put = (settings: JsonObject) => guardedStorage(`${bucket}/base`, settings).writePath("a", Buffer.from("1"));
      await expect(put({ key: "AKIANOSUCHKEY1234567" })).rejects.toThrow("it does not know this access key ID");
      const wrong = put({ secret: "no-such-secret" });
      await expect(wrong).rejects.toThrow("the secret access key is not that of the access key ID");
      await expect(wrong).rejects.not.toThrow("no-such-secret");
    });
  });

  test("blocks 1: a private authority is trusted where its file is named, and nowhere else", async () => {
    const [key, certificate] = [join(root, "key.pem"), join(root, "cert.pem")];
    const made = Bun.spawnSync([
      ...[
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        key,
        "-out",
        certificate,
        "-days",
        "2",
      ],
      ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
    ]);
    expect(made.exitCode).toBe(0);
    const secure = await startMoto({ key, certificate });
    try {
      const bucket = await secure.bucket();
      const files = { "a.ts": "1", "large.bin": new Uint8Array(LARGE.wholeBytes + 1) };
      const trusted = storage(bucket, { client_kwargs: { verify: certificate } }, secure.url);
      await trusted.putDirectory(folder(files), null);
      expect(Buffer.from(await trusted.readPath("a.ts")).toString()).toBe("1");
      const any = storage(bucket, { client_kwargs: { verify: false } }, secure.url);
      expect((await any.readPath("large.bin")).length).toBe(LARGE.wholeBytes + 1);
      const strict = storage(bucket, {}, secure.url).readPath("a.ts");
      await expect(strict).rejects.toThrow(`The certificate of ${secure.url} is not trusted`);
    } finally {
      await secure.stop();
    }
  });
});
