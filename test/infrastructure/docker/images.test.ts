// Names of images, their usual pull policy, and the credentials for their registries.
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authHeader, credentialsOfBlock, keptCredentials } from "#infrastructure/docker/credentials.ts";
import { parseImageName, registryHost, usualPullPolicy } from "#infrastructure/docker/image-name.ts";

const NAMES: [image: string, registry: string, repository: string, tag: string | null, policy: string][] = [
  ["flows", "docker.io", "flows", null, "ALWAYS"],
  ["flows:latest", "docker.io", "flows", "latest", "ALWAYS"],
  ["team/flows:2", "docker.io", "team/flows", "2", "IF_NOT_PRESENT"],
  ["registry.lan:5000/flows", "registry.lan:5000", "registry.lan:5000/flows", null, "ALWAYS"],
  ["ghcr.io/team/flows:2", "ghcr.io", "ghcr.io/team/flows", "2", "IF_NOT_PRESENT"],
  ["localhost/flows:2", "localhost", "localhost/flows", "2", "IF_NOT_PRESENT"],
  [`flows@sha256:${"a".repeat(64)}`, "docker.io", "flows", null, "IF_NOT_PRESENT"],
];
for (const [image, registry, repository, tag, policy] of NAMES) {
  test(`${image.slice(0, 30)}: from ${registry}, pulled ${policy}`, () => {
    const name = parseImageName(image);
    expect(name).toMatchObject({ registry, repository, tag });
    expect(usualPullPolicy(name)).toBe(policy as "ALWAYS" | "IF_NOT_PRESENT");
  });
}

test("a registry has many ways to be written", () => {
  const hub = ["https://index.docker.io/v1/", "docker.io", "registry-1.docker.io", "index.docker.io"];
  expect(hub.map(registryHost)).toEqual(hub.map(() => "docker.io"));
  expect(["https://r.lan/v2/", "r.lan:5000"].map(registryHost)).toEqual(["r.lan", "r.lan:5000"]);
});

describe("blocks 16: the login at a registry", () => {
  const folder = mkdtempSync(join(tmpdir(), "orch-registry-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const basic = (user: string) => ({ auth: Buffer.from(`${user}:pa:ss`).toString("base64") });

  function env(config: object): Record<string, string> {
    const home = mkdtempSync(join(folder, "home-"));
    mkdirSync(join(home, ".docker"));
    writeFileSync(join(home, ".docker", "config.json"), JSON.stringify(config));
    return { HOME: home, PATH: `${folder}:${process.env["PATH"]}` };
  }

  test("is the block's", () => {
    const block = { username: "me", password: "secret", registry_url: "r.lan" };
    expect(credentialsOfBlock(block, "x")).toEqual({ username: "me", password: "secret", serveraddress: "r.lan" });
    expect(credentialsOfBlock(null, "x")).toBeUndefined();
    const sentence = "The 'x' of the infrastructure needs username, password and registry_url.";
    expect(() => credentialsOfBlock({ username: "me" }, "x")).toThrow(sentence);
  });

  test("or what `docker login` has kept", async () => {
    const kept = env({
      auths: { "https://index.docker.io/v1/": basic("hub"), "r.lan": { identitytoken: "tok" }, "e.lan": {} },
    });
    expect(await keptCredentials("docker.io", kept)).toMatchObject({ username: "hub", password: "pa:ss" });
    expect(await keptCredentials("r.lan", kept)).toEqual({ identitytoken: "tok", serveraddress: "r.lan" });
    expect(await keptCredentials("e.lan", kept)).toBeUndefined();
    expect(await keptCredentials("other.lan", kept)).toBeUndefined();
    expect(await keptCredentials("r.lan", { HOME: "/nowhere" })).toBeUndefined();
  });

  test("or what a credential helper knows, for one registry or for all", async () => {
    const helper = join(folder, "docker-credential-mine");
    writeFileSync(
      helper,
      `#!/bin/sh\nread -r host || true\n[ "$host" = r.lan ] && echo '{"Username":"h","Secret":"s"}' && exit 0\n` +
        `[ "$host" = t.lan ] && echo '{"Username":"<token>","Secret":"t"}' && exit 0\necho 'credentials not found'; exit 1\n`,
    );
    chmodSync(helper, 0o755);
    expect(await keptCredentials("r.lan", env({ credHelpers: { "r.lan": "mine" } }))).toMatchObject({
      username: "h",
      password: "s",
    });
    const all = env({ credsStore: "mine", auths: { "x.lan": basic("plain") } });
    expect(await keptCredentials("t.lan", all)).toMatchObject({ identitytoken: "t" });
    expect(await keptCredentials("x.lan", all)).toMatchObject({ username: "plain" });
    expect(await keptCredentials("r.lan", env({ credsStore: "missing" }))).toBeUndefined();
  });

  test("goes to the engine url-safe, with padding", () => {
    const header = authHeader({ username: "ü??>>", password: "~~", serveraddress: "r.lan" });
    expect(header).toMatch(/^[A-Za-z0-9_-]+=*$/);
    expect(header.length % 4).toBe(0);
  });
});
