// What flows use beside flows and tasks: serving, tests on their own server, and packages of vendors, by the built-in engine.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
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

/** Serving that ends by a signal: that of its agent, or its own while it registers. */
const STOPPED = `import os, signal, sys
from prefect import flow, serve

@flow
def hello():
    pass

if __name__ == "__main__":
    first, second = [hello.to_deployment(name, cron="0 0 1 1 *") for name in ("first", "second")]
    if sys.argv[1] == "registers":
        second.apply = lambda: os.kill(os.getpid(), signal.SIGINT)
    else:
        os.environ["ORCH__EXECUTABLE"] = os.path.abspath("killed.sh")
    serve(first, second)
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

/** What is kept as a secret, what a process leaves behind, and a server that is elsewhere and cuts its first answer off. */
const CARE = `import asyncio, os, socket, tempfile, threading
from prefect import get_client, variables
from prefect.settings import PREFECT_API_KEY, PREFECT_API_URL, temporary_settings
from prefect_aws import AwsCredentials, S3Bucket
from prefect_gcp import GcpCredentials
from prefect_shell import ShellOperation
from prefect_sqlalchemy import ConnectionComponents, SqlAlchemyConnector, SyncDriver

gcp = GcpCredentials(service_account_info={"private_key": "hush"})
sqlite = ConnectionComponents(driver=SyncDriver.SQLITE_PYSQLITE, database="x", password="hush")
blocks = [
    gcp,
    S3Bucket(bucket_name="b", credentials=AwsCredentials(aws_secret_access_key="hush")),
    SqlAlchemyConnector(connection_info=sqlite),
]

async def hidden(block):
    async with get_client() as client:
        found = await client.read_block_document_by_name("kept", block.get_block_type_slug(), include_secrets=False)
        return "hush" in str(found.data)

for block in blocks:
    block.save("kept")
    print("shown", asyncio.run(hidden(block)), "hush" in repr(type(block).load("kept")))
print("whole", GcpCredentials.load("kept").info(), S3Bucket.load("kept").credentials.aws_secret_access_key.get_secret_value())

listener = socket.create_server(("127.0.0.1", 0))

def answer():
    body = b'{"value": "elsewhere"}'
    head = b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body)
    for end in (len(head) - 4, len(head) + 5, len(head) + len(body)):
        connection, _ = listener.accept()
        connection.recv(65536)
        connection.sendall((head + body)[:end])
        connection.close()

threading.Thread(target=answer, daemon=True).start()
with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:%d/api" % listener.getsockname()[1], PREFECT_API_KEY: "hush"}):
    print("key", repr(PREFECT_API_KEY))
    os.environ["OWN"] = "stays"
    print("value", variables.get("any"))
print("value", variables.get("any", default="here"), os.environ["OWN"])

tempfile.tempdir = tempfile.mkdtemp()
with ShellOperation(commands=["exec sleep 600"], shell="sh") as operation:
    process = operation.trigger()
try:
    ShellOperation(commands=["true"], shell="sh", working_dir="/there/is/none").run()
except OSError:
    print("left", process.return_code, os.listdir(tempfile.tempdir))
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
    write("stopped.py", STOPPED);
    write("killed.sh", "#!/bin/sh\nkill -9 $$\n");
    chmodSync(join(sandbox.folder, "killed.sh"), 0o755);
    for (const [how, code] of [
      ["killed", 137],
      ["registers", 130],
    ] as const) {
      expect(await sandbox.orch(["run", "stopped.py", "--", how], { env: all })).toMatchObject({ code, stderr: "" });
      expect(await deployment("first")).toMatchObject({ is_schedule_active: false });
    }
    await server.stop();

    async function deployment(name = "served") {
      const { stdout } = await sandbox.orch(["deployment", "inspect", `hello/${name}`, "--json"], { env: all });
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

  test("secrets within blocks are hidden, settings of a while hold, and a shell leaves nothing behind", async () => {
    write("care.py", CARE);
    const ran = await sandbox.orch(["run", "care.py"], { env });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    const shown = ran.stdout.split("\n").filter((line) => /^(shown|whole|key|value|left) /.test(line));
    expect(shown).toEqual([
      ...["shown False False", "shown False False", "shown False False", "whole {'private_key': 'hush'} hush"],
      ...["key <PREFECT_API_KEY: '**********'>", "value elsewhere", "value here stays", "left -9 []"],
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
