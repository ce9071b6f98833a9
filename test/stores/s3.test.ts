// The blocks that reach S3, against moto, which speaks like it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "#lib/json.ts";
import { s3Options } from "#storage/s3/options.ts";
import { s3Store } from "#storage/s3/store.ts";
import { storedTree } from "#storage/stored-tree.ts";
import { storageContract } from "../contracts/storage.ts";
import { createFaultProxy } from "./cutting-proxy.ts";
import { KEY, type Moto, possible, SECRET, startMoto } from "./moto.ts";

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
const keysOf = async (path: string) => {
  const keys: string[] = [];
  for await (const file of store(path).list("")) keys.push(file.path);
  return keys.toSorted();
};

describe.skipIf(!possible)("S3", () => {
  describe("a bucket keeps the contract of storages", () =>
    storageContract(async () => ({ storage: storage(await moto.bucket()) })));
  describe("so does a folder in a bucket, by slashes at both ends", () =>
    storageContract(async () => ({ storage: storage(`${await moto.bucket()}//base/folder/`) })));
  describe("so does a bucket that is a part of the host's name", () =>
    storageContract(async () => ({
      storage: storage(await moto.bucket(), { config_kwargs: { s3: { addressing_style: "virtual" } } }),
    })));

  test("blocks 3: the bucket, slashes at the ends and folders in folders agree", async () => {
    const bucket = await moto.bucket();
    await storage(`${bucket}/scripts`).putDirectory(folder({ "flow.ts": "1" }), "deep/er");
    expect(await keysOf(bucket)).toEqual(["scripts/deep/er/.orch/manifest.json", "scripts/deep/er/flow.ts"]);
    for (const path of [
      `${bucket}/scripts/deep/er`,
      `s3://${bucket}/scripts/deep/er/`,
      `/${bucket}//scripts/deep//er//`,
    ]) {
      expect((await got(path))("flow.ts").toString()).toBe("1");
      expect(storage(path).location(null)).toBe(`s3://${bucket}/scripts/deep/er`);
    }
  });

  test("blocks 4: what consoles make to show folders is no file", async () => {
    const bucket = await moto.bucket();
    for (const key of ["base/", "base/a/", "base/a/b/"]) await moto.s3("PUT", `${bucket}/${key}`, "");
    await moto.s3("PUT", `${bucket}/base/a/flow.ts`, "1");
    expect(await keysOf(`${bucket}/base`)).toEqual(["a/flow.ts"]);
    expect((await got(`${bucket}/base`))("a/flow.ts").toString()).toBe("1");
    await moto.s3("PUT", `${bucket}/only/`, "");
    await expect(got(`${bucket}/only`)).rejects.toThrow(`There is no folder 's3://${bucket}/only'.`);
  });

  test("blocks 5: names with blanks, signs and unicode, and empty files survive", async () => {
    const bucket = await moto.bucket();
    const names = [
      ...["a b.ts", " begins", "späße/ü.txt", "日本語.py", "👍.txt", "p%20+q#r?.ts", "+", "%2B", "#", "a&b<c>'\".xml"],
      ...[".hidden/.env.d", "(1)!*~$,;=:@.txt", "back\\slash", "tab\there", "..double", "a..", "&amp;"],
    ];
    const files = Object.fromEntries(names.map((name, index) => [name, `${index}`]));
    await storage(bucket).putDirectory(folder({ ...files, empty: "" }), "to here+there%");
    const listed = await keysOf(`${bucket}/to here+there%`);
    expect(listed.filter((key) => !key.startsWith(".orch/"))).toEqual([...names, "empty"].toSorted());
    const read = await got(`${bucket}/to here+there%`);
    for (const [name, content] of Object.entries(files)) expect([name, read(name).toString()]).toEqual([name, content]);
    expect(read("empty").length).toBe(0);
  });

  test("blocks 13: a listing of more than a thousand keys has all of them", async () => {
    const bucket = await moto.bucket();
    const files = Object.fromEntries(Array.from({ length: 1_100 }, (_, index) => [`many/${index}+.ts`, `${index}`]));
    await storage(bucket).putDirectory(folder(files), null);
    expect(await keysOf(bucket)).toHaveLength(1_101);
    const read = await got(`${bucket}`);
    expect(read("many/1099+.ts").toString()).toBe("1099");
  });

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

  test("blocks 12: what is cut off on its way is sent and fetched again", async () => {
    const bucket = await moto.bucket();
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`${index}.bin`, new Uint8Array(300_000 + index)]),
    );
    let calls = 0;
    // Every third connection ends in the middle: of a request on the way there, of an answer on the way back.
    const proxy = createFaultProxy(moto.url, () => {
      calls += 1;
      return calls % 3 === 0 ? { cutAfterBytes: 100_000 } : {};
    });
    try {
      await storage(bucket, {}, proxy.url).putDirectory(folder(files), null);
      const target = mkdtempSync(join(root, "got-"));
      await storage(bucket, {}, proxy.url).getDirectory(null, target);
      for (const [name, content] of Object.entries(files)) {
        expect(Buffer.compare(readFileSync(join(target, name)), content)).toBe(0);
      }
      expect(calls).toBeGreaterThan(20);
    } finally {
      proxy.close();
    }
  });

  test("a server that is away is named, and what was there before stays", async () => {
    const other = await startMoto();
    const bucket = await other.bucket();
    await storage(bucket, {}, other.url).putDirectory(folder({ "a.ts": "1" }), null);
    await other.stop("SIGKILL");
    const put = storage(bucket, {}, other.url).putDirectory(folder({ "a.ts": "2" }), null);
    await expect(put).rejects.toThrow(`${other.url} cannot be reached`);
  });

  test("a bucket that is not there is named, coming and going", async () => {
    const sentence = `There is no bucket 'no-such-bucket' at ${moto.url}. Create it, or mend the name in the block.`;
    await expect(storage("no-such-bucket").putDirectory(folder({ a: "1" }), null)).rejects.toThrow(sentence);
    await expect(got("no-such-bucket/folder")).rejects.toThrow(sentence);
    await expect(storage("no-such-bucket").writePath("a", Buffer.from("1"))).rejects.toThrow(sentence);
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

  test("an upload that is ended by a signal says so, and is not seen", async () => {
    const bucket = await moto.bucket();
    const controller = new AbortController();
    const files = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${index}.ts`, `${index}`]));
    const put = storage(bucket).putDirectory(folder(files), null, {
      signal: controller.signal,
      onProgress: ({ files }) => files === 5 && controller.abort(new Error("stopped by hand")),
    });
    await expect(put).rejects.toThrow("stopped by hand");
    await expect(got(bucket)).rejects.toThrow("has not ended");
  });
});
