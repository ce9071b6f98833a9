// Faults of every kind of storage, by the executable: a server that is stopped in the middle, a wrong key, a place that is
// not there. Each is one sentence, of the command and in the log of the run, without a secret; and it ends.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openStorage } from "#storage/registry.ts";
import { listTree } from "#storage/transfer/list.ts";
import { createSandbox, type Result, type Sandbox } from "../binary/sandbox.ts";
import { NO_SMALL_DISKS, smallDisk } from "../small-disk.ts";
import { createFaultProxy, type Fault } from "./cutting-proxy.ts";
import { saveBlock } from "./deployed.ts";
import { STORAGE_KINDS, type StartedKind } from "./kinds.ts";

const FAULTS = ["stopped", "key", "place"] as const;
type Named = Record<(typeof FAULTS)[number], RegExp>;

/** What each says. */
const SENTENCES: Readonly<Record<string, Named>> = {
  s3: {
    stopped: /^http:\S+ cannot be reached: connection refused\.$/,
    key: /^The credentials of the block are refused by http:\S+: the secret access key is not that of the access key ID\.$/,
    place: /^There is no bucket 'no-such-bucket' at http:\S+\. Create it, or correct the name in the block\.$/,
  },
  gs: {
    stopped: /^http:\S+ cannot be reached: connection refused\.$/,
    key: /^The Google credentials of the block are refused by http:\S+ \(Invalid Credentials\)\.$/,
    place: /^There is no bucket 'no-such-bucket' at http:\S+\. Create it, or correct the name in the block\.$/,
  },
  azure: {
    stopped: /^http:\S+ cannot be reached: connection refused\.$/,
    key: /^The account key of the block is refused by http:\S+\. Copy it again from the account's pages\.$/,
    place: /^There is no container 'no-such-container' at http:\S+\. Create it, or correct the name in the block\.$/,
  },
  smb: {
    stopped: /^The server '127\.0\.0\.1:\d+' cannot be reached: connection refused\.$/,
    key: /^The server '\S+' refuses the block's user: the name or the password is wrong\. Correct the name and the password there\.$/,
    place: /^There is no share 'no-such-share' at '\S+'\. Create it, or correct the path in the block\.$/,
  },
  sftp: {
    stopped: /^sftp:\S+ cannot be reached: connection refused\.$/,
    key: /^sftp:\S+ does not let '\w+' in\. Tried: the key '\S+other'\.$/,
    place:
      /^(There is no folder 'sftp:\S+\/file\/flows'|sftp:\S+ could not write '\S+': Failure\. .* a file is where a folder must be)\.$/,
  },
  http: {
    stopped: /^http:\S+ cannot be reached: connection refused\.$/,
    key: /^http:\S+ answered 401: it does not allow to read 'http:\S+'\. Give the block 'auth' or 'headers' in the setting 'client_kwargs'\.$/,
    place: /^There is no folder 'http:\S+\/none\/flows'\.$/,
  },
  gitlab: {
    stopped: /^Failed to pull from remote: fatal: unable to access 'http:\S+': Failed to connect to .*$/,
    key: /^Failed to pull from remote: .*fatal: Authentication failed for 'http:\S+\/app\.git\/'$/,
    place: /^Failed to pull from remote: fatal: Remote branch no-such-branch not found in upstream origin$/,
  },
};

/** Larger than what servers and sockets hold back; the cut comes in the middle of it. */
const LARGE = Array.from({ length: 40_000 }, (_, index) => `${index * 7919}\n`).join("");
const STOP: Fault = { cutAfterBytes: 60_000, isLast: true };

interface Tried extends StartedKind {
  /** Of uploads, and of runs: each can be stopped. */
  up: ReturnType<typeof createFaultProxy>;
  down: ReturnType<typeof createFaultProxy>;
}

const kinds = STORAGE_KINDS.filter(({ isPossible }) => isPossible);
const tried = new Map<string, Tried>();
const uploads = new Map<string, Result>();
let stopping: Fault = {};
let author: Sandbox;
let worker: Sandbox;
let api: string;
let agents: string;

