// Logs, and artifacts with the latest of each key.
import type { Talk } from "../talk.ts";
import { aFlow, each, NOBODY } from "./shared.ts";

export async function logs(talk: Talk): Promise<void> {
  const flow_id = await aFlow(talk, "etl 1");
  const flow_run_id = (await talk("POST /flow_runs/", { flow_id, name: "run 1" })).id;
  const line = (second: number, level: number, fields: object = {}) => ({
    ...{ name: "prefect.flow_runs", level, message: `line ${second}`, flow_run_id },
    ...{ timestamp: `2023-01-01T00:00:0${second}Z`, ...fields },
  });
  await talk("POST /logs/", [line(1, 20), line(2, 40, { task_run_id: NOBODY }), line(3, 10)]);
  await talk("POST /logs/", []);
  await each(talk, "POST /logs/", [
    [line(1, 20, { bogus: 1 })],
    [line(1, 20, { level: "loud" })],
    [line(1, 20, { flow_run_id: "x" })],
    [line(1, 20, { timestamp: "then" })],
    { level: 20 },
  ]);
  await talk("POST /logs/", [{}], { differs: { status: 422, because: "the old server answers 409" } });
  for (const logs of [
    { level: { ge_: 20 } },
    { level: { le_: 20 } },
    { level: { ge_: 20, le_: 30 } },
    { timestamp: { after_: "2023-01-01T00:00:02Z" } },
    { timestamp: { before_: "2023-01-01T00:00:02Z" } },
    { flow_run_id: { any_: [flow_run_id] } },
    { flow_run_id: { any_: [NOBODY] } },
    { task_run_id: { any_: [NOBODY] } },
    { operator: "or_", level: { ge_: 40 }, timestamp: { before_: "2023-01-01T00:00:01Z" } },
    null,
  ]) {
    await talk("POST /logs/filter", { logs });
  }
  await each(talk, "POST /logs/filter", [
    { sort: "TIMESTAMP_DESC" },
    { sort: "LEVEL_ASC" },
    { limit: 1, offset: 1 },
    { limit: 201 },
    { logs: { bogus: 1 } },
  ]);
  await talk("POST /logs/filter");
  await talk(`DELETE /flow_runs/${flow_run_id}`);
  await talk("POST /logs/filter", { limit: 1 });
}

export async function artifacts(talk: Talk): Promise<void> {
  const flow_id = await aFlow(talk, "etl 1");
  const flow_run_id = (await talk("POST /flow_runs/", { flow_id, name: "run 1" })).id;
  const first = await talk("POST /artifacts/", {
    key: "report",
    type: "markdown",
    data: "# one",
    description: "d",
    flow_run_id,
  });
  const second = await talk("POST /artifacts/", { key: "report", type: "markdown", data: "# two" });
  await talk("POST /artifacts/", {
    key: "rows",
    type: "table",
    data: [{ a: 1 }],
    metadata_: { note: "x".repeat(600) },
  });
  await talk("POST /artifacts/", { type: "result", data: { any: [1, null] }, task_run_id: NOBODY });
  await each(talk, "POST /artifacts/", [
    { key: "Bad Key" },
    { key: "x", bogus: 1 },
    { key: "y", flow_run_id: "z" },
    {},
  ]);
  await talk(`GET /artifacts/${first.id}`);
  await talk(`GET /artifacts/${NOBODY}`);
  await talk("GET /artifacts/report/latest");
  await talk("GET /artifacts/nobody/latest");
  await talk(`PATCH /artifacts/${second.id}`, { description: "new", data: "# three" });
  await talk(`PATCH /artifacts/${second.id}`, { key: "x" });
  await talk(`PATCH /artifacts/${NOBODY}`, { description: "x" });
  await talk(
    `PATCH /artifacts/${first.id}`,
    { description: "older" },
    { differs: { status: 204, because: "the old server changes it and answers 404" } },
  );
  await talk(`GET /artifacts/${second.id}`);
  for (const artifacts of [
    { key: { any_: ["report"] } },
    { key: { like_: "ROW" } },
    { key: { exists_: false } },
    { key: { exists_: true } },
    { type: { any_: ["table"] } },
    { type: { not_any_: ["table", "result"] } },
    { flow_run_id: { any_: [flow_run_id] } },
    { task_run_id: { any_: [NOBODY] } },
    { operator: "or_", key: { any_: ["rows"] }, type: { any_: ["result"] } },
  ]) {
    await talk("POST /artifacts/filter", { sort: "CREATED_DESC", artifacts });
    await talk("POST /artifacts/count", { artifacts });
    await talk("POST /artifacts/latest/filter", { sort: "KEY_ASC", artifacts });
    await talk("POST /artifacts/latest/count", { artifacts });
  }
  await each(talk, "POST /artifacts/filter", [
    { sort: "KEY_DESC", artifacts: { key: { any_: ["rows"] } } },
    { sort: "X" },
    { limit: 201 },
    { flows: { name: { any_: ["etl 1"] } } },
    { artifacts: { bogus: 1 } },
  ]);
  await each(talk, "POST /artifacts/latest/filter", [
    { artifacts: { latest_id: { any_: [second.id] } } },
    { sort: "UPDATED_DESC" },
    { flow_runs: { name: { any_: ["run 1"] } } },
  ]);
  await talk(`DELETE /artifacts/${second.id}`);
  await talk("GET /artifacts/report/latest");
  await talk(`DELETE /artifacts/${first.id}`);
  await talk("GET /artifacts/report/latest");
  await talk(`DELETE /artifacts/${first.id}`);
}
