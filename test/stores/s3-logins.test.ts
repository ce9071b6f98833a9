// Where AWS's own tools find keys, and orch after them: by the executable, against moto and small endpoints of the test.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox, type Result, type Sandbox } from "../binary/sandbox.ts";
import { saveBlock } from "./deployed.ts";
import { KEY, type Moto, possible, SECRET, startMoto } from "./moto.ts";

/** As 'aws configure sso' writes it. */
const SESSION = `[profile p]
sso_session = s
sso_account_id = 123456789012
sso_role_name = deploy
[sso-session s]
sso_start_url = https://x.awsapps.com/start
sso_region = us-east-1
`;

let moto: Moto;
let server: Sandbox;
let api: string;
beforeAll(async () => {
  if (!possible) return;
  moto = await startMoto();
  server = createSandbox();
  const started = server.start(["server", "start", "--port", "0"]);
  api = `${(await started.until(/running at (http:\S+?),/))[1]}/api`;
});
afterAll(async () => {
  await server?.close();
  await moto?.stop();
});

describe.skipIf(!possible)("blocks 1: a block without keys takes those of the machine", () => {
  let container: Bun.Server<undefined>;
  beforeAll(() => {
    const expiration = new Date(Date.now() + 3_600_000).toISOString();
    const answer = { AccessKeyId: KEY, SecretAccessKey: SECRET, Token: "token", Expiration: expiration };
    const ofLogin = {
      accessKeyId: KEY,
      secretAccessKey: SECRET,
      sessionToken: "token",
      expiration: Date.parse(expiration),
    };
    const answerTo: Record<string, (request: Request) => Response> = {
      "/credentials": () => Response.json(answer),
      "/federation/credentials": ({ headers, url }) =>
        headers.get("x-amz-sso_bearer_token") === "of-a-login" && url.includes("role_name=deploy")
          ? Response.json({ roleCredentials: ofLogin })
          : new Response("", { status: 401 }),
      "/latest/api/token": ({ method }) => new Response("of-instance", { status: method === "PUT" ? 200 : 405 }),
      "/latest/meta-data/iam/security-credentials/": () => new Response("deploy"),
      "/latest/meta-data/iam/security-credentials/deploy": ({ headers }) =>
        headers.get("x-aws-ec2-metadata-token") === "of-instance"
          ? Response.json({ Code: "Success", Type: "AWS-HMAC", LastUpdated: expiration, ...answer })
          : new Response("", { status: 401 }),
    };
    container = Bun.serve({
      ...{ port: 0, hostname: "127.0.0.1" },
      fetch: (request) => answerTo[new URL(request.url).pathname]?.(request) ?? new Response("", { status: 404 }),
    });
  });
  afterAll(() => container?.stop(true));

  const cached = (name: string): [path: string, content: object] => [
    `.aws/sso/cache/${new Bun.CryptoHasher("sha1").update(name).digest("hex")}.json`,
    { accessToken: "of-a-login", expiresAt: new Date(Date.now() + 3_600_000).toISOString(), region: "us-east-1" },
  ];
  const role = "arn:aws:iam::123456789012:role/deploy";
  const kinds: [
    name: string,
    config: string,
    env: () => Record<string, string>,
    file?: [path: string, content: object],
  ][] = [
    ["variables", "", () => ({ AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: SECRET })],
    [
      "profile",
      `[profile p]\naws_access_key_id=${KEY}\naws_secret_access_key=${SECRET}\n`,
      () => ({ AWS_PROFILE: "p" }),
    ],
    [
      "role",
      `[profile p]\nrole_arn = ${role}\nsource_profile = base\nregion = eu-west-1\n[profile base]\naws_access_key_id=${KEY}\naws_secret_access_key=${SECRET}\n`,
      () => ({ AWS_PROFILE: "p", AWS_ENDPOINT_URL_STS: moto.url }),
    ],
    ["program", `[default]\ncredential_process = sh program\n`, () => ({})],
    [
      "web-identity",
      "",
      () => ({
        AWS_ROLE_ARN: role,
        AWS_WEB_IDENTITY_TOKEN_FILE: "token",
        AWS_ENDPOINT_URL_STS: moto.url,
        AWS_REGION: "us-east-1",
      }),
    ],
    ["container", "", () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}credentials` })],
    ["instance", "", () => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: container.url.origin })],
    ["single-sign-on", SESSION, () => ({ AWS_PROFILE: "p", AWS_ENDPOINT_URL_SSO: container.url.origin }), cached("s")],
    [
      "single-sign-on-without-a-session",
      "[profile p]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\nsso_account_id = 123456789012\nsso_role_name = deploy\n",
      () => ({ AWS_PROFILE: "p", AWS_ENDPOINT_URL_SSO: container.url.origin }),
      cached("https://x.awsapps.com/start"),
    ],
  ];
  /** Builds a deployment on a machine of its own, with that configuration and files below its home. */
  async function build(
    block: string,
    {
      config = "",
      env = {},
      file,
    }: { config?: string; env?: Record<string, string>; file?: [string, object] | undefined },
  ): Promise<Result> {
    const author = createSandbox();
    const made = { Version: 1, AccessKeyId: KEY, SecretAccessKey: SECRET };
    try {
      await Bun.write(join(author.home, ".aws/config"), config);
      if (file) await Bun.write(join(author.home, file[0]), JSON.stringify(file[1]));
      const flow = `import { flow } from "orch";\nexport const hello = flow(() => 1, { name: "hello" });\n`;
      writeFileSync(join(author.folder, "flow.ts"), flow);
      writeFileSync(join(author.folder, "program"), `echo '${JSON.stringify(made)}'\n`);
      writeFileSync(join(author.folder, "token"), "token");
      return await author.orch(["deployment", "build", "-n", "k", "-q", "q", "-sb", `s3/${block}`, "flow.ts:hello"], {
        env: { ORCH_API_URL: api, AWS_ENDPOINT_URL_S3: moto.url, ...env },
      });
    } finally {
      await author.close();
    }
  }

  for (const [name, config, env, file] of kinds) {
    test(name, async () => {
      const bucket = await moto.bucket();
      await saveBlock(api, "s3", `keys-of-${name}`, { bucket_path: bucket });
      const { code, stderr, stdout } = await build(`keys-of-${name}`, { config, env: env(), file });
      expect([stderr, code]).toEqual(["", 0]);
      expect(stdout).toContain(`to s3://${bucket}`);
    });
  }

  test("where there are none, a sentence says what to do", async () => {
    await saveBlock(api, "s3", "no-keys", { bucket_path: "bucket" });
    const { code, stderr } = await build("no-keys", { env: { AWS_EC2_METADATA_DISABLED: "true" } });
    expect(stderr).toMatch(/^No AWS credentials were found: .* Give the block a key, or set AWS_ACCESS_KEY_ID/);
    expect([stderr.trim().split("\n").length, code]).toEqual([1, 1]);
  });

  test("a login that is over is one sentence, without its token", async () => {
    await saveBlock(api, "s3", "over", { bucket_path: "bucket" });
    const [path, login] = cached("s");
    const { code, stderr } = await build("over", {
      config: SESSION,
      env: { AWS_PROFILE: "p", AWS_ENDPOINT_URL_SSO: container.url.origin },
      file: [path, { ...login, expiresAt: "2023-01-01T00:00:00Z" }],
    });
    expect(stderr).toMatch(
      /^No AWS credentials were found for the profile 'p': .*run 'aws sso login' with the corresponding profile\./,
    );
    expect([stderr.trim().split("\n").length, code, stderr.includes("of-a-login")]).toEqual([1, 1, false]);
  });
});
