// What flows use beside flows and tasks: serving, tests on their own server, and packages of vendors, by the built-in engine.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pythonHere } from "./python-here.ts";
import { createSandbox, type Sandbox } from "./sandbox.ts";

const python = pythonHere();

const SERVED = `from prefect import flow, serve

@flow(log_prints=True)
def hello(name: str = "nobody"):
    print("hello", name)

if __name__ == "__main__":
    hello.serve(name="served", cron="0 0 1 1 *", tags=["kept"])
`;

const HARNESS = `import asyncio
from prefect import flow, get_client
from prefect.client.schemas.filters import FlowFilter
from prefect.testing.utilities import prefect_test_harness

@flow
def adds(n: int):
    return n + 1

async def count():
    async with get_client() as client:
        return len(await client.read_flow_runs(flow_filter=FlowFilter(name={"any_": ["adds"]})))

if __name__ == "__main__":
    with prefect_test_harness():
        assert adds(1) == 2
        print("within", asyncio.run(count()))
    print("outside", asyncio.run(count()))
`;

/** What each says that works by a package which is not there, and by one that is. */
const VENDORS = `import os, sys, tempfile
from prefect_aws import AwsCredentials, S3Bucket
from prefect_gcp.cloud_storage import GcsBucket
from prefect_sqlalchemy import SqlAlchemyConnector
from prefect.filesystems import RemoteFileSystem, S3

def said(call):
    try:
        return call()
    except Exception as error:
        return "%s: %s" % (type(error).__name__, str(error).replace(sys.executable, "python3"))

bucket = S3Bucket(bucket_name="bucket", credentials=AwsCredentials(aws_access_key_id="a", aws_secret_access_key="b"), bucket_folder="base")
for call in (
    lambda: bucket.read_path("key"),
    lambda: GcsBucket(bucket="bucket").read_path("key"),
    lambda: SqlAlchemyConnector(connection_info="sqlite://").fetch_all("SELECT 1"),
    lambda: RemoteFileSystem(basepath="s3://bucket").read_path("key"),
):
    print(said(call))
if "--boto3" in sys.argv:
    source = os.path.join(tempfile.mkdtemp(), "up.txt")
    with open(source, "w") as file:
        file.write("up")
    print(bucket.write_path("a/b.txt", b"written"), bucket.read_path("base/a/b.txt"))
    print(bucket.upload_from_path(source), bucket.upload_from_folder(os.path.dirname(source), "folder"))
    target = tempfile.mkdtemp()
    bucket.get_directory("", target)
    print(sorted(os.path.relpath(os.path.join(folder, name), target) for folder, _, names in os.walk(target) for name in names))
    print([item["Key"] for item in bucket.list_objects("folder")], repr(bucket.credentials.aws_secret_access_key))
`;

/** Commands, mail and tasks of Dask need the standard library alone. A thread takes the mail. */
const WHOLE = `import socket, threading
from prefect import flow, task
from prefect_dask import DaskTaskRunner
from prefect_email import EmailServerCredentials, email_send_message
from prefect_shell import ShellOperation, shell_run_command

listener = socket.create_server(("127.0.0.1", 0))
mail = []

def take():
    connection, _ = listener.accept()
    file = connection.makefile("rb")
    connection.sendall(b"220 here\\r\\n")
    is_text = False
    for line in file:
        line = line.decode().rstrip("\\r\\n")
        mail.append(line)
        if is_text and line != ".":
            continue
        is_text = line.upper() == "DATA"
        connection.sendall(b"354 go on\\r\\n" if is_text else b"221 bye\\r\\n" if line.upper() == "QUIT" else b"250 ok\\r\\n")
        if line.upper() == "QUIT":
            return connection.close()

taker = threading.Thread(target=take, daemon=True)
taker.start()

@task
def double(n):
    return n * 2

@flow(task_runner=DaskTaskRunner(cluster_kwargs={"n_workers": 2}))
def whole():
    lines = ShellOperation(commands=["echo one", "echo $WORD"], env={"WORD": "two"}, shell="sh").run()
    try:
        ShellOperation(commands=["exit 3"], shell="sh").run()
    except RuntimeError as error:
        lines.append(str(error).split(" ", 2)[2])
    lines += shell_run_command("echo a; echo b", shell="sh", return_all=True)
    server = EmailServerCredentials(smtp_server="127.0.0.1", smtp_type="INSECURE", smtp_port=listener.getsockname()[1])
    email_send_message(subject="of the flow", msg="<p>hi</p>", email_server_credentials=server, email_from="a@b.c", email_to="d@e.f, g@h.i")
    taker.join()
    return lines + [future.result() for future in double.map([1, 2])]

print("whole", whole())
print([line for line in mail if line.lower().startswith(("rcpt", "subject", "<p>"))])
`;

