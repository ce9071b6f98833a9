// From deployments and their infrastructure blocks to jobs.
import { afterAll, describe, expect, test } from "bun:test";
import { createPreparations } from "#agent/job.ts";
import { newId } from "#lib/ids.ts";
import type { JsonObject } from "#lib/json.ts";
import { createBlockDocument, listBlockSchemas, readBlockTypeBySlug, updateBlockDocument } from "#wire/blocks.ts";
import { readFlow } from "#wire/deployments/flows.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import { testApp } from "../app.ts";
import { lineTo, makeDueRun, makeFlowRun, readRun } from "./setup.ts";

describe("the jobs of runs", () => {
  const app = testApp();
  afterAll(() => app.close());

  async function processBlock(data: JsonObject, is_anonymous = true): Promise<string> {
    const { id: block_type_id } = await app.call(readBlockTypeBySlug, { params: { slug: "process" } });
    const body = { block_schemas: { block_type_id: { any_: [block_type_id] } } };
    const [schema] = await app.call(listBlockSchemas, { body });
    const name = is_anonymous ? null : `block-${newId()}`;
    const document = { name, data, block_schema_id: schema?.id ?? "", block_type_id, is_anonymous };
    return (await app.call(createBlockDocument, { body: document })).id;
  }

  function preparations() {
    const line = lineTo(app);
    const open = createPreparations(line.client, new AbortController().signal);
    return { open, sent: line.sent };
  }

  const prepare = async (run: FlowRun) => preparations().open().jobOf(run);

  test("without a deployment: a process as it comes", async () => {
    const run = await readRun(app, (await makeFlowRun(app)).id);
    const block = { env: {}, labels: {} };
    expect(await prepare(run)).toEqual({
      ...{ run: { id: run.id, name: run.name }, deployment: null, type: "process", block },
    });
  });

  test("with a block: its fields, overridden by the deployment", async () => {
    const infrastructure_document_id = await processBlock({
      env: { A: "1", B: "2", C: null },
      labels: { team: "blue" },
      name: "worker",
      command: ["nice", "orch", "engine"],
      working_dir: "/srv",
      stream_output: false,
    });
    const run = await makeDueRun(app, { infrastructure_document_id, infra_overrides: { "env.B": 3 } });
    const { type, block, deployment } = await prepare(run);
    expect(type).toBe("process");
    expect(block).toEqual({
      env: { A: "1", B: "3", C: null },
      labels: { team: "blue" },
      name: "worker",
      command: ["nice", "orch", "engine"],
      working_dir: "/srv",
      stream_output: false,
    });
    const { name } = await app.call(readFlow, { params: { id: run.flow_id } });
    expect(await deployment?.flowName()).toBe(name);
  });

  test("found together: what they share is read once", async () => {
    const run = await makeDueRun(app, { infrastructure_document_id: await processBlock({}) });
    const { open, sent } = preparations();
    const together = open();
    await Promise.all([1, 2, 3].map(() => together.jobOf(run)));
    expect(sent).toHaveLength(2);
    await open().jobOf(run);
    // The deployment may have changed since; an anonymous block cannot.
    expect(sent).toHaveLength(3);
  });

  test("use a named block as it is now", async () => {
    const id = await processBlock({ env: { A: "old" } }, false);
    const run = await makeDueRun(app, { infrastructure_document_id: id });
    const { open } = preparations();
    expect((await open().jobOf(run)).block["env"]).toEqual({ A: "old" });
    await app.call(updateBlockDocument, { params: { id }, body: { data: { env: { A: "new" } } } });
    expect((await open().jobOf(run)).block["env"]).toEqual({ A: "new" });
  });

  test("of another type than process say so, with its fields read as their kinds", async () => {
    const { id: block_type_id } = await app.call(readBlockTypeBySlug, { params: { slug: "docker-container" } });
    const [schema] = await app.call(listBlockSchemas, {
      body: { block_schemas: { block_type_id: { any_: [block_type_id] } } },
    });
    const block = { data: { image: "a" }, block_schema_id: schema?.id ?? "", block_type_id, is_anonymous: true };
    const { id } = await app.call(createBlockDocument, { body: block });
    const infra_overrides = { auto_remove: "yes", "env.A": 1 };
    const run = await makeDueRun(app, { infrastructure_document_id: id, infra_overrides });
    expect(await prepare(run)).toMatchObject({
      ...{ type: "docker-container", block: { image: "a", auto_remove: true, env: { A: "1" } } },
    });
  });

  test("a read that fails is tried again by the next", async () => {
    const run = await makeDueRun(app);
    const line = lineTo(app);
    const together = createPreparations(line.client, new AbortController().signal)();
    line.cut = true;
    await expect(together.jobOf(run)).rejects.toThrow("No server is answering.");
    line.cut = false;
    expect((await together.jobOf(run)).run.id).toBe(run.id);
  });
});