const env = () => ({ ORCH_API_URL: api, TMPDIR: join(worker.home, "tmp") });

async function upload(name: string, slug: string, ...options: string[]): Promise<Result> {
  const block = ["-sb", `${slug}/${name}/flows`, "-o", `${name}.yaml`];
  return author.orch(["deployment", "build", "-n", name, "-q", "q", ...block, ...options, "flow.ts:f"], { env: env() });
}

async function runAll(names: readonly string[]): Promise<string> {
  for (const name of names) await author.orch(["deployment", "run", `f/${name}`], { env: env() });
  const { stdout, stderr } = await worker.orch(["agent", "start", "-q", "q", "--run-once"], { env: env() });
  return stdout + stderr;
}

beforeAll(async () => {
  const programs = ["git", "smbclient"].filter((program) => Bun.which(program) !== null);
  [author, worker] = [createSandbox(programs), createSandbox(programs)];
  mkdirSync(join(worker.home, "tmp"));
  const server = author.start(["server", "start", "--port", "0"]);
  api = `${(await server.until(/running at (http:\S+?),/))[1]}/api`;
  const flow = `import { flow } from "orch";\nexport const f = flow(() => 1, { name: "f" });\n`;
  writeFileSync(join(author.folder, "flow.ts"), flow);
  writeFileSync(join(author.folder, "large.txt"), LARGE);
  await Promise.all(
    kinds.map(async ({ name, slug, start, isReadOnly }) => {
      const kind = await start();
      const proxy = () =>
        createFaultProxy(kind.target, (request) => {
          const answer = kind.refusal?.(request);
          return answer === undefined ? stopping : { answer };
        });
      const [up, down] = [proxy(), proxy()];
      tried.set(name, { ...kind, up, down });
      await kind.publish?.(author.folder);
      await saveBlock(api, slug, `${name}-upload`, kind.fields(up.url));
      await saveBlock(api, slug, `${name}-stopped`, kind.fields(down.url));
      await saveBlock(api, slug, `${name}-key`, kind.fields(down.url, "key"));
      await saveBlock(api, slug, `${name}-place`, kind.fields(down.url, "place"));
      for (const fault of FAULTS) {
        const isWhole = fault === "stopped" && !isReadOnly;
        const { stderr, code } = await upload(`${name}-${fault}`, slug, "-a", ...(isWhole ? [] : ["--skip-upload"]));
        expect([name, stderr, code]).toEqual([name, "", 0]);
      }
    }),
  );
  writeFileSync(join(author.folder, "large.txt"), LARGE.replaceAll("1", "2"));
  const written = kinds.filter(({ isReadOnly }) => !isReadOnly);
  const uploadAll = (fault: string, as: string) =>
    Promise.all(
      written.map(async ({ name, slug }) => uploads.set(`${name}-${as}`, await upload(`${name}-${fault}`, slug))),
    );
  await Promise.all([uploadAll("key", "key"), uploadAll("place", "place")]);
  agents = await runAll(kinds.flatMap(({ name }) => [`${name}-key`, `${name}-place`]));
  stopping = STOP;
  await uploadAll("upload", "stopped");
  agents += await runAll(kinds.map(({ name }) => `${name}-stopped`));
}, 180_000);
afterAll(async () => {
  await Promise.all([author?.close(), worker?.close()]);
  for (const { up, down, stop } of tried.values()) {
    up.close();
    down.close();
    await stop();
  }
});

/** With these files, until all tests are done. */
function folder(files: Readonly<Record<string, string>> = {}): string {
  const made = mkdtempSync(join(author.home, "folder-"));
  for (const [path, text] of Object.entries(files)) writeFileSync(join(made, path), text);
  return made;
}

async function call<T>(path: string, body: unknown): Promise<T[]> {
  const headers = { "content-type": "application/json" };
  return (await (await fetch(`${api}${path}`, { method: "POST", headers, body: JSON.stringify(body) })).json()) as T[];
}

