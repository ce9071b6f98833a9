// Deployments whose code lies in S3, by the executable: built and uploaded from one home, run by an agent with another one.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createSandbox, type Sandbox } from "../binary/sandbox.ts";
import { createFaultProxy } from "./cutting-proxy.ts";
import { deployAndRun } from "./deployed.ts";
import { KEY, type Moto, possible, SECRET, startMoto } from "./moto.ts";

let moto: Moto;
let server: Sandbox;
let api: string;
beforeAll(async () => {
  if (!possible) return;
  moto = await startMoto();
  server = createSandbox();
  const started = server.start(["server", "start", "--port", "0"]);
  api = `${(await started.until(/running at (http:\S+?),/))[1]}/api`;
});
afterAll(async () => {
  await server?.close();
  await moto?.stop();
});

/** A machine of its own: an empty home, no AWS files, the address of S3 in its environment. */
function machine() {
  const sandbox = createSandbox();
  const env = { ORCH_API_URL: api, AWS_ENDPOINT_URL_S3: moto.url };
  return {
    ...sandbox,
    env,
    orch: (...args: string[]) => sandbox.orch(args, { env }),
    start: (...args: string[]) => sandbox.start(args, env),
    write(files: Record<string, string>) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(sandbox.folder, path)), { recursive: true });
        writeFileSync(join(sandbox.folder, path), text);
      }
    },
  };
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${api}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** As other programs save one. */
async function saveBlock(slug: string, name: string, data: Record<string, unknown>): Promise<void> {
  const { id } = await call<{ id: string }>("GET", `/block_types/slug/${slug}`);
  const filter = { block_schemas: { block_type_id: { any_: [id] } } };
  const [schema] = await call<{ id: string }[]>("POST", "/block_schemas/filter", filter);
  await call("POST", "/block_documents/", { name, data, block_type_id: id, block_schema_id: schema?.id });
}

const FLOW = {
  "flow.ts": `import { flow } from "orch";
import { word } from "./lib/with blank+plus%.ts";
export const hello = flow(async () => { console.log("says", word); }, { name: "hello" });
`,
  "lib/with blank+plus%.ts": `export const word: string = "first";\n`,
};