/** As much of boto3 as a bucket needs, in memory. */
const BOTO3 = `import io
OBJECTS = {}

class Session:
    def __init__(self, **fields):
        assert fields == {"aws_access_key_id": "a", "aws_secret_access_key": "b"}, fields
    def client(self, kind, **options):
        return self
    def get_object(self, Bucket, Key):
        return {"Body": io.BytesIO(OBJECTS[Key])} if Key in OBJECTS else {"Body": io.BytesIO(b"none")}
    def put_object(self, Bucket, Key, Body):
        OBJECTS[Key] = Body
    def get_paginator(self, name):
        return self
    def paginate(self, Bucket, Prefix, Delimiter=""):
        return [{"Contents": [{"Key": key} for key in sorted(OBJECTS) if key.startswith(Prefix)]}]
`;

describe.skipIf(!python)("python 6:", () => {
  let sandbox: Sandbox;
  const env = { ORCH_PYTHON: python ?? "", ORCH_PYTHON_ENGINE: "built-in" };
  beforeAll(() => {
    sandbox = createSandbox();
  });
  afterAll(() => sandbox.close());

  function write(file: string, text: string): void {
    const path = join(sandbox.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  test("a flow is served: its deployment is there, its runs are executed, and a stop pauses its schedule", async () => {
    write("served.py", SERVED);
    const without = await sandbox.orch(["run", "served.py"], { env });
    expect(without).toEqual({
      code: 1,
      stdout: "",
      stderr: "serve() needs a server that schedules runs, and none is running. Start one: orch server start\n",
    });
    const server = sandbox.start(["server", "start", "--port", "0"]);
    const all = { ...env, ORCH_API_URL: `${(await server.until(/running at (http:\S+?),/))[1]}/api` };
    const serving = sandbox.start(["run", "served.py"], all);
    await serving.until(/Your flow 'hello' is being served\. Run it: orch deployment run 'hello\/served'\n/);
    const words = ["deployment", "run", "hello/served", "--param", "name=you", "--watch"];
    const ran = await sandbox.orch(words, { env: all });
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("hello you") });
    expect(await deployment()).toMatchObject({ is_schedule_active: true, tags: ["kept"] });
    expect(await serving.stop()).toBe(0);
    expect(await deployment()).toMatchObject({ is_schedule_active: false });
    await server.stop();

    async function deployment() {
      const { stdout } = await sandbox.orch(["deployment", "inspect", "hello/served", "--json"], { env: all });
      return JSON.parse(stdout);
    }
  }, 120_000);

  test("flows of tests run on their own server", async () => {
    write("harness.py", HARNESS);
    const ran = await sandbox.orch(["run", "harness.py"], { env });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout.split("\n").filter((line) => /^(within|outside)/.test(line))).toEqual(["within 1", "outside 0"]);
  }, 120_000);

  test("blocks of vendors name the package that they need, and work by it", async () => {
    write("vendors.py", VENDORS);
    // Without what the machine's Python has.
    const folder = join(sandbox.folder, "empty");
    expect(Bun.spawnSync([python ?? "", "-m", "venv", "--without-pip", folder]).success).toBe(true);
    const empty = { ...env, ORCH_PYTHON: join(folder, "bin/python") };
    const needs = (block: string, name: string) =>
      `ImportError: ${block} needs the package '${name}', which is not installed: python3 -m pip install ${name}`;
    const bare = [
      needs("AwsCredentials", "boto3"),
      needs("GcpCredentials", "google-cloud-storage"),
      needs("SqlAlchemyConnector", "sqlalchemy"),
      needs("RemoteFileSystem", "fsspec"),
    ];
    const without = await sandbox.orch(["run", "vendors.py"], { env: empty });
    expect(without).toEqual({ code: 0, stdout: `${bare.join("\n")}\n`, stderr: "" });
    write("there/boto3.py", BOTO3);
    write("there/vendors.py", VENDORS);
    const ran = await sandbox.orch(["run", "there/vendors.py", "--", "--boto3"], { env: empty });
    expect(ran.code).toBe(0);
    expect(ran.stdout.trimEnd().split("\n").slice(4)).toEqual([
      "base/a/b.txt b'written'",
      "base/up.txt base/folder",
      "['a/b.txt', 'folder/up.txt', 'up.txt']",
      "['base/folder/up.txt'] SecretStr('**********')",
    ]);
  }, 120_000);

  test("commands of a shell, mail and tasks of Dask", async () => {
    write("whole.py", WHOLE);
    const ran = await sandbox.orch(["run", "whole.py"], { env });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout.trimEnd().split("\n").slice(-2)).toEqual([
      "whole ['one', 'two', 'failed with return code 3.', 'a', 'b', 2, 4]",
      "['rcpt TO:<d@e.f>', 'rcpt TO:<g@h.i>', 'Subject: of the flow', '<p>hi</p>']",
    ]);
    expect(ran.stdout).toContain("DaskTaskRunner: the built-in engine has no Dask, so tasks run in threads");
  }, 120_000);

  test("a package of Prefect's that is installed is taken", async () => {
    write("own/prefect_aws/__init__.py", "S3Bucket = 'the real one'\n");
    write("own/taken.py", "from prefect_aws import S3Bucket\nprint(S3Bucket)\n");
    expect(await sandbox.orch(["run", "own/taken.py"], { env })).toEqual({
      ...{ code: 0, stdout: "the real one\n", stderr: "" },
    });
  }, 120_000);
});
