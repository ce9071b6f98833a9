// Results in storage blocks: which block a run keeps them in, who reads them there, and what is said where that fails.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FlowOptions, ResultStorage } from "#domain/definitions.ts";
import type { RunState } from "#domain/run-state.ts";
import { isInRunFolder, makeRunFolder } from "#lib/files/run-folder.ts";
import type { JsonObject } from "#lib/json.ts";
import { knownType } from "#project/deployments/block-types.ts";
import { blocksFor } from "#sdk/blocks/hosted.ts";
import { flow, GitHub, LocalFileSystem, RemoteFileSystem, S3, task } from "#sdk/index.ts";
import { memoryStore } from "#storage/memory.ts";
import { listArtifacts } from "#wire/artifacts.ts";
import { createBlockDocument, deleteBlockDocument, readBlockDocumentByName } from "#wire/blocks.ts";
import { propose } from "../server/proposals.ts";
import { type OnApp, onApp } from "./on-app.ts";

let here: OnApp;
let root: string;
let calls: string[];
beforeEach(() => {
  here = onApp();
  root = mkdtempSync(join(tmpdir(), "orch-kept-"));
  calls = [];
});
afterEach(async () => {
  await here.close();
  rmSync(root, { recursive: true, force: true });
});

/** Gives the block's id. */
async function saved(name: string, data: JsonObject, slug = "local-file-system"): Promise<string> {
  const body = { name, data, ...(await knownType(here.client, slug)) };
  return (await here.client.call(createBlockDocument, { body })).id;
}
/** A block of that name whose files lie in the folder of that name. */
const folderBlock = (name: string) => saved(name, { basepath: join(root, name) });
const filesIn = (name: string) => {
  try {
    return readdirSync(join(root, name));
  } catch {
    return [];
  }
};
const counts = (...names: string[]) => names.map((name) => filesIn(name).length);
const blocks = () => here.app.count("block_document");
function noted<T>(name: string, value: T): T {
  calls.push(name);
  return value;
}
const kept = (resultStorage: ResultStorage, value: unknown = { n: 1 }, options: FlowOptions = {}) =>
  flow(async () => noted("flow", value), { name: "kept", persistResult: true, resultStorage, ...options });
const dataOf = (state: RunState) =>
  here.flowRuns().then((runs) => runs.find(({ id }) => id === state.flowRunId)?.state);
const work = (name: string, value: unknown, options = {}) => task(async () => noted(name, value), { name, ...options });