describe.skipIf(!possible)("code in S3", () => {
  test("a block and its path: built on one machine, changed, run on another one with an empty home", async () => {
    const bucket = await moto.bucket();
    await saveBlock("s3", "dev", {
      bucket_path: `${bucket}/base`,
      aws_access_key_id: KEY,
      aws_secret_access_key: SECRET,
    });
    const [author, worker] = [machine(), machine()];
    try {
      author.write(FLOW);
      const build = ["deployment", "build", "-n", "d", "-q", "s3", "-sb", "s3/dev/deep/er", "-a", "flow.ts:hello"];
      const built = await author.orch(...build);
      expect([built.stderr, built.code]).toEqual(["", 0]);
      expect(built.stdout).toMatch(/Successfully uploaded \d+ files \(\d+ B\) to s3:\/\/bucket-\d+\/base\/deep\/er/);
      await moto.s3("HEAD", `${bucket}/base/deep/er/lib/with%20blank%2Bplus%25.ts`);
      const first = await author.orch("deployment", "run", "hello/d");
      expect(first.code).toBe(0);
      const agent = worker.start("agent", "start", "-q", "s3");
      await agent.until(/says first[\s\S]*COMPLETED|says first[\s\S]*Completed/i);

      author.write({ "lib/with blank+plus%.ts": `export const word: string = "second";\n` });
      const applied = await author.orch("deployment", "apply", "--upload", "hello-deployment.yaml");
      expect([applied.stderr, applied.code]).toEqual(["", 0]);
      const second = await author.orch("deployment", "run", "hello/d", "--watch");
      expect([second.stderr, second.code]).toEqual(["", 0]);
      await agent.until(/says second/);
      expect(await agent.stop("SIGINT")).toBe(0);
      const yaml = await Bun.file(join(author.folder, "hello-deployment.yaml")).text();
      for (const text of [yaml, built.stdout, applied.stdout, agent.output()]) {
        expect(text).not.toContain(SECRET);
        expect(text).not.toContain(KEY);
      }
    } finally {
      await author.close();
      await worker.close();
    }
  });

  test("a deployment by code, run on another machine", async () => {
    const fields = {
      bucket_path: `${await moto.bucket()}/base`,
      aws_access_key_id: KEY,
      aws_secret_access_key: SECRET,
    };
    await deployAndRun("s3", fields, "flows", { env: { AWS_ENDPOINT_URL_S3: moto.url }, secrets: [KEY, SECRET] });
  });

  test("an address with the settings of s3fs; what is not used is named", async () => {
    const bucket = await moto.bucket();
    const settings = { key: KEY, secret: SECRET, client_kwargs: { endpoint_url: moto.url }, odd: 1 };
    await saveBlock("remote-file-system", "there", { basepath: `s3://${bucket}/base`, settings });
    const [author, worker] = [machine(), machine()];
    try {
      author.write(FLOW);
      const build = [
        "deployment",
        "build",
        "-n",
        "r",
        "-q",
        "rfs",
        "-sb",
        "remote-file-system/there",
        "-a",
        "flow.ts:hello",
      ];
      const built = await author.orch(...build);
      expect([built.stderr, built.code]).toEqual(["Settings of the block that are not used: 'odd'.\n", 0]);
      await author.orch("deployment", "run", "hello/r");
      const agent = worker.start("agent", "start", "-q", "rfs", "--run-once");
      expect(await agent.exited).toBe(0);
      expect(agent.output()).toMatch(/not used: 'odd'[\s\S]*says first/);
    } finally {
      await author.close();
      await worker.close();
    }
  });

  test("the SDK loads the block, and reads and writes by it", async () => {
    const bucket = await moto.bucket();
    await saveBlock("s3", "sdk", { bucket_path: bucket, aws_access_key_id: KEY, aws_secret_access_key: SECRET });
    const author = machine();
    try {
      author.write({
        "use.ts": `import { S3 } from "orch";
const s3 = await S3.load("sdk");
console.log(await s3.writePath("a b/x+y.txt", "späße"), Buffer.from(await s3.readPath("a b/x+y.txt")).toString());
console.log(await s3.putDirectory("data", "there"));
await s3.getDirectory("there", "copy");
console.log(await Bun.file("copy/1.txt").text(), JSON.stringify(s3));
await s3.readPath("none").catch((error) => console.log(error.message));
`,
        "data/1.txt": "one",
      });
      const { stdout, stderr, code } = await author.orch("run", "use.ts");
      expect([stderr, code]).toEqual(["", 0]);
      const lines = stdout.split("\n");
      expect(lines.slice(0, 2)).toEqual([`s3://${bucket}/a b/x+y.txt späße`, "1"]);
      expect(lines[2]).toStartWith("one ");
      expect(lines[3]).toBe(`There is no file 's3://${bucket}/none'.`);
      expect(stdout).not.toContain(SECRET);
    } finally {
      await author.close();
    }
  });

  test("Ctrl-C ends an upload with a sentence; runs go on with what was there before", async () => {
    const bucket = await moto.bucket();
    const data = { bucket_path: bucket, aws_access_key_id: KEY, aws_secret_access_key: SECRET };
    await saveBlock("s3", "stopped", data);
    const author = machine();
    const waiting = Promise.withResolvers<void>();
    // The first file is never taken: the upload waits for it.
    const proxy = createFaultProxy(moto.url, (request) => {
      if (!/^PUT \S*flow\.ts/.test(request) && !/^PUT \S*\.orch\/(?!manifest)/.test(request)) return {};
      waiting.resolve();
      return { isSilent: true };
    });
    try {
      author.write(FLOW);
      const build = ["deployment", "build", "-n", "s", "-q", "none", "-sb", "s3/stopped", "-a", "flow.ts:hello"];
      expect((await author.orch(...build)).code).toBe(0);
      author.write({ "flow.ts": `${FLOW["flow.ts"]}// changed\n` });
      author.env.AWS_ENDPOINT_URL_S3 = proxy.url;
      const upload = author.start(...build);
      await Promise.race([waiting.promise, upload.exited]);
      expect(await upload.stop("SIGINT")).toBe(130);
      expect(upload.output()).toContain("The upload was stopped.");
      expect(await (await moto.s3("GET", `${bucket}/flow.ts`)).text()).toBe(FLOW["flow.ts"]);
    } finally {
      proxy.close();
      await author.close();
    }
  });

  test("a key that is not known, a bucket that is not there, a server that is away: one sentence each, no key", async () => {
    const author = machine();
    try {
      author.write(FLOW);
      const wrong: [name: string, data: Record<string, unknown>, env: Record<string, string>, sentence: string][] = [
        ["bucket", { bucket_path: "no-such-bucket" }, {}, "There is no bucket 'no-such-bucket' at "],
        [
          "away",
          { bucket_path: "b" },
          { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1" },
          "http://127.0.0.1:1 cannot be reached",
        ],
        ["name", { bucket_path: "/" }, {}, "'/' names no bucket. Write 'bucket' or 'bucket/folder'"],
      ];
      for (const [name, data, env, sentence] of wrong) {
        const keys = { aws_access_key_id: KEY, aws_secret_access_key: SECRET };
        await saveBlock("s3", `wrong-${name}`, { ...data, ...keys });
        Object.assign(author.env, env);
        const args = ["deployment", "build", "-n", "w", "-q", "q", "-sb", `s3/wrong-${name}`, "flow.ts:hello"];
        const { code, stderr } = await author.orch(...args);
        expect([code, stderr.trim().split("\n")]).toEqual([1, [expect.stringContaining(sentence)]]);
        expect(stderr).not.toContain(KEY);
      }
    } finally {
      await author.close();
    }
  });
});
