// From a run's id to an exit code: code fetched, flow loaded, parameters bound, run executed, nothing left behind.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cp, mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { notTheApi } from "#client/refusals.ts";
import { runFlowRun } from "#engine/entry.ts";
import { newId } from "#lib/ids.ts";
import { registerSdk } from "#sdk/register.ts";
import { FakeApi } from "./fake-api.ts";
import { lapseClock } from "./lapse-clock.ts";
import { SETTINGS } from "./settings.ts";

let home = "";
let flows = "";
let snapshot = "";

beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), "orch-entry-")));
  flows = join(home, "project");
  snapshot = join(home, "storage/code/abc");
  for (const folder of [flows, snapshot]) {
    for (const file of ["simple.ts", "throws-at-import.ts"]) {
      await cp(join(import.meta.dir, "../fixtures/flows", file), join(folder, file));
    }
  }
});
afterAll(() => rm(home, { recursive: true }));

interface Setup {
  path?: string | null;
  entrypoint?: string | null;
  parameters?: Record<string, unknown>;
  storage?: unknown;
  schema?: unknown;
}

function setup({ path = flows, entrypoint = "simple.ts:sayHi", parameters = {}, storage, schema = null }: Setup = {}) {
  const clock = lapseClock();
  const api = new FakeApi(clock);
  const deployment_id = newId();
  const storage_document_id = storage === undefined ? null : newId();
  const deployment = { id: deployment_id, name: "marvin", path, entrypoint, storage_document_id };
  api.things.set(`GET /deployments/{id} ${deployment_id}`, { ...deployment, parameter_openapi_schema: schema });
  api.things.set(`GET /block_documents/{id} ${storage_document_id}`, storage);
  const run = api.add("brave-fox", { deployment_id, parameters });
  const lines: string[] = [];
  const engine = (flowRunId = run.id) =>
    runFlowRun({
      client: api.client,
      flowRunId,
      clock,
      settings: { ...SETTINGS, ORCH_LOCAL_STORAGE_PATH: join(home, "storage") },
      output: (line) => void lines.push(line),
      register: registerSdk,
    });
  return { api, run, engine, lines, clock };
}

test("a run of a plain folder runs there, in the order of calls of the old engine", async () => {
  const before = process.cwd();
  const { api, run, engine } = setup({ parameters: { name: "Ada" } });
  expect(await engine()).toBe(0);
  expect(run.history).toEqual(["Pending", "Running", "Completed"]);
  // Log lines are sent whenever their time has come.
  expect(api.calls.filter((call) => call !== "POST /logs/").slice(0, 4)).toEqual([
    "GET /flow_runs/{id}",
    "GET /deployments/{id}",
    "PATCH /flow_runs/{id}",
    "POST /flow_runs/{id}/set_state",
  ]);
  expect(api.messages()[0]).toBe(`Downloading flow code from storage at '${flows}'`);
  expect(api.messages()).toContain("hi Ada");
  expect(api.messages()).toContain(`num 42 number in ${flows}`);
  expect(process.cwd()).toBe(before);
});

test("another program at the address of the API is waited for as long as a proxy takes to start", async () => {
  const { api, engine, lines, clock } = setup();
  api.before = () => {
    throw notTheApi("http://other/api");
  };
  expect(await engine()).toBe(1);
  const [waits = "", ...more] = lines;
  expect(waits).toStartWith("What answers at http://other/api is no API of orch or Prefect");
  expect(more).toEqual([
    expect.stringMatching(
      /^Crash detected! Request to http:\/\/fake\/api failed: What answers at http:\/\/other\/api is no API/,
    ),
  ]);
  expect(clock.elapsed()).toBeWithin(60_000, 70_000);
});

test("the server learns version, retries and name before the run starts", async () => {
  const { run, engine } = setup({ parameters: { name: "Ada" } });
  await engine();
  expect(run).toMatchObject({ name: "hello Ada", empirical_policy: { retries: 1, retry_delay: 0 } });
  const source = await Bun.file(join(flows, "simple.ts")).text();
  expect(run["flow_version"]).toBe(new Bun.CryptoHasher("md5").update(source).digest("hex"));
});