describe("a result goes", () => {
  test("to the block that the flow names, as Prefect writes it, and comes from there", async () => {
    const id = await folderBlock("dev");
    const state = await here.run(kept("local-file-system/dev"));
    const data = (await dataOf(state))?.data as JsonObject;
    const [key = ""] = filesIn("dev");
    expect(data).toEqual({ type: "reference", serializer_type: "json", storage_block_id: id, storage_key: key });
    expect(JSON.parse(readFileSync(join(root, "dev", key), "utf8"))).toEqual({
      ...{ serializer: { type: "json" }, data: '{"n":1}', prefect_version: "2.10.4" },
    });
    expect(await blocks()).toBe(1);
  });

  test("to a block of another kind, with its address in the artifact", async () => {
    await saved("m", { basepath: "memory://goes/to" }, "remote-file-system");
    await here.run(kept("remote-file-system/m"));
    const found: string[] = [];
    for await (const { path } of memoryStore("goes/to").list("")) found.push(path);
    expect(found).toHaveLength(1);
    const artifacts = await here.client.call(listArtifacts, { body: {} });
    const at = `memory://goes/to/${found[0]}`;
    expect(artifacts.map(({ description }) => description)).toEqual([
      `Result of type \`Object\` persisted to [${at}](${at}).`,
    ]);
  });

  test("to a block that was loaded, and to one that was saved just now", async () => {
    await folderBlock("dev");
    const hosted = blocksFor({
      api: async () => ({ client: here.client, clock: here.clock, settings: here.app.settings }),
    });
    const loaded = await hosted.LocalFileSystem.load("dev");
    expect((await here.run(kept(loaded))).isCompleted()).toBeTrue();
    const made = new hosted.LocalFileSystem({ basepath: join(root, "made") });
    await made.save("made");
    expect((await here.run(kept(made))).isCompleted()).toBeTrue();
    expect(counts("dev", "made")).toEqual([1, 1]);
    expect(await blocks()).toBe(2);
  });

  test("to a block that is not saved, which all runs then share", async () => {
    const unsaved = () => new RemoteFileSystem({ basepath: "memory://unsaved", settings: { key: "s3cr3t" } });
    for (const time of [1, 2]) {
      expect((await here.run(kept(unsaved(), time))).result()).toBe(time);
      expect(await blocks()).toBe(1);
    }
    expect((await here.run(kept(new RemoteFileSystem({ basepath: "memory://other" })))).isCompleted()).toBeTrue();
    expect(await blocks()).toBe(2);
    expect(here.lines.join("\n")).not.toContain("s3cr3t");
  });

  test("to a folder by its whole path, by a block that is saved for it", async () => {
    for (const storage of [join(root, "a b"), new LocalFileSystem({ basepath: join(root, "a b") })]) {
      expect((await here.run(kept(storage))).isCompleted()).toBeTrue();
    }
    expect(counts("a b")).toEqual([2]);
    expect(await blocks()).toBe(1);
  });

  test("where the closest says: a task, its flow, the flow around it, the setting, the home", async () => {
    for (const name of ["task", "child", "parent", "setting"]) await folderBlock(name);
    const named = (name: string) => ({ resultStorage: `local-file-system/${name}` });
    const keeps = { persistResult: true };
    const step = work("step", [1], keeps);
    const child = flow(async () => [await step()], { name: "child", ...keeps });
    const own = flow(async () => [await step(), await step.withOptions(named("task"))()], {
      ...{ name: "own", ...keeps },
      ...named("child"),
    });
    const parent = flow(async () => [await child(), await own(), await step()], {
      name: "parent",
      ...keeps,
      ...named("parent"),
    });
    expect((await here.run(parent)).isCompleted()).toBeTrue();
    // The child and its task, the task and the flow itself.
    expect(counts("task", "child", "parent", "setting")).toEqual([1, 2, 4, 0]);

    const setting = { ORCH_DEFAULT_RESULT_STORAGE_BLOCK: "local-file-system/setting" };
    const other = here;
    here = onApp(setting);
    await folderBlock("setting");
    await folderBlock("task");
    await here.run(flow(async () => [await child(), await step.withOptions(named("task"))()], { name: "a", ...keeps }));
    expect(counts("task", "child", "parent", "setting")).toEqual([2, 2, 4, 3]);
    await other.close();
  });

  test("nowhere where nothing is kept: the storage alone asks for nothing", async () => {
    await folderBlock("dev");
    const storage = { resultStorage: "local-file-system/dev" };
    expect((await here.run(flow(async () => [await work("a", 1)()], { name: "a", ...storage }))).result()).toEqual([1]);
    expect(counts("dev")).toEqual([0]);
    for (const value of [true, null]) await here.run(kept(storage.resultStorage, value));
    expect(counts("dev")).toEqual([0]);
  });
});

describe("another process finds it", () => {
  test("a cached task of a later run", async () => {
    await folderBlock("dev");
    const cached = work("cached", { from: "cache" }, { cacheKeyFn: () => "key" });
    const calling = flow(() => cached(), { name: "a", resultStorage: "local-file-system/dev" });
    for (const _ of [1, 2]) expect((await here.run(calling)).result()).toEqual({ from: "cache" });
    expect(calls).toEqual(["cached"]);
    // Whatever the later flow names for its own.
    expect((await here.run(calling.withOptions({ resultStorage: join(root, "other") }))).result()).toEqual({
      from: "cache",
    });
    expect([calls, counts("dev", "other")]).toEqual([["cached"], [1, 0]]);
  });

  const again = (id: string) => propose(here.app, "flow_runs", id, { type: "SCHEDULED", name: "AwaitingRetry" });
  const retried = () =>
    flow(
      async () => [
        await work("one", { n: 1 })(),
        await flow(async () => noted("child", { c: 1 }), { name: "child" })(),
      ],
      { name: "work", resultStorage: "local-file-system/dev" },
    );

  test("a flow that is taken up again does not repeat its tasks and subflows", async () => {
    await folderBlock("dev");
    const run = await here.deployedRun({ retries: 1 });
    await here.execute(run.id, retried());
    await again(run.id);
    rmSync(here.app.settings.ORCH_LOCAL_STORAGE_PATH, { recursive: true, force: true });
    expect((await here.execute(run.id, retried())).result()).toEqual([{ n: 1 }, { c: 1 }]);
    expect(calls).toEqual(["one", "child"]);
  });

  test("what is gone is done again; what is only out of reach fails the run with block and key", async () => {
    await folderBlock("dev");
    const run = await here.deployedRun({ retries: 1 });
    await here.execute(run.id, retried());
    for (const name of filesIn("dev")) {
      rmSync(join(root, "dev", name));
      mkdirSync(join(root, "dev", name)); // is there, and cannot be read
    }
    await again(run.id);
    const failed = await here.execute(run.id, retried().withOptions({ retries: 0 }));
    expect([failed.type, calls]).toEqual(["FAILED", ["one", "child"]]);
    expect(failed.message).toMatch(
      /MissingResult: The result '[0-9a-f]{32}' in the block 'local-file-system\/dev' cannot be read: [^\n]*(\n {4}at [^\n]*)*$/,
    );
    rmSync(join(root, "dev"), { recursive: true });
    await again(run.id);
    expect((await here.execute(run.id, retried())).isCompleted()).toBeTrue();
    expect(calls).toEqual(["one", "child", "one", "child"]);
  });

  test("not where the block was deleted: the sentence names key and block", async () => {
    const id = await folderBlock("dev");
    const cached = flow(() => work("cached", [1], { cacheKeyFn: () => "key" })(), { name: "a" });
    const first = await here.run(cached.withOptions({ resultStorage: "local-file-system/dev" }));
    expect(first.isCompleted()).toBeTrue();
    await here.client.call(deleteBlockDocument, { params: { id } });
    const state = await here.run(cached);
    expect(state.isFailed()).toBeTrue();
    expect(state.message).toContain(
      `The result '${filesIn("dev")[0]}' cannot be read: its storage block ${id} is not there any more.`,
    );
  });
});

