// Results in storage blocks against real servers: by the engine in each kind of block; by the executable in S3, kept on one
// machine and found on another with an empty home; and beside Prefect 2.10.4, each reading what the other one has kept.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "#lib/json.ts";
import { knownType } from "#project/deployments/block-types.ts";
import { flow, task } from "#sdk/index.ts";
import { createBlockDocument, deleteBlockDocument } from "#wire/blocks.ts";
import { createSandbox, type Sandbox } from "../binary/sandbox.ts";
import { onApp } from "../engine/on-app.ts";
import { pythonEnvironment } from "../python.ts";
import { ACCOUNT, ACCOUNT_KEY, possible as azuriteIsThere, startAzurite } from "./azurite.ts";
import { createFaultProxy } from "./cutting-proxy.ts";
import { possible as gcsIsThere, startFakeGcs } from "./fake-gcs.ts";
import { KEY, type Moto, possible as motoIsThere, SECRET, startMoto } from "./moto.ts";
import { PASSWORD, possible as sambaIsThere, startSamba, USER } from "./samba.ts";
import { possible as sshdIsThere, startSshd } from "./sshd.ts";

const PREFECT = {
  ...{ name: "prefect-2.10.4-s3fs-2023.1.0", program: "prefect", day: "2023-04-15" },
  packages: ["prefect==2.10.4", "s3fs==2023.1.0", "fsspec==2023.1.0", "setuptools<68", "pip"],
};
const environment = await pythonEnvironment(PREFECT).catch((error) => {
  console.log(`Skipped: Prefect 2.10.4 with s3fs cannot be installed here. ${error}`);
});

interface Started {
  slug: string;
  data: JsonObject;
  secrets: readonly string[];
  stop(): Promise<unknown>;
}

const KINDS: Record<string, { isThere: boolean; start(): Promise<Started> }> = {
  azure: {
    isThere: azuriteIsThere,
    async start() {
      const server = await startAzurite();
      const [url, container] = [
        server.url.endsWith(ACCOUNT) ? server.url : `${server.url}/${ACCOUNT}`,
        await server.bucket(),
      ];
      const azure_storage_connection_string = `AccountName=${ACCOUNT};AccountKey=${ACCOUNT_KEY};BlobEndpoint=${url};`;
      const data = { bucket_path: `${container}/base`, azure_storage_connection_string };
      return { slug: "azure", data, secrets: [ACCOUNT_KEY], stop: () => server.stop() };
    },
  },
  gs: {
    isThere: gcsIsThere,
    async start() {
      const server = await startFakeGcs();
      const data = { basepath: `gs://${await server.bucket()}/base`, settings: { endpoint_url: server.url } };
      return { slug: "remote-file-system", data, secrets: [], stop: () => server.stop() };
    },
  },
  sftp: {
    isThere: sshdIsThere,
    async start() {
      const server = await startSshd();
      const data = {
        basepath: `sftp://127.0.0.1:${server.port}${server.folder()}`,
        settings: { key_filename: server.key },
      };
      return { slug: "remote-file-system", data, secrets: [], stop: () => server.stop() };
    },
  },
  smb: {
    isThere: sambaIsThere,
    async start() {
      const server = await startSamba({ share: {} });
      const login = { smb_username: USER, smb_password: PASSWORD };
      const data = { share_path: "share/results", smb_host: "127.0.0.1", smb_port: server.port, ...login };
      return { slug: "smb", data, secrets: [PASSWORD], stop: () => server.stop() };
    },
  },
};