describe.each(kinds)("$name", ({ name, slug, isReadOnly }) => {
  const target = () => tried.get(name)?.target ?? "";
  const storage = async (url: string) => openStorage(slug, tried.get(name)?.fields(url) ?? {});

  for (const fault of FAULTS) {
    const sentence = SENTENCES[name]?.[fault] ?? /^$/;

    test(`blocks 12: a run, ${fault}: it fails, and its log says why in one sentence`, async () => {
      const deployments = { name: { any_: [`${name}-${fault}`] } };
      const [run] = await call<{ id: string; state_type: string }>("/flow_runs/filter", { deployments });
      const logs = await call<{ message: string }>("/logs/filter", { logs: { flow_run_id: { any_: [run?.id] } } });
      const why = logs
        .filter(({ message }) => message.includes("could not be retrieved"))
        .map(({ message }) => message);
      const said = why.map((line) => line.replace(/^Flow could not be retrieved from deployment\. /, ""));
      expect([run?.state_type, said]).toEqual(["FAILED", [expect.stringMatching(sentence)]]);
    });
  }

  if (!isReadOnly) {
    for (const fault of FAULTS) {
      test(`blocks 12: an upload, ${fault}: one sentence`, () => {
        const { code, stderr } = uploads.get(`${name}-${fault}`) ?? { code: 0, stderr: "" };
        expect([code, stderr.trimEnd()]).toEqual([1, expect.stringMatching(SENTENCES[name]?.[fault] ?? /^$/)]);
      });
    }

    test("blocks 12: after an upload that was stopped, what was there before is there", async () => {
      const to = folder();
      await (await storage(target())).getDirectory("flows", to);
      expect(readFileSync(join(to, "large.txt"), "utf8") === LARGE).toBe(true);
    });

    test("blocks 12: a file that is changed while it is uploaded is a sentence", async () => {
      const from = folder({ "a.txt": "one", "b.txt": "two" });
      const files = await listTree(from);
      writeFileSync(join(from, "b.txt"), "two and more");
      const put = (await storage(target())).putDirectory(from, "changed", { files });
      await expect(put).rejects.toThrow("'b.txt' was changed while it was uploaded. Try again.");
      const get = (await storage(target())).getDirectory("changed", folder());
      await expect(get).rejects.toThrow("has not ended. Wait for it, or upload again.");
    });

    test("blocks 13: by a slow link all comes as it is, in both directions", async () => {
      const slow = createFaultProxy(target(), () => ({ bytesPerSecond: 1_000_000 }));
      try {
        const there = await storage(slow.url);
        await there.putDirectory(folder({ "large.txt": LARGE }), "slowly");
        const to = folder();
        await there.getDirectory("slowly", to);
        expect(readFileSync(join(to, "large.txt"), "utf8") === LARGE).toBe(true);
      } finally {
        slow.close();
      }
    }, 120_000);
  }

  test.skipIf(NO_SMALL_DISKS !== undefined)(
    "a disk that is full here is one sentence",
    async () => {
      const disk = smallDisk(128);
      try {
        const { message } = await (await storage(target())).getDirectory("flows", join(disk.folder, "to")).then(
          () => expect.unreachable(),
          (error) => error,
        );
        const full = /^The disk that holds '.*' \(mounted at '.*'\) is full: make room there\.$/;
        expect(message).toMatch(slug === "gitlab-repository" ? /^Failed to pull from remote: .*No space left/ : full);
      } finally {
        disk.remove();
      }
    },
    120_000,
  );

  test("no secret is printed, coming or going", () => {
    const printed = [agents, ...[...uploads.values()].map(({ stdout, stderr }) => stdout + stderr)].join("\n");
    for (const secret of tried.get(name)?.secrets ?? []) expect(printed).not.toContain(secret);
  });
});

test("blocks 12: nothing of what was cut off is left on the machine of the runs", () => {
  expect(readdirSync(join(worker.home, "tmp"))).toEqual([]);
});
