// The real Python client saves its blocks and deployments with our server: it registers its own types and schemas first.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createPrefect, type Prefect, possible } from "./prefect.ts";

let prefect: Prefect;
beforeAll(async () => {
  if (!possible) return;
  prefect = await createPrefect();
  mkdirSync(join(prefect.sandbox.folder, "code"));
  writeFileSync(
    join(prefect.sandbox.folder, "flows.py"),
    "from prefect import flow\n@flow\ndef hi(name: str = 'x'): return 1\n",
  );
});
afterAll(() => prefect?.close());

const IMPORTS = `
from prefect.blocks.system import DateTime, JSON, Secret, String
from prefect.blocks.webhook import Webhook
from prefect.filesystems import GCS, GitHub, LocalFileSystem, RemoteFileSystem, S3, SMB, Azure
from prefect.infrastructure import DockerContainer, KubernetesJob, Process
from prefect.deployments import Deployment, run_deployment
`;

const blocks: [block: string, shown: string, value: string][] = [
  ["Secret(value='x')", "get()", "x"],
  ["JSON(value={'a': [1, None]})", "value", "{'a': [1, None]}"],
  ["String(value='é')", "value", "é"],
  ["DateTime(value='2023-01-02T03:04:05Z')", "value", "2023-01-02 03:04:05+00:00"],
  ["Webhook(url='https://example.com/x', headers={'a': 'b'})", "url.get_secret_value()", "https://example.com/x"],
  ["LocalFileSystem(basepath='/tmp/x')", "basepath", "/tmp/x"],
  ["RemoteFileSystem(basepath='s3://b', settings={'key': 'k'})", "settings", "{'key': 'k'}"],
  ["S3(bucket_path='b', aws_access_key_id='k')", "aws_access_key_id.get_secret_value()", "k"],
  ["GCS(bucket_path='b')", "bucket_path", "b"],
  ["Azure(bucket_path='b', azure_storage_anon=False)", "azure_storage_anon", "False"],
  ["SMB(share_path='/s', smb_host='h', smb_port=445)", "smb_port", "445"],
  ["GitHub(repository='https://github.com/a/b')", "repository", "https://github.com/a/b"],
  ["Process(env={'A': None}, command=['true'])", "command", "['true']"],
  ["DockerContainer(image='i', auto_remove=True)", "auto_remove", "True"],
  ["KubernetesJob(image='i', namespace='n')", "namespace", "n"],
];

test.skipIf(!possible)("blocks are saved and loaded", async () => {
  const steps = blocks.map(
    ([block, shown], index) => `${block}.save("b${index}"); print(${block.split("(")[0]}.load("b${index}").${shown})`,
  );
  expect((await prefect.python(IMPORTS + steps.join("\n"))).split("\n")).toEqual(blocks.map(([, , value]) => value));
});

test.skipIf(!possible)("a deployment is built, applied and run", async () => {
  const code = `${IMPORTS}
from flows import hi
LocalFileSystem(basepath="${prefect.sandbox.folder}/code").save("code")
deployment = Deployment.build_from_flow(
    flow=hi, name="d", work_queue_name="q", storage=LocalFileSystem.load("code"), infrastructure=Process(env={"A": "b"}))
print(deployment.apply() is not None)
run = run_deployment("hi/d", timeout=0)
print(run.state.type.value, run.parameters)`;
  expect((await prefect.python(code)).split("\n").slice(-2)).toEqual(["True", "SCHEDULED {}"]);
});

test.skipIf(!possible)("what orch saves it loads, and the other way round", async () => {
  const program = `import { JSONBlock, LocalFileSystem, Secret, Webhook } from "orch";
await new Secret({ value: "ours" }).save("ours");
await new Webhook({ url: "https://example.com/ours", headers: { a: "b" } }).save("ours");
await new LocalFileSystem({ basepath: "/ours" }).save("ours");
console.log((await Secret.load("theirs")).get(), JSON.stringify((await JSONBlock.load("theirs")).value));
`;
  await prefect.python(`${IMPORTS}\nSecret(value="theirs").save("theirs"); JSON(value={"a": [1.5]}).save("theirs")`);
  writeFileSync(join(prefect.sandbox.folder, "save.ts"), program);
  const { stdout, stderr } = await prefect.sandbox.orch(["run", "save.ts"]);
  expect([stdout, stderr]).toEqual([`theirs {"a":[1.5]}\n`, ""]);
  const loaded = `print(Secret.load("ours").get(), Webhook.load("ours").url.get_secret_value(), LocalFileSystem.load("ours").basepath)`;
  expect(await prefect.python(`${IMPORTS}\n${loaded}`)).toBe("ours https://example.com/ours /ours");
});

const commands: [words: string[], shown: string[]][] = [
  [["block", "ls"], ["local-file-system/code"]],
  [["block", "inspect", "local-file-system/code"], ["basepath"]],
  [["block", "type", "ls"], ["kubernetes-cluster-config"]],
  [["block", "type", "inspect", "secret"], ["Block Type id"]],
  [["deployment", "ls"], ["hi/d"]],
];
test.skipIf(!possible)("its command line shows them", async () => {
  for (const [words, shown] of commands) {
    const out = await prefect.python(
      `from prefect.cli import app\nimport sys\nsys.argv = ["prefect", *${JSON.stringify(words)}]\napp()`,
    );
    for (const text of shown) expect(out).toContain(text);
  }
});
