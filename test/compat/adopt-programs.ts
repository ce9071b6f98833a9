// A Python program that fills a server of Prefect 2.10.4 with every kind of object that its client makes.

export const FLOWS = `
from prefect import flow
@flow(log_prints=True)
def hi(n: int = 3, name: str = "x"):
    print("hi", n, name)
`;

export const FILL = `
import asyncio, datetime, os
from typing import Optional
from pydantic import SecretStr
from prefect import flow, task, get_client, get_run_logger
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.blocks.core import Block
from prefect.blocks.notifications import SlackWebhook
from prefect.blocks.system import JSON, Secret, String
from prefect.deployments import Deployment
from prefect.filesystems import LocalFileSystem
from prefect.infrastructure import Process
from prefect.server.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule
from prefect.states import Pending, Running
from prefect.tasks import task_input_hash

class Credentials(Block):
    user: str
    password: SecretStr

class Warehouse(Block):
    host: str
    credentials: Credentials
    note: Optional[str] = None

@task(cache_key_fn=task_input_hash, persist_result=True)
def double(n):
    get_run_logger().info("doubling %s, in words: zwölf", n)
    return n * 2

@task(tags=["db"])
def fails():
    raise ValueError("bad luck")

@flow
def child(n: int = 1):
    return double(n)

@flow(log_prints=True, persist_result=True)
def parent(n: int = 3, name: str = "x"):
    print("hello", name)
    create_markdown_artifact("# all *well*", key="report")
    create_table_artifact([{"a": 1}, {"a": None}], key="table")
    double(n)
    double(n)
    return child(n)

@flow
def unlucky():
    fails()

async def before():
    async with get_client() as client:
        post = client._client.post
        await client.create_concurrency_limit("db", 3)
        await post("/variables/", json={"name": "colour", "value": "petrol", "tags": ["a", "b"]})
        await client._client.put("/saved_searches/", json={"name": "mine", "filters": []})
        await post("/work_pools/", json={"name": "pool", "type": "process", "concurrency_limit": 4,
            "base_job_template": {"job_configuration": {"command": "{{ command }}"},
                "variables": {"properties": {"command": {"type": "string"}}}}})
        await post("/work_pools/pool/queues", json={"name": "urgent", "description": "first", "concurrency_limit": 2})
        await client.create_work_queue(name="slow")

async def after():
    async with get_client() as client:
        block = await SlackWebhook(url="https://hooks.example.com/services/T/B/secret").save("slack")
        await client._client.post("/flow_run_notification_policies/", json={"is_active": True,
            "state_names": ["Failed"], "tags": ["x"], "block_document_id": str(block)})
        for name in ("parent/cron", "parent/interval"):
            found = await client.read_deployment_by_name(name)
            await client._client.post(f"/deployments/{found.id}/schedule", json={})
        await client.create_flow_run_from_deployment(found.id, parameters={"n": 9007199254740993})
        stuck = await client.create_flow_run(unlucky, name="stuck", tags=["hand"])
        await client.set_flow_run_state(stuck.id, Pending())
        await client.set_flow_run_state(stuck.id, Running())

def deploy(name, **more):
    made = Deployment.build_from_flow(flow=parent, name=name, skip_upload=True, path=os.getcwd(),
        entrypoint="flows.py:hi", **more)
    made.apply()

asyncio.run(before())
Secret(value="hush ü").save("token")
JSON(value={"a": [1, 2.0, None], "b": {"c": "d"}}).save("settings")
String(value="plain").save("words")
Credentials(user="me", password="p4ss").save("creds")
Warehouse(host="h", credentials=Credentials.load("creds")).save("house")
LocalFileSystem(basepath=os.getcwd()).save("here")
Process(env={"A": "1"}).save("proc")
deploy("cron", schedule=CronSchedule(cron="0 12 * * *", timezone="Europe/Berlin"), tags=["t1"],
    parameters={"name": "né"}, description="d", version="1")
deploy("interval", schedule=IntervalSchedule(interval=datetime.timedelta(seconds=90.5)), infrastructure=Process.load("proc"),
    storage=LocalFileSystem.load("here"))
deploy("rrule", schedule=RRuleSchedule(rrule="FREQ=DAILY;COUNT=5"), is_schedule_active=False)
deploy("pooled", work_pool_name="pool", work_queue_name="urgent", infra_overrides={"command": "x"})
deploy("by-hand", work_queue_name="slow")
parent(3, "world")
try:
    unlucky()
except ValueError:
    pass
asyncio.run(after())
`;
