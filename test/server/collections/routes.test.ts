// The views that the old server fetched from the web.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createWorkPool } from "#wire/pools/work-pools.ts";
import { type TestApp, testApp } from "../../app.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp({ services: false });
});
afterEach(() => app.close());

interface Metadata {
  type: string;
  default_base_job_configuration: never;
}
const workers = async () => (await app.send("GET", "/collections/views/aggregate-worker-metadata")).body as unknown;

test("the types of work pool, by the collection that brings them", async () => {
  const { prefect } = (await workers()) as { prefect: Record<string, Metadata> };
  expect(Object.keys(prefect)).toEqual(["prefect-agent", "process", "docker", "kubernetes"]);
  expect(prefect["process"]).toMatchObject({ type: "process", documentation_url: "", logo_url: "" });
});

test("a pool can be made with the template of each", async () => {
  const { prefect } = (await workers()) as { prefect: Record<string, Metadata> };
  for (const { type, default_base_job_configuration: base_job_template } of Object.values(prefect)) {
    const pool = await app.call(createWorkPool, { body: { name: `my-${type}`, type, base_job_template } });
    expect(pool).toMatchObject({ type, base_job_template });
  }
});

for (const view of ["aggregate-flow-metadata", "aggregate-block-metadata"]) {
  test(`${view} is empty: nothing has to be installed`, async () => {
    expect(await app.send("GET", `/collections/views/${view}`)).toEqual({ status: 200, body: {} as never });
  });
}

for (const view of ["demo-flows", "constructor"]) {
  test(`'${view}' is 404`, async () => {
    const detail = `Requested content missing for view ${view}`;
    expect(await app.send("GET", `/collections/views/${view}`)).toEqual({ status: 404, body: { detail } as never });
  });
}