for (const [kind, { isThere, start }] of Object.entries(KINDS)) {
  test.skipIf(!isThere)(
    `results of a flow and a cached task are kept by ${kind}, and found by later runs`,
    async () => {
      const { slug, data, secrets, stop } = await start();
      const here = onApp();
      try {
        const ids = await knownType(here.client, slug);
        const { id } = await here.client.call(createBlockDocument, { body: { name: "dev", data, ...ids } });
        let calls = 0;
        const count = task(async () => ({ calls: ++calls, at: new Date(0) }), {
          name: "count",
          cacheKeyFn: () => "key",
        });
        const calling = flow(async () => ({ count: await count(), name: "späße" }), {
          ...{ name: "a", persistResult: true, resultStorage: `${slug}/dev` },
        });
        for (const _ of [1, 2]) {
          const state = await here.run(calling);
          expect([state.message, state.isCompleted()]).toEqual([null, true]);
          expect(state.result()).toEqual({ count: { calls: 1, at: new Date(0) }, name: "späße" });
        }
        const run = await here.deployedRun({ retries: 1 });
        expect((await here.execute(run.id, calling)).result()).toMatchObject({ count: { calls: 1 } });
        await here.client.call(deleteBlockDocument, { params: { id } });
        expect((await here.run(calling.withOptions({ resultStorage: "/nowhere" }))).message).toContain(
          `storage block ${id} is not there`,
        );
        for (const secret of secrets) expect(here.lines.join("\n")).not.toContain(secret);
      } finally {
        await here.close();
        await stop();
      }
    },
  );
}

let moto: Moto;
let server: Sandbox;
let api: string;
let serverOutput: () => string;
beforeAll(async () => {
  if (!motoIsThere) return;
  moto = await startMoto();
  server = createSandbox();
  const started = server.start(["server", "start", "--port", "0"]);
  api = `${(await started.until(/running at (http:\S+?),/))[1]}/api`;
  serverOutput = () => started.output();
});
afterAll(async () => {
  await server?.close();
  await moto?.stop();
});

