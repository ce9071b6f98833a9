// Python programs for clients of Prefect 2.14 to 2.20: flows, what talks to the API, and the project of a deployment.

/** For `serve`, for workers and agents. `CLIENT` is the release. */
export const FLOWS = `
import os, time
from prefect import flow, task, suspend_flow_run
from prefect.concurrency.sync import concurrency
from prefect.input import RunInput

class Name(RunInput):
    name: str

@flow(log_prints=True)
def hi(n: int = 1):
    print("hello", n, os.environ.get("COLOUR"))

@flow(log_prints=True, persist_result=True)
def asks():
    print("got", suspend_flow_run(wait_for_input=Name, timeout=300).name)

@flow(log_prints=True)
def slow():
    print("begun")
    time.sleep(300)

@task
def add(n):
    return n + 1

tries = []
@task(retries=1)
def flaky():
    tries.append(1)
    if len(tries) == 1:
        raise ValueError("once")
    return 1

held, most = [], []
@task
def holds(n):
    with concurrency("db", 1):
        held.append(n)
        most.append(len(held))
        time.sleep(0.2)
        held.remove(n)

@flow
def child(n):
    return add(n)

@flow(log_prints=True)
def parent(n: int = 1):
    print("adding", n)
    for future in holds.map([1, 2]):
        future.wait()
    return child(n) + flaky()
`;

export const SERVE = `
from flows import hi
if __name__ == "__main__":
    hi.serve("served", interval=3600, parameters={"n": 7})
`;

/** Runs flows itself, then asks for what it left. Prints one line of JSON. */
export const TOUR = `
import asyncio, json, os, time
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName, DeploymentFilter, DeploymentFilterName
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.blocks.system import Secret
from prefect.artifacts import create_markdown_artifact
from prefect.deployments import run_deployment
import flows, prefect.variables

async def before():
    async with get_client() as client:
        await client._client.post("/v2/concurrency_limits/", json={"name": "db", "limit": 1})
asyncio.run(before())
began = time.monotonic()
found = {"result": flows.parent(1), "most": max(flows.most), "tries": len(flows.tries)}
found["seconds"] = time.monotonic() - began

Secret(value="hush").save("token")
found["secret"] = Secret.load("token").get()

async def after():
    async with get_client() as client:
        await create_markdown_artifact("all is well", key="report")
        found["artifacts"] = [a.key for a in await client.read_latest_artifacts() if a.key]
        await client._client.post("/variables/", json={"name": "colour", "value": "petrol"})
        runs = await client.read_flow_runs(flow_run_filter=FlowRunFilter(name=FlowRunFilterName(like_="-")))
        found["runs"] = sorted([run.state_name, bool(run.parent_task_run_id)] for run in runs)
        found["tasks"] = sorted(run.task_key.split(".")[-1] for run in await client.read_task_runs())
        for _ in range(50):
            logs = await client.read_logs()
            if any(log.message == "adding 1" for log in logs):
                break
            await asyncio.sleep(0.2)
        found["logged"] = any(log.message == "adding 1" for log in logs)

        flow_id = await client.create_flow(flows.parent)
        schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
        id = await client.create_deployment(flow_id, "checked", parameter_openapi_schema=schema, enforce_parameter_schema=True)
        try:
            await client.create_flow_run_from_deployment(id, parameters={"n": "x"})
            found["refused"] = ""
        except Exception as error:
            found["refused"] = str(error)
        run = await run_deployment("parent/checked", timeout=0, parameters={"n": 2})
        found["deployed"] = [run.state_name, run.parameters]
        named = DeploymentFilter(name=DeploymentFilterName(any_=["checked"]))
        found["found"] = [d.name for d in await client.read_deployments(deployment_filter=named)]
asyncio.run(after())
found["variable"] = prefect.variables.get("colour")
print("@@" + json.dumps(found))
`;

/** Several schedules of one deployment, through the client of 2.16 and later. */
export const SCHEDULES = `
import asyncio, json
from datetime import timedelta
from prefect.client.orchestration import get_client
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
import flows

async def main():
    async with get_client() as client:
        id = await client.create_deployment(await client.create_flow(flows.hi), "several")
        made = await client.create_deployment_schedules(
            id, [(CronSchedule(cron="0 5 * * *"), True), (IntervalSchedule(interval=timedelta(hours=3)), False)]
        )
        await client.update_deployment_schedule(id, made[1].id, active=True)
        both = [s.active for s in (await client.read_deployment(id)).schedules]
        await client.delete_deployment_schedule(id, made[0].id)
        await client.set_deployment_paused_state(id, True)
        left = await client.read_deployment(id)
        print("@@" + json.dumps([both, len(left.schedules), left.paused]))
asyncio.run(main())
`;

export const RESUME = `
import sys
from prefect import resume_flow_run
resume_flow_run(sys.argv[1], run_input={"name": "Ford"})
`;

/** Schedules as the release writes them. */
export function project(folder: string, several: boolean): string {
  const schedules = several
    ? 'schedules: [{cron: "0 5 * * *", timezone: Europe/Berlin}, {interval: 3600, active: false}]'
    : 'schedule: {cron: "0 5 * * *", timezone: Europe/Berlin}';
  return `
pull:
- prefect.deployments.steps.set_working_directory: {directory: ${folder}}
deployments:
- name: w
  entrypoint: flows.py:hi
  ${schedules}
  work_pool: {name: factory, job_variables: {env: {COLOUR: petrol}}}
- {name: a, entrypoint: "flows.py:asks", work_pool: {name: factory}}
- {name: s, entrypoint: "flows.py:slow", work_pool: {name: factory}}
`;
}