describe("a storage that keeps no results fails the run before it starts", () => {
  const NAMES_NONE =
    "which names no block. Give a storage block, its name such as 's3/dev', or a folder by its whole path.";
  const REFUSED: [what: string, storage: () => unknown, sentence: string | RegExp][] = [
    [
      "a block that is not there",
      () => "s3/none",
      "There is no block 's3/none' to keep results in. 'orch block ls' lists those that are saved.",
    ],
    [
      "a type that is not there",
      () => "none/dev",
      "There is no block 'none/dev' to keep results in. 'orch block ls' lists those that are saved.",
    ],
    ["text that names none", () => "dev", `Results cannot be kept in 'dev', ${NAMES_NONE}`],
    ["a path in a block", () => "s3/dev/folder", `Results cannot be kept in 's3/dev/folder', ${NAMES_NONE}`],
    ["no text", () => "", `Results cannot be kept in '', ${NAMES_NONE}`],
    ["a number", () => 5, /^The result storage is 5, which keeps no results\. Give a storage block/],
    [
      "an object",
      () => ({ a: 1 }),
      /^The result storage is \{\s+a: 1,?\s+\}, which keeps no results\. Give a storage block/,
    ],
    [
      "a promise",
      () => Promise.resolve("s3/dev"),
      "The result storage is a promise. Write 'await' before the call that loads the block.",
    ],
    ["a class", () => S3, /^The result storage is .*, which keeps no results\. Give/],
    [
      "a repository",
      () => new GitHub({ repository: "https://github.com/a/b" }),
      /^Results cannot be kept in the unnamed github block [-0-9a-f]{36}, which can only be read\. Name a block that files can be written to, such as one of the type s3\.$/,
    ],
    [
      "a web server",
      () => new RemoteFileSystem({ basepath: "https://example.com/a" }),
      /which can only be read\. Name/,
    ],
    [
      "an unknown scheme",
      () => new RemoteFileSystem({ basepath: "ftp://h/a" }),
      /^Results cannot be kept in the unnamed remote-file-system block \S+: The basepath 'ftp:\/\/h\/a' of/,
    ],
    [
      "a bucket without a name",
      () => new S3({ bucketPath: "/" }),
      /^Results cannot be kept in the unnamed s3 block \S+: '\/' names no bucket\./,
    ],
  ];
  for (const [what, storage, sentence] of REFUSED) {
    test(what, async () => {
      const resultStorage = storage() as string; // as careless code has it
      const failures: string[] = [];
      const state = await here.run(
        kept(resultStorage, 1, { onFailure: [() => void failures.push("told")], retries: 2 }),
      );
      expect(state.type).toBe("FAILED");
      if (typeof sentence === "string") expect(state.message).toBe(sentence);
      else expect(state.message).toMatch(sentence);
      const [run] = await here.flowRuns();
      expect([calls, run?.state_name, run?.run_count, failures]).toEqual([[], "Failed", 0, ["told"]]);
      expect(() => state.result()).toThrow(state.message ?? "");

      const step = work("step", 1, { resultStorage });
      const inFlow = await here.run(flow(() => step(), { name: "b" }));
      expect([inFlow.type, calls]).toEqual(["FAILED", []]);
      expect((await here.taskRuns()).map(({ state_name, run_count }) => [state_name, run_count])).toEqual([
        ["Failed", 0],
      ]);
    });
  }

  test("github by its name, a gitlab repository, and a block that keeps no files", async () => {
    await saved("code", { repository: "https://github.com/a/b" }, "github");
    await saved("lab", { repository: "https://gitlab.com/a/b" }, "gitlab-repository");
    await saved("word", { value: "x" }, "string");
    const messages = [];
    for (const name of ["github/code", "gitlab-repository/lab", "string/word"]) {
      messages.push((await here.run(kept(name))).message);
    }
    expect(messages).toEqual([
      expect.stringContaining("Results cannot be kept in the block 'github/code', which can only be read."),
      expect.stringContaining("Results cannot be kept in the block 'gitlab-repository/lab', which can only be read."),
      expect.stringContaining(
        "Results cannot be kept in the block 'string/word': Storage of type 'string' cannot be reached",
      ),
    ]);
    expect(calls).toEqual([]);
  });

  test("by the setting too", async () => {
    await here.close();
    here = onApp({ ORCH_DEFAULT_RESULT_STORAGE_BLOCK: "s3/none" });
    const state = await here.run(flow(async () => calls.push("a"), { name: "a" }));
    expect(state.message).toStartWith("There is no block 's3/none'");
    expect(calls).toEqual([]);
  });

  test("a subflow's is thrown to the flow that calls it", async () => {
    const state = await here.run(flow(() => kept("s3/none")().catch((error) => error.message), { name: "a" }));
    expect(state.result()).toStartWith("There is no block 's3/none'");
  });

  test("a relative folder, where the code is a copy that goes with its run", async () => {
    const folder = makeRunFolder(root);
    const before = process.cwd();
    process.chdir(folder);
    try {
      expect(isInRunFolder(join(folder, "results"))).toBeTrue();
      await saved("relative", { basepath: "results" });
      for (const storage of [
        "./results",
        "local-file-system/relative",
        new LocalFileSystem({ basepath: "results" }),
        new LocalFileSystem({}),
      ]) {
        const state = await here.run(kept(storage));
        expect(state.message).toContain(
          "is in the folder of the run, which is removed when the run ends. Write an absolute path.",
        );
      }
      expect(calls).toEqual([]);
    } finally {
      process.chdir(before);
    }
    expect(isInRunFolder(join(root, "results"))).toBeFalse();
  });
});

