// The passes of `orch dev` over a project, on a real server in memory; what the flow files say is made up.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Answer } from "#cli/dev/describe.ts";
import { type Follower, followProject } from "#cli/dev/follow.ts";
import type { Project } from "#cli/dev/project.ts";
import { createClient } from "#client/client.ts";
import { fetchTransport } from "#client/transport.ts";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { newInfrastructure } from "#domain/infrastructure-blocks.ts";
import { listDeployments } from "#wire/deployments/deployments.ts";
import { type TestApp, testApp } from "../../app.ts";
import { spec } from "./spec.ts";

const SCHEMA = { title: "Parameters", type: "object", properties: {} };
const MD5 = "0123456789abcdef0123456789abcdef";

let server: TestApp;
let folder: string;
let project: Project;
let answer: Answer;
let asked: string[];
let queues: (string | null)[];
let builtPaths: (string | null)[];
let stopping: AbortController;
let follower: Follower;
const out: string[] = [];
const err: string[] = [];

beforeEach(() => {
  server = testApp();
  folder = realpathSync(mkdtempSync(join(tmpdir(), "orch-follow-")));
  project = { deployments: [], problems: new Map(), passedOver: new Map() };
  answer = { flow: { name: "say-hi", version: MD5, schema: SCHEMA }, files: [at("flows/a.ts"), at("lib.ts")] };
  [asked, queues, builtPaths, stopping] = [[], [], [], new AbortController()];
  const client = createClient({ transport: fetchTransport(server.app.fetch), clock: server.clock, retries: 0 });
  follower = followProject({
    ...{ folder, client, signal: stopping.signal, read: () => project },
    io: { out: (line) => out.push(String(line)), err: (line) => err.push(String(line)) },
    async describe(file, exportName) {
      asked.push(`${file}:${exportName}`);
      return answer;
    },
    restorer: { before: async () => {}, after: (_spec, _id, { path }) => builtPaths.push(path) },
    onCode: () => {},
    onQueue: ({ work_queue_name }) => queues.push(work_queue_name),
  });
  said();
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = (path: string) => join(folder, path);
const said = () => ({ out: out.splice(0), err: err.splice(0) });
const pass = async (...changed: string[]) => {
  await follower.pass(new Set(changed.map(at)));
  return said();
};
const first = async () => {
  await follower.pass();
  return said();
};
const deployed = () => server.call(listDeployments, { body: {} });

function has(file: string, changes: Partial<DeploymentSpec> = {}): void {
  const one = spec({ path: folder, ...changes });
  const name = `${one.flow_name}/${one.name}`;
  const others = project.deployments.filter((other) => other.name !== name);
  project.deployments = [...others, { name, file, spec: one, builtPath: one.path }];
  writeFileSync(at(file), "");
}

function loses(file: string): void {
  project.deployments = project.deployments.filter((one) => one.file !== file);
  rmSync(at(file));
}

test("the first pass deploys what is there, with what the flow's file says, to queues that are served", async () => {
  has("a-deployment.yaml", { schedule: { interval: 10 } });
  has("b-deployment.yaml", { name: "b", version: "1.0", work_queue_name: "other" });
  expect(await first()).toEqual({ out: ["Deployed 'say-hi/a', every 10 s.", "Deployed 'say-hi/b'."], err: [] });
  expect(
    (await deployed()).map(({ name, version, parameter_openapi_schema: schema }) => [name, version, schema]),
  ).toEqual([
    ["a", MD5, SCHEMA],
    ["b", "1.0", SCHEMA],
  ]);
  expect(queues).toEqual(["test", "other"]);
  expect(asked).toEqual([`${at("flows/a.ts")}:a`, `${at("flows/a.ts")}:a`]);
});

describe("a later pass", () => {
  beforeEach(async () => {
    has("a-deployment.yaml");
    has("b-deployment.yaml", { name: "b", entrypoint: "flows/b.ts:b" });
    await first();
    asked = [];
  });

  test("looks at nothing when nothing of a deployment has changed", async () => {
    const [before] = await deployed();
    expect(await pass("README.md", "flows/c.ts")).toEqual({ out: [], err: [] });
    expect(asked).toEqual([]);
    expect((await deployed())[0]?.updated).toBe(before?.updated ?? "");
  });

  test("says that there is new code, and applies nothing, when only that has changed", async () => {
    const before = (await deployed()).map(({ updated }) => updated);
    server.clock.advance(1);
    expect(await pass("lib.ts")).toEqual({
      out: ["a", "b"].map((name) => `'say-hi/${name}' has new code: lib.ts changed. It counts from the next run on.`),
      err: [],
    });
    expect((await deployed()).map(({ updated }) => updated)).toEqual(before);
  });

  test("applies what the code changes, and only there", async () => {
    answer = {
      flow: { name: "say-hi", version: MD5, schema: { ...SCHEMA, required: ["name"] } },
      files: [at("flows/a.ts")],
    };
    has("a-deployment.yaml", { description: "new" });
    expect((await pass("a-deployment.yaml")).out).toEqual(["Deployed 'say-hi/a' again: a-deployment.yaml changed."]);
    expect((await deployed()).map(({ parameter_openapi_schema: schema }) => schema)).toEqual([
      { ...SCHEMA, required: ["name"] },
      SCHEMA,
    ]);
    // By now it is made of another file.
    expect((await pass("lib.ts")).out).toEqual([expect.stringContaining("'say-hi/b' again: lib.ts changed")]);
  });

  test("takes up a new file, and a queue that came with it", async () => {
    has("c-deployment.yaml", { name: "c", work_queue_name: "third", schedule: { cron: "0 9 * * *" } });
    expect((await pass("c-deployment.yaml")).out).toEqual(["Deployed 'say-hi/c', at '0 9 * * *'."]);
    expect(queues.at(-1)).toBe("third");
  });

  test("mentions a file that is gone, once, and leaves the deployment", async () => {
    loses("b-deployment.yaml");
    const gone =
      "'b-deployment.yaml' is gone. 'say-hi/b' stays deployed; 'orch deployment delete say-hi/b' removes it.";
    expect(await pass("b-deployment.yaml")).toEqual({ out: [gone], err: [] });
    expect(await pass("b-deployment.yaml")).toEqual({ out: [], err: [] });
    expect(await deployed()).toHaveLength(2);
    has("b-deployment.yaml", { name: "b", entrypoint: "flows/b.ts:b" });
    expect((await pass("b-deployment.yaml")).out).toEqual(["Deployed 'say-hi/b'."]);
  });

  test("mentions a file that names another deployment", async () => {
    project.deployments = project.deployments.filter(({ name }) => name !== "say-hi/b");
    has("b-deployment.yaml", { name: "renamed" });
    const { out } = await pass("b-deployment.yaml");
    expect(out).toEqual([
      expect.stringContaining("'b-deployment.yaml' names another deployment now. 'say-hi/b' stays deployed;"),
      "Deployed 'say-hi/renamed'.",
    ]);
  });

  test("names no more than three files", async () => {
    answer.files = ["1.ts", "2.ts", "3.ts", "4.ts"].map(at);
    await pass("lib.ts");
    const { out } = await pass("1.ts", "2.ts", "3.ts", "4.ts");
    expect(out[0]).toContain(": 1.ts, 2.ts and 2 more changed.");
  });
});

describe("a flow that cannot be imported", () => {
  const PROBLEM = "flows/a.ts:3:5: Expected identifier";

  test("is one sentence, said once, until it changes or is mended", async () => {
    has("a-deployment.yaml");
    await first();
    const good = answer;
    answer = { problem: PROBLEM, files: [] };
    expect(await pass("lib.ts")).toEqual({ out: [], err: [PROBLEM, "'say-hi/a' stays as it was."] });
    expect(await pass("flows/a.ts")).toEqual({ out: [], err: [] });
    answer = { problem: "another", files: [] };
    expect((await pass("flows/a.ts")).err).toEqual(["another", "'say-hi/a' stays as it was."]);
    expect(await deployed()).toHaveLength(1);
    answer = good;
    expect(await pass("flows/a.ts")).toEqual({ out: ["'say-hi/a' is right again: flows/a.ts changed."], err: [] });
  });

  test("is looked at again whenever something is saved that may mend it", async () => {
    has("a-deployment.yaml");
    answer = { problem: PROBLEM, files: [] };
    expect((await first()).err).toEqual([PROBLEM, "'say-hi/a' is not deployed yet."]);
    await pass("notes.md", "data.csv");
    expect(asked).toHaveLength(1);
    answer = { flow: { name: "say-hi", version: "2", schema: SCHEMA }, files: [] };
    expect((await pass("flows/missing.ts")).out).toEqual(["Deployed 'say-hi/a'."]);
  });

  test("keeps none of the others from being deployed", async () => {
    has("a-deployment.yaml", { work_pool_name: "no-such-pool" });
    has("b-deployment.yaml", { name: "b" });
    const { out, err } = await first();
    expect(out).toEqual(["Deployed 'say-hi/b'."]);
    expect(err).toEqual([expect.stringMatching(/no-such-pool.*not found/), "'say-hi/a' is not deployed yet."]);
  });

  test("is nobody's problem when everything stops", async () => {
    has("a-deployment.yaml");
    answer = { problem: "killed", files: [] };
    stopping.abort();
    expect(await first()).toEqual({ out: [], err: [] });
  });
});

test("a file that cannot be read keeps its deployment; the sentence is said once, and when it is over", async () => {
  has("a-deployment.yaml");
  await first();
  const whole = project;
  project = { deployments: [], problems: new Map([["a-deployment.yaml", "not valid YAML"]]), passedOver: new Map() };
  expect(await pass("a-deployment.yaml")).toEqual({ out: [], err: ["not valid YAML"] });
  expect(await pass("a-deployment.yaml")).toEqual({ out: [], err: [] });
  project = whole;
  expect(await pass("a-deployment.yaml")).toEqual({ out: ["'a-deployment.yaml' can be read again."], err: [] });
});

test("which of two files counts is said once, and again when it changes", async () => {
  has("old-deployment.yaml");
  has("new-deployment.yaml");
  const [used] = project.deployments;
  if (!used) throw new Error("there is one");
  project.passedOver = new Map([["old-deployment.yaml", used]]);
  const line =
    "'say-hi/a' has two files: the newer one, 'new-deployment.yaml', counts, and 'old-deployment.yaml' does not.";
  expect((await first()).out).toEqual([line, "Deployed 'say-hi/a'."]);
  expect((await pass("README.md")).out).toEqual([]);
});

const ELSEWHERE: [where: string, changes: Partial<DeploymentSpec>][] = [
  ["a storage block", { storage: { _block_type_slug: "local-file-system", basepath: "/data" } }],
  ["an image", { infrastructure: newInfrastructure("docker-container", null), path: "/opt/prefect/flows" }],
];
for (const [where, changes] of ELSEWHERE) {
  test(`code in ${where} is not asked for what it says`, async () => {
    has("a-deployment.yaml", changes);
    const { out, err } = await first();
    expect([asked, err]).toEqual([[], []]);
    expect(out).toEqual(["Deployed 'say-hi/a'."]);
  });
}

test("D15: a work pool that is not there is a problem of its deployment alone, and no agent is started for it", async () => {
  has("a-deployment.yaml", { work_pool_name: "nope" });
  has("b-deployment.yaml", { name: "b" });
  const { out, err } = await first();
  expect(err[0]).toStartWith("Work pool 'nope' not found!");
  expect(err.slice(1)).toEqual(["'say-hi/a' is not deployed yet."]);
  expect([out, queues]).toEqual([["Deployed 'say-hi/b'."], ["test"]]);
});

test("D14: a path in a file is one of its folder, so that '.' is not put back as another one", async () => {
  has("a-deployment.yaml");
  for (const one of project.deployments) one.builtPath = ".";
  await first();
  expect(builtPaths).toEqual([folder]);
});

test("D15: a required parameter without a value, and a flow with another name, are said once", async () => {
  const schema = { ...SCHEMA, properties: { name: { title: "name", type: "string" } }, required: ["name"] };
  answer = { flow: { name: "say-bye", version: MD5, schema }, files: [at("flows/a.ts")] };
  has("a-deployment.yaml", { schedule: { interval: 10 } });
  const notes = [
    "'say-hi/a': The flow is called 'say-bye' now; this deployment keeps its name. 'orch deployment build -n a flows/a.ts:a' makes 'say-bye/a'.",
    "'say-hi/a': Note: the flow requires 'name', and has no value for it. Scheduled runs will fail.",
  ];
  expect((await first()).err).toEqual(notes);
  expect((await pass("flows/a.ts")).err).toEqual([]);
  has("a-deployment.yaml", { schedule: { interval: 10 }, parameters: { name: "x" } });
  expect((await pass("a-deployment.yaml")).err).toEqual(notes.slice(0, 1));
});