/** A machine of its own, with an empty home. */
function machine(env: Record<string, string> = {}) {
  const sandbox = createSandbox();
  const all = { ORCH_API_URL: api, AWS_ENDPOINT_URL_S3: moto.url, ...env };
  return {
    ...sandbox,
    orch: (...args: string[]) => sandbox.orch(args, { env: all }),
    start: (...args: string[]) => sandbox.start(args, all),
    write: (name: string, text: string) => writeFileSync(join(sandbox.folder, name), text),
  };
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${api}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** As other programs save one. */
async function saveBlock(slug: string, name: string, data: JsonObject): Promise<void> {
  const { id } = await call<{ id: string }>("GET", `/block_types/slug/${slug}`);
  const filter = { block_schemas: { block_type_id: { any_: [id] } } };
  const [schema] = await call<{ id: string }[]>("POST", "/block_schemas/filter", filter);
  await call("POST", "/block_documents/", { name, data, block_type_id: id, block_schema_id: schema?.id });
}

interface Run {
  id: string;
  state_type: string;
  state: { message: string; data: JsonObject };
}
const lastRun = async () => {
  const [run] = await call<Run[]>("POST", "/flow_runs/filter", { sort: "EXPECTED_START_TIME_DESC", limit: 1 });
  if (!run) throw new Error("no flow run");
  return run;
};
const keys = { aws_access_key_id: KEY, aws_secret_access_key: SECRET };

describe.skipIf(!motoIsThere)("results in S3, by the executable", () => {
  const FLOW = `import { flow, S3, task } from "orch";
const storage = await S3.load("dev");
const price = task(async (n: number) => { console.log("computed", n); return { n, word: "späße" }; }, {
  name: "price", cacheKeyFn: (_, { n }) => "price-" + n,
});
export const shop = flow(async (n: number) => ({ price: await price(n) }), {
  name: "shop", persistResult: true, resultStorage: storage,
});
`;

  test("are kept by a run on one machine and found by a run on another, and by the command that waits for it", async () => {
    const bucket = await moto.bucket();
    await saveBlock("s3", "dev", { bucket_path: `${bucket}/results`, ...keys });
    await saveBlock("s3", "code", { bucket_path: `${bucket}/code`, ...keys });
    const [author, one, other] = [machine(), machine(), machine()];
    try {
      author.write("shop.ts", FLOW);
      const build = ["deployment", "build", "-n", "d", "-q", "q", "-sb", "s3/code", "-a", "--param", "n=5"];
      const built = await author.orch(...build, "shop.ts:shop");
      expect([built.stderr, built.code]).toEqual(["", 0]);
      await author.orch("deployment", "run", "shop/d");
      const first = one.start("agent", "start", "-q", "q", "--run-once");
      expect(await first.exited).toBe(0);
      expect(first.output()).toMatch(/computed 5[\s\S]*Finished in state Completed/);

      const second = other.start("agent", "start", "-q", "q");
      const watched = await author.orch("deployment", "run", "shop/d", "--watch");
      expect(watched.stdout).toContain('{"price":{"n":5,"word":"späße"}}');
      await second.stop("SIGINT");
      expect(second.output()).toContain("Finished in state Cached");
      expect(second.output()).not.toContain("computed");
      const { state } = await lastRun();
      expect(state.data).toMatchObject({ type: "reference", serializer_type: "json" });
      const stored = await moto.s3("GET", `${bucket}/results/${state.data["storage_key"]}`);
      expect(await stored.json()).toEqual({
        ...{ serializer: { type: "json" }, data: '{"price":{"n":5,"word":"späße"}}', prefect_version: "2.10.4" },
      });
      for (const text of [built.stdout, first.output(), second.output(), watched.stdout, serverOutput()]) {
        for (const secret of [KEY, SECRET]) expect(text).not.toContain(secret);
      }
    } finally {
      for (const each of [author, one, other]) await each.close();
    }
  });

  test("that cannot be kept fail the run, with block and key in one sentence and without a secret", async () => {
    const guarded = await startMoto();
    const [author, away] = [
      machine({ AWS_ENDPOINT_URL_S3: guarded.url }),
      machine({ AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1" }),
    ];
    const here = machine();
    try {
      const bucket = await guarded.bucket();
      await guarded.guard([{ Effect: "Allow", Action: "*", Resource: "*" }]);
      await saveBlock("s3", "unknown-key", { bucket_path: bucket, ...keys });
      await saveBlock("s3", "away", { bucket_path: bucket, ...keys });
      await saveBlock("s3", "no-bucket", { bucket_path: "no-such-bucket", ...keys });
      const cases: [at: typeof author, block: string, sentence: RegExp][] = [
        [
          author,
          "s3/unknown-key",
          /^The result '[0-9a-f]{32}' was not written to the block 's3\/unknown-key': .*refused by http:\/\/\S+ it does not know this access key ID\.$/,
        ],
        [
          here,
          "s3/no-bucket",
          /^The result '[0-9a-f]{32}' was not written to the block 's3\/no-bucket': There is no bucket 'no-such-bucket' at http:\/\/\S+\. Create it, or correct the name in the block\.$/,
        ],
        [
          away,
          "s3/away",
          /^The result '[0-9a-f]{32}' was not written to the block 's3\/away': http:\/\/127\.0\.0\.1:1 cannot be reached: .*\.$/,
        ],
      ];
      for (const [at, block, sentence] of cases) {
        at.write(
          "f.ts",
          `import { flow } from "orch";
export const f = flow(async () => [1], { name: "f", persistResult: true, resultStorage: "${block}" });
`,
        );
        const { code, stdout, stderr } = await at.orch("flow", "run", "f.ts:f", "--json");
        const { state_type, state } = JSON.parse(stdout) as Run;
        expect([code, state_type]).toEqual([1, "FAILED"]);
        expect(state.message).toMatch(sentence);
        for (const secret of [KEY, SECRET]) expect(`${stdout}${stderr}`).not.toContain(secret);
      }
    } finally {
      for (const each of [author, away, here]) await each.close();
      await guarded.stop();
    }
  });
});

describe.skipIf(!motoIsThere)("results in S3, when something ends in the middle", () => {
  const KEPT = `import { flow, task } from "orch";
const step = task(async () => { console.log("computed"); return [1]; }, { name: "step", cacheKeyFn: () => "middle" });
export const f = flow(async () => ({ step: await step() }), { name: "f", persistResult: true, resultStorage: "s3/middle" });
`;
  const BUSY = "HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

  test("a store that is busy is asked again; one that is away when a result is read fails the run with block and key", async () => {
    await saveBlock("s3", "middle", { bucket_path: `${await moto.bucket()}/base`, ...keys });
    let puts = 0;
    const proxy = createFaultProxy(moto.url, (request) => {
      if (request.startsWith("PUT")) puts += 1;
      return request.startsWith("PUT") && puts < 3 ? { answer: BUSY } : {};
    });
    const [busy, away] = [
      machine({ AWS_ENDPOINT_URL_S3: proxy.url }),
      machine({ AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1" }),
    ];
    try {
      for (const each of [busy, away]) each.write("f.ts", KEPT);
      const first = await busy.orch("flow", "run", "f.ts:f", "--json");
      expect([first.code, puts]).toEqual([0, 4]);
      expect(first.stderr).toMatch(/answered 503 to s3:PutObject on '[^']+'\. The run waits for it\.\n/);
      const second = await away.orch("flow", "run", "f.ts:f", "--json");
      const { state_type, state } = JSON.parse(second.stdout) as Run;
      expect([second.code, state_type]).toEqual([1, "FAILED"]);
      expect(state.message).toMatch(
        /The result '[0-9a-f]{32}' in the block 's3\/middle' cannot be read: http:\/\/127\.0\.0\.1:1 cannot be reached/,
      );
      expect(second.stderr).not.toContain("computed");
    } finally {
      await busy.close();
      await away.close();
      proxy.close();
    }
  });

  test("kill -9 while a result is sent leaves none, and before its state is told a whole one; the next run completes", async () => {
    const bucket = await moto.bucket();
    await saveBlock("s3", "killed", { bucket_path: `${bucket}/base`, ...keys });
    const stored = async () => [
      ...(await (await moto.s3("GET", `${bucket}?list-type=2`)).text()).matchAll(/<Key>(.*?)<\/Key>/g),
    ];
    const file = `import { flow } from "orch";
export const f = flow(async () => ["x".repeat(1_000_000)], { name: "killed", persistResult: true, resultStorage: "s3/killed" });
`;
    const moments: [at: "api" | "store", request: RegExp, files: number][] = [
      ["store", /^PUT /, 0],
      ["api", /^POST \S+\/set_state /, 1],
    ];
    for (const [at, request, files] of moments) {
      let pid = 0;
      let asked = 0;
      // The first state that is told is that the run begins.
      const proxy = createFaultProxy(at === "api" ? new URL(api).origin : moto.url, (head) => {
        if (!request.test(head)) return {};
        asked += 1;
        if (at === "api" && asked < 2) return {};
        process.kill(pid, "SIGKILL");
        return { isSilent: true };
      });
      const one = machine(at === "api" ? { ORCH_API_URL: `${proxy.url}/api` } : { AWS_ENDPOINT_URL_S3: proxy.url });
      try {
        one.write("f.ts", file);
        const running = one.start("flow", "run", "f.ts:f");
        pid = running.pid;
        await running.exited;
        const found = await stored();
        expect([at, found.length]).toEqual([at, files]);
        for (const [, key] of found) {
          const { data } = await (await moto.s3("GET", `${bucket}/${key}`)).json();
          expect(JSON.parse(data)[0]).toHaveLength(1_000_000);
        }
        expect((await lastRun()).state_type).toBe("RUNNING");
      } finally {
        await one.close();
        proxy.close();
      }
    }
    const next = machine();
    try {
      next.write("f.ts", file);
      expect((await next.orch("flow", "run", "f.ts:f")).code).toBe(0);
      expect(await stored()).toHaveLength(2);
    } finally {
      await next.close();
    }
  });
});

describe.skipIf(!motoIsThere || environment === undefined)("beside Prefect 2.10.4", () => {
  /** Runs Python with the client of the old engine, and gives the JSON of its last line. */
  async function python(machine: Sandbox, code: string): Promise<unknown> {
    const bin = join(environment ?? "", "bin");
    writeFileSync(join(machine.folder, "script.py"), code);
    const child = Bun.spawn([join(bin, "python"), "script.py"], {
      cwd: machine.folder,
      env: {
        ...{ HOME: machine.home, PATH: `${bin}:/usr/bin:/bin`, PYTHONWARNINGS: "ignore", PREFECT_API_URL: api },
        PREFECT_HOME: join(machine.home, ".prefect"),
      },
      ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe" },
    });
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    expect((await child.exited) === 0 ? "" : `${out}\n${err}`).toBe("");
    return JSON.parse(out.trim().split("\n").at(-1) ?? "");
  }
  const settings = () => ({ key: KEY, secret: SECRET, client_kwargs: { endpoint_url: moto.url } });

  test("its client reads what orch has kept, of flows and of tasks", async () => {
    await saveBlock("remote-file-system", "ours", {
      basepath: `s3://${await moto.bucket()}/base`,
      settings: settings(),
    });
    const [author, theirs] = [machine(), createSandbox()];
    try {
      author.write(
        "f.ts",
        `import { flow, task } from "orch";
const step = task(async () => [1, 2.5, null, "späße"], { name: "step", persistResult: true });
export const f = flow(async () => ({ step: await step(), deep: { yes: true }, at: new Date(1), few: new Set([1]) }), {
  name: "f", persistResult: true, resultStorage: "remote-file-system/ours",
});
`,
      );
      const { stdout } = await author.orch("flow", "run", "f.ts:f", "--json");
      const { id } = JSON.parse(stdout) as Run;
      const read = await python(
        theirs,
        `import asyncio, json
from prefect import get_client
from prefect.server.schemas.filters import FlowRunFilter
async def main():
    async with get_client() as client:
        run = await client.read_flow_run("${id}")
        tasks = await client.read_task_runs(flow_run_filter=FlowRunFilter(id={"any_": [run.id]}))
        states = [run.state, *[each.state for each in tasks]]
        found, step = [await state.result(fetch=True) for state in states]
        print(json.dumps([{**found, "at": found["at"].isoformat(), "few": sorted(found["few"])}, step]))
asyncio.run(main())`,
      );
      const step = [1, 2.5, null, "späße"];
      expect(read).toEqual([{ step, deep: { yes: true }, at: "1970-01-01T00:00:00.001000+00:00", few: [1] }, step]);
    } finally {
      await author.close();
      await theirs.close();
    }
  });

  test("orch reads what it has kept as JSON: by a cached task, and by its own words where it was pickled", async () => {
    await saveBlock("remote-file-system", "theirs", {
      basepath: `s3://${await moto.bucket()}/base`,
      settings: settings(),
    });
    const [author, theirs] = [machine(), createSandbox()];
    try {
      expect(
        await python(
          theirs,
          `from datetime import datetime, timezone
from prefect import flow, task
from prefect.filesystems import RemoteFileSystem
storage = RemoteFileSystem.load("theirs")
@task(cache_key_fn=lambda context, parameters: "as-json", result_storage=storage, result_serializer="json")
def plain():
    return {"n": 1, "word": "späße", "big": 2**60, "at": datetime(2026, 1, 2, tzinfo=timezone.utc), "few": {1}}
@task(cache_key_fn=lambda context, parameters: "pickled", result_storage=storage)
def pickled():
    return [1]
@flow
def both():
    plain(); pickled()
both()
print("1")`,
        ),
      ).toBe(1);
      author.write(
        "f.ts",
        `import { flow, task } from "orch";
const never = (name: string) => task(async () => "never", { name, cacheKeyFn: () => name });
export const f = flow(async () => {
  const pickled = await never("pickled")().catch((error) => error.message);
  const { big, at, few, ...plain } = await never("as-json")();
  return { plain, big: String(big), at: new Date(at).toISOString(), few: [...few], pickled };
}, { name: "f" });
`,
      );
      const { stdout } = await author.orch("flow", "run", "f.ts:f", "--json");
      const { result } = JSON.parse(stdout) as { result: JsonObject };
      expect(result).toEqual({
        plain: { n: 1, word: "späße" },
        big: String(2n ** 60n),
        at: "2026-01-02T00:00:00.000Z",
        few: [1],
        pickled: expect.stringMatching(/^The result '[0-9a-f]{32}' was kept as 'pickle', which orch does not read\. /),
      });
    } finally {
      await author.close();
      await theirs.close();
    }
  });
});