describe("a storage that does not take a result", () => {
  test("fails the run, with block and key in one sentence", async () => {
    writeFileSync(join(root, "file"), "");
    await saved("dev", { basepath: join(root, "file") });
    const state = await here.run(kept("local-file-system/dev"));
    expect([state.type, calls]).toEqual(["FAILED", ["flow"]]);
    expect(state.message).toMatch(
      /^The result '[0-9a-f]{32}' was not written to the block 'local-file-system\/dev': [^\n]+$/,
    );
    expect(here.lines.join("\n")).toContain("was not written to the block");
  });

  test("fails a task, which its retries run again", async () => {
    await folderBlock("dev");
    writeFileSync(join(root, "dev"), "");
    const step = task(
      async () => {
        if (calls.push("step") > 1) rmSync(join(root, "dev"));
        return [1];
      },
      { name: "step", persistResult: true, retries: 2, retryDelaySeconds: 0, resultStorage: "local-file-system/dev" },
    );
    expect((await here.run(flow(() => step(), { name: "a" }))).result()).toEqual([1]);
    expect([calls, counts("dev")]).toEqual([["step", "step"], [1]]);
  });

  test("is no matter for a value that cannot be kept anywhere: a warning as ever, a failure where the author is strict", async () => {
    await folderBlock("dev");
    const bad = () => 1;
    expect((await here.run(kept("local-file-system/dev", bad))).isCompleted()).toBeTrue();
    expect(here.lines.filter((line) => line.includes("WARNING"))).toHaveLength(1);
    const strict = await here.run(kept("local-file-system/dev", bad, { persistResult: "strict" }));
    expect(strict.message).toContain("A result of type 'function' cannot be kept");
    expect(counts("dev")).toEqual([0]);
  });
});

test("many tasks look their storage up once", async () => {
  await folderBlock("dev");
  let looks = 0;
  const { call } = here.client;
  here.client.call = (endpoint, input, options) => {
    if (endpoint.path === readBlockDocumentByName.path) looks += 1;
    return call(endpoint, input, options);
  };
  const step = task(async (n: number) => [n], {
    name: "step",
    persistResult: true,
    resultStorage: "local-file-system/dev",
  });
  const all = flow(async () => Promise.all(step.map([1, 2, 3, 4]).map((future) => future.result())), { name: "a" });
  expect((await here.run(all)).result()).toEqual([[1], [2], [3], [4]]);
  expect([looks, counts("dev")]).toEqual([1, [4]]);
});
