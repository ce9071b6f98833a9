// Flows: created once by name, filtered in every way, and taken along with all of theirs.
import type { Talk } from "../talk.ts";
import { BROKEN, each, NOBODY } from "./shared.ts";

export async function flows(talk: Talk): Promise<void> {
  const etl = await talk("POST /flows/", { name: "etl 1", tags: ["db", "nightly"] });
  await talk("POST /flows/", { name: "etl 1", tags: ["other"] });
  const report = await talk("POST /flows/", { name: "Report 2" });
  const empty = await talk("POST /flows/", { name: "empty 3", tags: ["db"] });
  await each(talk, "POST /flows/", [
    { name: 5 },
    { name: "a/b" },
    { name: "x%" },
    { name: null },
    { name: "y", bogus: 1 },
  ]);
  await each(talk, "POST /flows/", [
    { name: ["x"] },
    { name: "z 1", tags: "db" },
    { name: "z 2", tags: null },
    "{broken",
  ]);
  await talk("POST /flows/", {}, BROKEN);
  await talk("POST /flows/");

  await talk(`GET /flows/${etl.id}`);
  await talk(`GET /flows/${etl.id.toUpperCase()}`);
  await talk(`GET /flows/${etl.id.replaceAll("-", "")}`);
  await talk(`GET /flows/${NOBODY}`);
  await talk("GET /flows/not-an-id");
  await talk("GET /flows/name/etl%201");
  await talk("GET /flows/name/nobody");

  await talk(`PATCH /flows/${etl.id}`, { tags: ["db"] });
  await talk(`PATCH /flows/${etl.id}`, {});
  await talk(`PATCH /flows/${etl.id}`, { name: "new" });
  await talk(`PATCH /flows/${NOBODY}`, { tags: [] });
  await talk(`GET /flows/${etl.id}`);

  const run = await talk("POST /flow_runs/", { flow_id: etl.id, name: "run 1", state: { type: "RUNNING" } });
  await talk("POST /flow_runs/", { flow_id: report.id, name: "run 2", state: { type: "FAILED" } });
  await talk("POST /task_runs/", { flow_run_id: run.id, task_key: "t", dynamic_key: "0", name: "task 1" });
  await talk("POST /deployments/", { flow_id: report.id, name: "prod 1", tags: ["live"] });

  const filters = [
    {},
    { flows: {} },
    { flows: { name: { any_: ["etl 1", "empty 3"] } } },
    { flows: { name: { any_: [] } } },
    { flows: { name: { like_: "REP" } } },
    { flows: { name: { like_: "e_l" } } },
    { flows: { id: { any_: [report.id, NOBODY] } } },
    { flows: { tags: { all_: ["db"] } } },
    { flows: { tags: { all_: [] } } },
    { flows: { tags: { is_null_: true } } },
    { flows: { tags: { is_null_: false } } },
    { flows: { operator: "or_", name: { any_: ["Report 2"] }, tags: { all_: ["db"] } } },
    { flows: { operator: "and_", name: { any_: ["Report 2"] }, tags: { all_: ["db"] } } },
    { flows: { tags: { operator: "or_", all_: ["db"], is_null_: true } } },
    { flow_runs: { state: { type: { any_: ["FAILED"] } } } },
    { flow_runs: { name: { any_: ["run 1"] } }, task_runs: { name: { any_: ["task 1"] } } },
    { flow_runs: { name: { any_: ["run 2"] } }, task_runs: { name: { any_: ["task 1"] } } },
    { deployments: { name: { any_: ["prod 1"] } } },
    { deployments: { tags: { all_: ["live"] } }, flow_runs: { state: { name: { any_: ["Running"] } } } },
    { flows: null, deployments: null },
  ];
  for (const filter of filters) {
    await talk("POST /flows/filter", { sort: "NAME_ASC", ...filter });
    await talk("POST /flows/count", filter);
  }
  for (const sort of ["NAME_ASC", "NAME_DESC", "CREATED_DESC", "UPDATED_DESC"])
    await talk("POST /flows/filter", { sort });
  await each(talk, "POST /flows/filter", [
    { limit: 1 },
    { limit: 1, offset: 1 },
    { limit: 0 },
    { limit: 201 },
    { limit: -1 },
    { offset: -1 },
    { sort: "BOGUS" },
    { bogus: 1, limit: 1 },
    { flows: { bogus: 1 } },
    { flows: { name: { bogus: 1 } } },
    { flows: { id: { any_: ["x"] } } },
    { flows: { operator: "xor_" } },
    { flows: 5 },
  ]);
  await talk("POST /flows/filter");
  await talk("POST /flows/count");

  await talk(`DELETE /flows/${etl.id}`);
  await talk(`DELETE /flows/${etl.id}`);
  await talk(`GET /flow_runs/${run.id}`);
  await talk("POST /task_runs/count", {});
  await talk(`DELETE /flows/${empty.id}`);
  await talk("DELETE /flows/not-an-id");
}