test("a run of a snapshot gets a private copy, relative stack traces, and leaves nothing behind", async () => {
  const { api, run, engine } = setup({ path: snapshot, entrypoint: "simple.ts:fails" });
  const shared = process.env["TMPDIR"];
  // Runs of other tests have their copies in the usual place.
  process.env["TMPDIR"] = await mkdtemp(join(home, "tmp-"));
  const copies = () => readdir(tmpdir());
  expect(await copies()).toEqual([]);
  expect(await engine()).toBe(0);
  expect(run.state?.message ?? "").toMatch(/Error: run 1 failed\n {4}at (?:async )?fails \(simple\.ts:\d+:\d+\)/);
  expect(await copies()).toEqual([]);
  if (shared === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = shared;
  expect(api.messages()[0]).toBe(`Downloading flow code from storage at '${snapshot}'`);
  expect((await readdir(snapshot)).sort()).toEqual(["simple.ts", "throws-at-import.ts"]);
});

test("a snapshot that is gone is said, with what to do", async () => {
  const { run, engine } = setup({ path: `${snapshot}-gone` });
  expect(await engine()).toBe(0);
  expect(run.state?.type).toBe("FAILED");
  expect(run.state?.message).toMatch(
    /The snapshot '.*-gone' of .* is not there any more\. Build the deployment again\./,
  );
});

const NOT_RETRIEVED: [string, Setup, RegExp][] = [
  ["no such folder", { path: "/no/such/folder" }, /'\/no\/such\/folder'/],
  ["no such file", { entrypoint: "nope.ts:sayHi" }, /nope\.ts/],
  ["no such export", { entrypoint: "simple.ts:nope" }, /nope[\s\S]*sayHi/],
  ["an export that is no flow", { entrypoint: "simple.ts:notAFlow" }, /notAFlow/],
  ["a file that throws at import", { entrypoint: "throws-at-import.ts:never" }, /import trouble/],
  ["an entrypoint without a flow", { entrypoint: "simple.ts" }, /no entrypoint of the form 'file:flow': 'simple\.ts'/],
  ["no entrypoint", { entrypoint: null }, /no entrypoint of the form/],
  [
    "a storage block of another kind",
    { storage: { block_type: { slug: "acme-store" }, data: {} } },
    /Storage of type 'acme-store' cannot be reached by this version/,
  ],
  [
    "a path outside of its block's basepath",
    { path: "../..", storage: { block_type: { slug: "local-file-system" }, data: { basepath: "/tmp/base" } } },
    /outside of the base path \/tmp\/base/,
  ],
];
for (const [what, options, sentence] of NOT_RETRIEVED) {
  test(`${what}: the run is FAILED with a sentence, the exit code is 0`, async () => {
    const { run, engine } = setup(options);
    expect(await engine()).toBe(0);
    expect(run.state?.type).toBe("FAILED");
    expect(run.state?.message ?? "").toStartWith("Flow could not be retrieved from deployment. ");
    expect(run.state?.message ?? "").toMatch(sentence);
  });
}

test("a storage block's basepath is where a relative path starts", async () => {
  const storage = { block_type: { slug: "local-file-system" }, data: { basepath: home } };
  const { run, engine } = setup({ path: "project", storage });
  expect(await engine()).toBe(0);
  expect(run.state?.type).toBe("COMPLETED");
});

test("parameters that do not fit fail the run before it starts", async () => {
  const properties = { name: { type: "string" }, num: { type: "integer" } };
  const { run, engine } = setup({ parameters: { num: "many" }, schema: { type: "object", properties } });
  expect(await engine()).toBe(0);
  expect(run.history).toEqual(["Pending", "Failed"]);
  expect(run.state?.message ?? "").toMatch(/^Validation of flow parameters failed with error: .*num/);
});

test("a run that someone else runs is left alone", async () => {
  const { api, run, engine } = setup();
  Object.assign(run.state ?? {}, { type: "RUNNING", name: "Running" });
  expect(await engine()).toBe(0);
  expect(run.history).toEqual(["Pending"]);
  expect(api.messages().at(-1)).toMatch(/^Not started: already running/);
});

test("a signal before the run is known is no crash", async () => {
  const { engine, lines } = setup();
  const running = engine();
  process.emit("SIGTERM", "SIGTERM");
  expect(await running).toBe(143);
  expect(lines).toEqual(["The process was asked to end before its flow run had begun."]);
});

test("what is no id and what is no run end with 1 and a sentence", async () => {
  const { engine, lines } = setup();
  expect(await engine("five")).toBe(1);
  expect(lines).toEqual(["'five' is not the id of a flow run."]);
  const id = newId();
  expect(await engine(id)).toBe(1);
  expect(lines[1]).toContain(`no run ${id}`);
});
