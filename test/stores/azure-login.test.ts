// A service principal that logs in to Azure Blob Storage, by the executable: against Azurite and a token endpoint of the test.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { run } from "../python.ts";
import { type Azurite, possible, startAzurite } from "./azurite.ts";
import { deployAndRun } from "./deployed.ts";

const CLIENT_SECRET = "s3cret-of-the-principal";
let root: string;
let azurite: Azurite;
let authority: Bun.Server<undefined>;
const asked: string[] = [];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "orch-azure-"));
  if (!possible) return;
  const [key, certificate] = [join(root, "key.pem"), join(root, "certificate.pem")];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...names];
  await run([...made, "-keyout", key, "-out", certificate], true);
  azurite = await startAzurite({ key, certificate });
  authority = Bun.serve({
    ...{ port: 0, tls: { key: readFileSync(key, "utf8"), cert: readFileSync(certificate, "utf8") } },
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const own = `https://localhost:${authority.port}/tenant`;
      if (pathname.endsWith("/openid-configuration")) {
        return Response.json({
          ...{ token_endpoint: `${own}/oauth2/v2.0/token`, authorization_endpoint: `${own}/oauth2/v2.0/authorize` },
          ...{ issuer: `${own}/v2.0`, jwks_uri: `${own}/keys` },
        });
      }
      const body = await request.text();
      asked.push(body);
      if (!body.includes(CLIENT_SECRET) && !body.includes("client_assertion=of-the-pod")) {
        const text = `AADSTS7000215: Invalid client secret provided. Trace ID: 1`;
        return Response.json({ error: "invalid_client", error_description: text }, { status: 401 });
      }
      return Response.json({ access_token: token(), token_type: "Bearer", expires_in: 3600 });
    },
  });
});
afterAll(async () => {
  await azurite?.stop();
  await authority?.stop(true);
  rmSync(root, { recursive: true, force: true });
});

/** As Azurite wants it; it does not look at the signature. */
function token(): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    aud: "https://storage.azure.com",
    iss: "https://sts.windows.net/tenant/",
    nbf: now - 60,
    iat: now - 60,
  };
  return [{ alg: "RS256", typ: "JWT" }, { ...claims, exp: now + 3600 }, {}]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
}

describe.skipIf(!possible)("blocks 7: an identity", () => {
  const settings = async (secret: string) => ({
    basepath: `az://${await azurite.bucket()}/base`,
    settings: {
      ...{ account_name: "devstoreaccount1", account_host: azurite.url },
      ...{ tenant_id: "tenant", client_id: "client", client_secret: secret },
    },
  });
  const env = () => ({
    AZURE_AUTHORITY_HOST: `https://localhost:${authority.port}`,
    NODE_EXTRA_CA_CERTS: join(root, "certificate.pem"),
  });

  test("of a service principal logs in once for each upload, and once for each run", async () => {
    await deployAndRun("remote-file-system", await settings(CLIENT_SECRET), "flows", {
      ...{ env: env(), secrets: [CLIENT_SECRET] },
    });
    expect(asked).toHaveLength(4);
    expect(asked[0]).toContain("scope=https%3A%2F%2Fstorage.azure.com%2F.default");
  });

  const ofMachine = async () => ({
    basepath: `az://${await azurite.bucket()}/base`,
    settings: { account_name: "devstoreaccount1", account_host: azurite.url, anon: false },
  });

  test("may be that of a workload, whose token is in a file", async () => {
    asked.length = 0;
    writeFileSync(join(root, "of-the-pod"), "of-the-pod");
    const workload = {
      ...{ AZURE_CLIENT_ID: "workload", AZURE_TENANT_ID: "tenant" },
      AZURE_FEDERATED_TOKEN_FILE: join(root, "of-the-pod"),
    };
    await deployAndRun("remote-file-system", await ofMachine(), "flows", { env: { ...env(), ...workload } });
    expect(asked[0]).toContain("client_id=workload");
  });

  test("may be a developer's, who has logged in with Azure's own tool", async () => {
    const bin = join(root, "bin");
    mkdirSync(bin);
    const found = { accessToken: token(), expiresOn: "2099-01-01 00:00:00.000000", tokenType: "Bearer" };
    const script = `#!/bin/sh\necho "$*" >> ${join(root, "asked")}\necho '${JSON.stringify(found)}'\n`;
    writeFileSync(join(bin, "az"), script, { mode: 0o755 });
    const variables = { ...env(), PATH: `${bin}:${resolve("dist")}:/usr/bin:/bin` };
    await deployAndRun("remote-file-system", await ofMachine(), "flows", { env: variables });
    expect(readFileSync(join(root, "asked"), "utf8")).toContain(
      "account get-access-token --output json --resource https://storage.azure.com",
    );
  });

  test("of a service principal that is refused is a sentence without its secret", async () => {
    const failed = deployAndRun("remote-file-system", await settings("wrong-s3cret"), "flows", { env: env() });
    const { message } = await failed.then(
      () => expect.unreachable(),
      (error) => error,
    );
    expect(message).toContain("The service principal of the block cannot log in: ");
    expect(message).toContain("Invalid client secret provided. Look at its tenant ID, client ID and client secret.");
    expect(message).not.toContain("wrong-s3cret");
  });
});
