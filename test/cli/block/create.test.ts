// `orch block create`: blocks of every type are made from fields, and read back by the API.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { BLOCK_TYPES } from "#blocks/registry.ts";
import type { JsonObject } from "#lib/json.ts";
import { type BlockShell, blockShell } from "./shell.ts";

let shell: BlockShell;
beforeAll(() => {
  shell = blockShell();
});
afterAll(() => shell.close());

const NOTIFY = { notify_type: "prefect_default" };
const JOB = {
  env: { A: "1" },
  labels: { "app.io/part": "x" },
  command: ["sh", "-c", "echo 'a b'"],
  stream_output: false,
};
const JOB_WORDS = ["env.A=1", "labels.app.io/part=x", `command=sh -c "echo 'a b'"`, "stream_output=no"];

/** What is typed, and what the API has then. `piped.txt` holds `s3cr3t` and a line break. */
const MADE: [slug: string, fields: string[], data: JsonObject][] = [
  [
    "azure",
    ["bucket_path=c/base", "azure_storage_connection_string=-", "azure_storage_anon=false"],
    { bucket_path: "c/base", azure_storage_connection_string: "s3cr3t", azure_storage_anon: false },
  ],
  [
    "custom-webhook",
    ["url=@piped.txt", "headers.X-Key=-", 'json_data={"n": 1.0}', "method=put"],
    { url: "s3cr3t", headers: { "X-Key": "s3cr3t" }, json_data: { n: JSON.rawJSON("1.0") }, method: "PUT" },
  ],
  ["date-time", ["value=2026-01-31 12:00"], { value: "2026-01-31T12:00:00+00:00" }],
  [
    "docker-container",
    [
      ...JOB_WORDS,
      "image=flows:1",
      "image_pull_policy=ALWAYS",
      "networks=a, b",
      "volumes=/a:/b",
      "mem_limit=1.5",
      "memswap_limit=2g",
      "privileged=yes",
    ],
    {
      type: "docker-container",
      ...JOB,
      image: "flows:1",
      image_pull_policy: "ALWAYS",
      networks: ["a", "b"],
      volumes: ["/a:/b"],
      mem_limit: 1.5,
      memswap_limit: "2g",
      privileged: true,
      auto_remove: false,
    },
  ],
  [
    "docker-registry",
    ["username=ada", "password=-", "registry_url=https://r.example"],
    { username: "ada", password: "s3cr3t", registry_url: "https://r.example", reauth: true },
  ],
  [
    "email",
    ["smtp_server=mail", "smtp_port=2525", "email_to=a@x, b@x", "email_to=c@x", "password=-"],
    {
      smtp_server: "mail",
      smtp_type: "STARTTLS",
      smtp_port: 2525,
      email_to: ["a@x", "b@x", "c@x"],
      password: "s3cr3t",
      verify: true,
    },
  ],
  [
    "gcs",
    ["bucket_path=b", "service_account_info=@key.json"],
    { bucket_path: "b", service_account_info: '{\n  "type": "service_account"\n}\n' },
  ],
  [
    "github",
    ["repository=https://github.com/o/r", "reference=v1", "access_token=-", "include_git_objects=0"],
    { repository: "https://github.com/o/r", reference: "v1", access_token: "s3cr3t", include_git_objects: false },
  ],
  ["gitlab-credentials", ["token=-", "url=https://git.example"], { token: "s3cr3t", url: "https://git.example" }],
  ["gitlab-repository", ["repository=https://gitlab.com/o/r"], { repository: "https://gitlab.com/o/r" }],
  [
    "json",
    ['value={"a": [12345678901234567890, null]}'],
    { value: { a: [JSON.rawJSON("12345678901234567890"), null] } },
  ],
  [
    "kubernetes-cluster-config",
    ["config=@kube.yaml", "context_name=dev"],
    { config: { apiVersion: "v1", contexts: [{ name: "dev" }] }, context_name: "dev" },
  ],
  [
    "kubernetes-job",
    [
      ...JOB_WORDS,
      "namespace=flows",
      'customizations=[{"op": "add", "path": "/a", "value": 5}]',
      "job=@kube.yaml",
      "finished_job_ttl=60",
    ],
    {
      type: "kubernetes-job",
      ...JOB,
      namespace: "flows",
      customizations: [{ op: "add", path: "/a", value: 5 }],
      job: { apiVersion: "v1", contexts: [{ name: "dev" }] },
      finished_job_ttl: 60,
      pod_watch_timeout_seconds: 60,
    },
  ],
  ["local-file-system", ["basepath=/srv/flows"], { basepath: "/srv/flows" }],
  [
    "mattermost-webhook",
    ["hostname=h", "token=-", 'channels=["a,b"]'],
    { ...NOTIFY, hostname: "h", token: "s3cr3t", channels: ["a,b"], include_image: false, port: 8065 },
  ],
  ["ms-teams-webhook", ["url=-"], { ...NOTIFY, url: "s3cr3t" }],
  [
    "opsgenie-webhook",
    ["apikey=-", "tags=a,b", "details=a=1,b=2", "region_name=EU"],
    {
      ...NOTIFY,
      apikey: "s3cr3t",
      tags: ["a", "b"],
      details: { a: "1", b: "2" },
      region_name: "eu",
      batch: false,
      priority: 3,
    },
  ],
  [
    "pager-duty-webhook",
    ["integration_key=-", "api_key=@piped.txt", "clickable_url=https://x.example"],
    {
      notify_type: "info",
      integration_key: "s3cr3t",
      api_key: "s3cr3t",
      clickable_url: "https://x.example",
      source: "Prefect",
      component: "Notification",
      region_name: "us",
      include_image: true,
    },
  ],
  [
    "process",
    [...JOB_WORDS, "env=@dot.env", "working_dir=/srv"],
    { type: "process", ...JOB, env: { B: "x=y", C: "", A: "1" }, working_dir: "/srv" },
  ],
  [
    "remote-file-system",
    [
      "basepath=sftp://h/p",
      'settings={"port": 22}',
      "settings.username=ada",
      "settings.password=-",
      "settings.look.for_keys=false",
    ],
    { basepath: "sftp://h/p", settings: { port: 22, username: "ada", password: "s3cr3t", look: { for_keys: false } } },
  ],
  [
    "s3",
    ["bucket_path=b/base", "aws_access_key_id=@piped.txt", "aws_secret_access_key=-"],
    { bucket_path: "b/base", aws_access_key_id: "s3cr3t", aws_secret_access_key: "s3cr3t" },
  ],
  ["secret", ["value=-"], { value: "s3cr3t" }],
  ["slack-webhook", ["url=-", "notify_type=warning"], { notify_type: "warning", url: "s3cr3t" }],
  [
    "smb",
    ["share_path=s/f", "smb_host=h", "smb_port=445", "smb_username=@piped.txt", "smb_password=-"],
    { share_path: "s/f", smb_host: "h", smb_port: 445, smb_username: "s3cr3t", smb_password: "s3cr3t" },
  ],
  ["string", ["value=@@a=b"], { value: "@a=b" }],
  [
    "twilio-sms",
    ["account_sid=a", "auth_token=-", "from_phone_number=1", "to_phone_numbers=2"],
    { ...NOTIFY, account_sid: "a", auth_token: "s3cr3t", from_phone_number: "1", to_phone_numbers: ["2"] },
  ],
  ["webhook", ["url=-", "method=GET", 'headers={"a": "b"}'], { url: "s3cr3t", method: "GET", headers: { a: "b" } }],
];

describe("C16: each type that a server knows is made from fields and read back by the API", () => {
  test("there is one of each", () => {
    expect(MADE.map(([slug]) => slug)).toEqual(BLOCK_TYPES.map(({ slug }) => slug).toSorted());
  });

  for (const [slug, fields, data] of MADE) {
    test(slug, async () => {
      shell.terminal.piped = "s3cr3t\n";
      shell.file("piped.txt", "s3cr3t\r\n");
      shell.file("key.json", '{\n  "type": "service_account"\n}\n');
      shell.file("kube.yaml", "apiVersion: v1\ncontexts:\n  - name: dev\n");
      shell.file("dot.env", "# variables\nB=x=y\n\nC=\n");
      const ran = await shell.make(slug, "it", ...fields);
      expect([ran.code, ran.out]).toEqual([0, expect.stringContaining(`Made the block ${slug}/it.\n`)]);
      expect(ran.out).toContain(`orch block inspect ${slug}/it`);
      expect(`${ran.out}${ran.err}`).not.toContain("s3cr3t");
      expect((await shell.saved(slug, "it")).data).toEqual(data);
    });
  }
});
