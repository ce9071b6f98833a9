// An agent that is a worker: its pool, its heartbeats, and jobs from the pool's template.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { baseJobTemplateOf } from "#domain/work-pool-types.ts";
import { createWorkPool, readWorkPool, updateWorkPool } from "#wire/pools/work-pools.ts";
import { listWorkers } from "#wire/pools/workers.ts";
import { type Bundle, history, makeDueRun, meanwhile, setup } from "./setup.ts";

const POOL = "pool-1";
const params = { name: POOL };

let bundle: Bundle;
beforeEach(() => {
  bundle = setup({ queues: [], pool: POOL, worker: { name: "w-1", type: "process" } });
});
afterEach(() => bundle.app.close());
const workers = () => bundle.app.call(listWorkers, { params: { work_pool_name: POOL }, body: {} });
const makePool = (fields: object = {}) =>
  bundle.app.call(createWorkPool, { body: { name: POOL, type: "process", ...fields } });
const dueRun = (fields: object = {}) =>
  makeDueRun(bundle.app, { work_pool_name: POOL, work_queue_name: "default", entrypoint: "a.ts:f", ...fields });
const once = () => meanwhile(bundle.clock, bundle.agent.run({ once: true }));

describe("the pool", () => {
  test("is made when it is missing, with the template of its type", async () => {
    await once();
    const pool = await bundle.app.call(readWorkPool, { params });
    expect(pool).toMatchObject({ type: "process", base_job_template: baseJobTemplateOf("process") });
    expect(bundle.lines.all.join("\n")).toContain(`worker - Created work pool '${POOL}'.`);
  });

  test("without a template gets one; one that has its own keeps it", async () => {
    await makePool();
    await once();
    expect((await bundle.app.call(readWorkPool, { params })).base_job_template).toEqual(baseJobTemplateOf("process"));
    const own = { job_configuration: { command: "{{ c }}" }, variables: { properties: { c: { default: "x" } } } };
    await bundle.app.call(updateWorkPool, { params, body: { base_job_template: own } });
    await meanwhile(bundle.clock, bundle.another().agent.run({ once: true }));
    expect((await bundle.app.call(readWorkPool, { params })).base_job_template).toEqual(own);
  });
});

describe("heartbeats", () => {
  test("are there from the start, and go on", async () => {
    const running = bundle.agent.run();
    await meanwhile(bundle.clock, seen(1));
    const [first] = await workers();
    expect(first?.name).toBe("w-1");
    await meanwhile(bundle.clock, seen(3), 5);
    const [later] = await workers();
    expect(String(later?.last_heartbeat_time) > String(first?.last_heartbeat_time)).toBeTrue();
    expect(later?.id).toBe(String(first?.id));
    bundle.agent.drain();
    await meanwhile(bundle.clock, running);
  });

  /** Resolves when the worker has shown itself so often. */
  async function seen(times: number): Promise<void> {
    const beats = () => bundle.line.sent.filter((request) => request.endsWith("/workers/heartbeat")).length;
    while (beats() < times) await bundle.clock.sleep(50);
  }
});

describe("a run's job", () => {
  test("comes from the template, and not from the deployment's infrastructure", async () => {
    const base_job_template = {
      job_configuration: {
        ...{ command: "{{ command }}", env: "{{ env }}", name: "job of {{ team }}" },
        ...{ working_dir: "{{ working_dir }}", stream_output: "{{ stream_output }}", labels: { team: "{{ team }}" } },
      },
      variables: {
        properties: {
          ...{ command: {}, env: { default: { A: "1" } }, team: { default: "blue" }, working_dir: {} },
          stream_output: { default: true },
        },
      },
    };
    await makePool({ base_job_template });
    const infra_overrides = { command: "nice  orch engine", "env.B": "2", working_dir: "/srv", stream_output: "false" };
    const run = await dueRun({ infra_overrides });
    bundle.place.onStart = (job) => job.exit(0);
    await once();
    expect(bundle.place.jobs).toHaveLength(1);
    const [job] = bundle.place.jobs;
    expect(job).toMatchObject({ run: { id: run.id }, type: "process", deployment: { entrypoint: "a.ts:f" } });
    expect(job?.block).toEqual({
      ...{ name: "job of blue", command: ["nice", "orch", "engine"], env: { A: "1", B: "2" } },
      ...{ working_dir: "/srv", stream_output: false, labels: { team: "blue" } },
    });
  });

  test("that names a block which is not there fails the run with a sentence", async () => {
    await makePool();
    const run = await dueRun({ infra_overrides: { env: { TOKEN: "{{ prefect.blocks.secret.none }}" } } });
    await once();
    expect(await history(bundle.app, run.id)).toEqual(["Scheduled", "Pending", "Failed"]);
    expect(bundle.place.jobs).toEqual([]);
  });
});
