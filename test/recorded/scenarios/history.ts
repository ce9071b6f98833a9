// Histories: of flow runs and task runs by interval, and of flow runs as dots.
import type { Talk } from "../talk.ts";
import { aFlow, each } from "./shared.ts";

const at = (time: string) => ({ type: "SCHEDULED", state_details: { scheduled_time: time } });
const RANGE = { history_start: "2031-01-01T00:00:00Z", history_end: "2031-01-02T00:00:00Z" };

export async function history(talk: Talk): Promise<void> {
  const flow_id = await aFlow(talk, "etl 1");
  const times = ["2031-01-01T00:00:00Z", "2031-01-01T05:59:59Z", "2031-01-01T06:00:00Z", "2031-01-02T00:00:00Z"];
  for (const [index, time] of times.entries()) {
    await talk("POST /flow_runs/", { flow_id, name: `run ${index}`, tags: [`t${index}`], state: at(time) });
  }
  const late = await talk("POST /flow_runs/", { flow_id, name: "late 1", state: at("2031-01-01T07:00:00Z") });
  await talk(`POST /flow_runs/${late.id}/set_state`, {
    state: { type: "SCHEDULED", name: "Late", state_details: { scheduled_time: "2031-01-01T07:00:00Z" } },
    force: true,
  });
  const flow_run_id = late.id;
  await talk("POST /task_runs/", {
    flow_run_id,
    task_key: "t",
    dynamic_key: "0",
    name: "task 1",
    state: at("2031-01-01T07:00:00Z"),
  });

  const bodies = [
    { ...RANGE, history_interval_seconds: 21_600 },
    { ...RANGE, history_interval_seconds: "PT12H" },
    { ...RANGE, history_interval_seconds: 50_000 },
    { ...RANGE, history_interval_seconds: 86_400, flow_runs: { tags: { all_: ["t0"] } } },
    { ...RANGE, history_interval_seconds: 86_400, flows: { name: { any_: ["nobody"] } } },
    { ...RANGE, history_interval_seconds: 86_400, task_runs: { name: { any_: ["task 1"] } } },
    { ...RANGE, history_interval_seconds: 0.5 },
    { ...RANGE, history_interval_seconds: "often" },
    { ...RANGE },
    { history_interval_seconds: 60 },
    { history_start: "2031-01-02T00:00:00Z", history_end: "2031-01-01T00:00:00Z", history_interval_seconds: 3600 },
  ];
  await each(talk, "POST /flow_runs/history", bodies);
  await each(talk, "POST /task_runs/history", bodies);
  await talk("POST /flow_runs/history");
  await talk("POST /flow_runs/history", {
    ...RANGE,
    history_interval_seconds: 86_400,
    work_queues: { name: { any_: ["x"] } },
  });
  await each(talk, "POST /ui/flow_runs/history", [
    {},
    { sort: "NAME_ASC", limit: 2 },
    { sort: "NAME_DESC", limit: 2, offset: 1 },
    { flow_runs: { name: { any_: ["run 1"] } } },
    { limit: 1001 },
    { limit: 0 },
    { offset: -1 },
    { sort: "BOGUS" },
  ]);
  await talk("POST /ui/flow_runs/history");
}
