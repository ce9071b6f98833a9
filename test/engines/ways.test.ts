// Ways between containers, engine and server on a real dockerd: networks, TLS, registries, worker pools, and orch's own image.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createDockerInfrastructure } from "#infrastructure/docker/docker.ts";
import { systemClock } from "#lib/clock.ts";
import { createSandbox, type Sandbox } from "../binary/sandbox.ts";
import { never, shellJob } from "../infrastructure/contract.ts";
import { freePort } from "../stores/free-port.ts";
import { engineHere, startDockerd } from "./engine.ts";
import { importBase, importFlows, importShell } from "./images.ts";

const real = await engineHere(startDockerd);
const SECONDS = 60;
const IMAGE = "localhost/orch-flows:1";
const KEY = "a-key-for-the-tests";
const FLOWS = `import { flow, getRunLogger } from "orch";
export const hello = flow(async function hello() { getRunLogger().info("hello from " + process.env.ORCH_API_URL); });
`;

let sandbox: Sandbox;
let env: Record<string, string>;
let api: string;
beforeAll(async () => {
  if (!real) return;
  await importShell(real, "orch-shell:1");
  await importFlows(real, IMAGE, resolve("dist/orch"), { "flows.ts": FLOWS });
  sandbox = createSandbox();
  writeFileSync(join(sandbox.folder, "flows.ts"), FLOWS);
  const port = await freePort();
  api = `http://127.0.0.1:${port}/api`;
  const server = sandbox.start(["server", "start", "--host", "0.0.0.0", "--port", String(port)], {
    ORCH_SERVER_API_KEY: KEY,
  });
  await server.until(new RegExp(`:${port}`));
  env = { ORCH_API_URL: api, ORCH_API_KEY: KEY, DOCKER_HOST: real.env["DOCKER_HOST"] ?? "" };
}, 120_000);
afterAll(async () => {
  await sandbox?.close();
  await real?.close();
}, 60_000);

const it = (what: string, check: () => Promise<void>) => test.skipIf(!real)(what, check, 2 * SECONDS * 1000);

async function good(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await sandbox.orch(args, { env });
  if (code !== 0) throw new Error(`orch ${args.join(" ")} exited ${code}: ${stdout}${stderr}`);
  return stdout;
}

/** Runs it to its end; the name of its state and its log. */
async function outcome(deployment: string): Promise<[state: string, log: string]> {
  const { id } = JSON.parse(await good("deployment", "run", deployment, "--json"));
  for (const deadline = Date.now() + SECONDS * 1000; Date.now() < deadline; ) {
    const answer = await fetch(`${api}/flow_runs/${id}`, { headers: { authorization: `Bearer ${KEY}` } });
    const run = (await answer.json()) as { state_type: string; state_name: string }; // what the API answers
    if (["COMPLETED", "FAILED", "CRASHED", "CANCELLED"].includes(run.state_type)) {
      return [run.state_name, await good("flow-run", "logs", id)];
    }
    await Bun.sleep(50); // until it has ended
  }
  throw new Error(`run ${id} did not end within ${SECONDS} s`);
}

const overrides = (...all: string[]) =>
  [`image=${IMAGE}`, "image_pull_policy=NEVER", ...all].flatMap((one) => ["--override", one]);

it("blocks 15: a bridge, a user's networks and an address of the block's own all reach the API", async () => {
  for (const Name of ["orch-test-a", "orch-test-b"]) {
    const made = await real?.engine.ask("POST", "/networks/create", { body: { Name } });
    expect(made).toMatchObject({ status: 201 });
  }
  const ways: [name: string, override: string, expected: RegExp][] = [
    ["bridge", "network_mode=bridge", /hello from http:\/\/host\.docker\.internal:\d+\/api/],
    ["networks", 'networks=["orch-test-a","orch-test-b"]', /hello from http:\/\/host\.docker\.internal:\d+\/api/],
    ["host", "network_mode=host", /hello from http:\/\/127\.0\.0\.1:\d+\/api/],
    ["own", `env.PREFECT_API_URL=${api.replace("127.0.0.1", "localhost")}`, /hello from http:\/\/localhost:\d+\/api/],
  ];
  const agent = sandbox.start(["agent", "start", "-q", "ways"], env);
  for (const [name, override, expected] of ways) {
    await good(
      "deployment",
      "build",
      "-n",
      name,
      "-q",
      "ways",
      "--infra",
      "docker-container",
      ...overrides(override),
      "-a",
      "flows.ts:hello",
    );
    expect(await outcome(`hello/${name}`)).toEqual(["Completed", expect.stringMatching(expected)]);
  }
  await agent.stop();
});

it("a pool of type docker: its workers start containers from the pool's template", async () => {
  await good("work-pool", "create", "crates", "--type", "docker");
  const values = ["image_pull_policy=Never", "auto_remove=true", "stream_output=true"].flatMap((one) => [
    "--override",
    one,
  ]);
  await good(
    "deployment",
    "build",
    "-n",
    "crate",
    "-p",
    "crates",
    "--override",
    `image=${IMAGE}`,
    ...values,
    "-a",
    "--path",
    "/opt/prefect/flows",
    "flows.ts:hello",
  );
  const worker = sandbox.start(["worker", "start", "-p", "crates"], env);
  await worker.until(/Discovered worker type 'docker' for work pool 'crates'\.\nWorker 'DockerWorker /);
  expect(await outcome("hello/crate")).toEqual(["Completed", expect.stringContaining("hello from ")]);
  expect(await worker.stop()).toBe(0);
});

it("the login for a registry, of a block or of a work pool, is used, and refused in words", async () => {
  const registry = Bun.serve({
    ...{ hostname: "127.0.0.1", port: 0 },
    fetch: () => new Response("{}", { status: 401, headers: { "www-authenticate": 'Basic realm="r"' } }),
  });
  const host = `127.0.0.1:${registry.port}`;
  const login = { username: "me", password: "wrong-secret", registry_url: host };
  const infrastructure = createDockerInfrastructure({
    ...{
      engineCommand: [],
      machine: real?.env ?? {},
      settings: { ORCH_API_URL: api },
      logHome: null,
      clock: systemClock,
    },
  });
  for (const field of ["image_registry", "registry_credentials"]) {
    const block = { image: `${host}/team/flows:1`, [field]: login };
    const refused = await infrastructure.start(shellJob({ type: "docker-container", block }, "true").job, never()).then(
      () => "",
      (error: Error) => error.message,
    );
    expect(refused).toStartWith(`The registry '${host}' refused the user 'me' of '${field}': `);
    expect(refused).not.toContain("wrong-secret");
  }
  registry.stop(true);
});

const withOpenssl = Bun.which("openssl") ? it : test.skip; // it makes the certificates
withOpenssl(
  "blocks 16: an engine by TCP with TLS and client certificates, by DOCKER_HOST and by a context",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "orch-certificates-"));
    await certificates(folder);
    const read = (name: string) => readFileSync(join(folder, name), "utf8");
    const proxy = Bun.serve({
      ...{ hostname: "127.0.0.1", port: 0, idleTimeout: 0 },
      tls: {
        cert: read("server.pem"),
        key: read("server.key"),
        ca: read("ca.pem"),
        requestCert: true,
        rejectUnauthorized: true,
      },
      async fetch(request) {
        const { pathname, search } = new URL(request.url);
        const body = request.method === "GET" ? {} : { body: await request.arrayBuffer() };
        const { method, headers } = request;
        const options = { method, headers, ...body, unix: real?.engine.endpoint.socket };
        return fetch(`http://localhost${pathname}${search}`, options as RequestInit); // what only Bun's fetch knows
      },
    });
    const address = `tcp://127.0.0.1:${proxy.port}`;
    const id = new Bun.CryptoHasher("sha256").update("far").digest("hex");
    const contexts = join(folder, ".docker", "contexts");
    for (const path of [join(contexts, "meta", id), join(contexts, "tls", id, "docker")])
      mkdirSync(path, { recursive: true });
    writeFileSync(
      join(contexts, "meta", id, "meta.json"),
      JSON.stringify({ Endpoints: { docker: { Host: address } } }),
    );
    for (const name of ["ca.pem", "cert.pem", "key.pem"])
      cpSync(join(folder, name), join(contexts, "tls", id, "docker", name));
    const machines = [
      { DOCKER_HOST: address, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder },
      { HOME: folder, DOCKER_CONTEXT: "far" },
    ];
    const shared = { engineCommand: [], settings: { ORCH_API_URL: api }, logHome: null, clock: systemClock };
    for (const machine of machines) {
      const { job, lines } = shellJob(
        { type: "docker-container", block: { image: "orch-shell:1", auto_remove: true } },
        "echo by tls",
      );
      const { exited } = await createDockerInfrastructure({ ...shared, machine }).start(job, never());
      expect([(await exited).code, lines.all]).toEqual([0, ["by tls"]]);
    }
    // Without the certificate of a client it is no engine for us.
    const bare = createDockerInfrastructure({ ...shared, machine: { DOCKER_HOST: address.replace("tcp", "https") } });
    await expect(
      bare.start(shellJob({ type: "docker-container", block: { image: "x" } }, "true").job, never()),
    ).rejects.toThrow(/^No container engine answers at https:.*\. Is it running\? DOCKER_HOST names another one\.$/);
    proxy.stop(true);
    rmSync(folder, { recursive: true });
  },
);

async function certificates(folder: string): Promise<void> {
  const openssl = async (...words: string[]) => {
    const child = Bun.spawn(["openssl", ...words], { cwd: folder, stdout: "ignore", stderr: "pipe" });
    if ((await child.exited) !== 0) throw new Error(await new Response(child.stderr).text());
  };
  const years = ["-days", "2", "-nodes", "-newkey", "rsa:2048"];
  await openssl("req", "-x509", ...years, "-subj", "/CN=orch tests", "-keyout", "ca.key", "-out", "ca.pem");
  writeFileSync(join(folder, "names"), "subjectAltName=IP:127.0.0.1\n");
  for (const [name, key, extra] of [
    ["server", "server.key", ["-extfile", "names"]],
    ["cert", "key.pem", []],
  ] as const) {
    await openssl(
      "req",
      "-nodes",
      "-newkey",
      "rsa:2048",
      "-subj",
      `/CN=${name}`,
      "-keyout",
      key,
      "-out",
      `${name}.csr`,
    );
    await openssl(
      "x509",
      "-req",
      "-days",
      "2",
      "-in",
      `${name}.csr`,
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca.key",
      "-CAcreateserial",
      ...extra,
      "-out",
      `${name}.pem`,
    );
  }
}

it("the image of templates/docker: no root, and it ends in time as the first process", async () => {
  if (!real) return;
  // In place of the base image, which a registry has: its libraries and its user.
  await importBase(real, "gcr.io/distroless/base-debian12:nonroot", resolve("dist/orch"));
  const context = mkdtempSync(join(tmpdir(), "orch-context-"));
  cpSync("templates/docker/Dockerfile", join(context, "Dockerfile"));
  cpSync("dist/orch", join(context, "orch"));
  const tar = Bun.spawn(["tar", "-C", context, "-c", "."], { stdout: "pipe" });
  const answer = await fetch("http://localhost/build?t=orch-image:1", {
    ...{ method: "POST", headers: { "content-type": "application/x-tar" } },
    ...{ body: await new Response(tar.stdout).arrayBuffer(), unix: real.engine.endpoint.socket },
  } as RequestInit); // what only Bun's fetch knows
  expect(await answer.text()).toContain("Successfully tagged orch-image:1");
  rmSync(context, { recursive: true });
  const infrastructure = createDockerInfrastructure({
    ...{ engineCommand: [], machine: real.env, settings: { ORCH_API_URL: api }, logHome: null, clock: systemClock },
  });
  const block = { image: "orch-image:1", network_mode: "host", command: ["orch", "server", "start", "--port", "0"] };
  const { job, lines } = shellJob({ type: "docker-container", block }, "", { command: block.command });
  const { pid, exited } = await infrastructure.start(job, never());
  await lines.until(/http:\/\/127\.0\.0\.1:\d+/);
  const { body } = await real.engine.ask("GET", `/containers/${pid.slice(pid.lastIndexOf(":") + 1)}/json`);
  expect(body).toMatchObject({ Config: { User: "65532:65532" } });
  expect(await infrastructure.kill({ pid, flowRunId: job.run.id }, 20)).toBe("killed");
  expect((await exited).code).toBe(0); // not 137, as after the grace

  // An agent in a container, by the socket and its group.
  const agent = await real.engine.ask("POST", "/containers/create", {
    body: {
      ...{ Image: "orch-image:1", Cmd: ["orch", "agent", "start", "-q", "inside"] },
      Env: [`ORCH_API_URL=${api}`, `ORCH_API_KEY=${KEY}`],
      HostConfig: {
        ...{ NetworkMode: "host", Binds: [`${real.engine.endpoint.socket}:/var/run/docker.sock`] },
        GroupAdd: [String(statSync(real.engine.endpoint.socket ?? "").gid)],
      },
    },
  });
  const { Id } = agent.body as { Id: string }; // the engine's answer
  await real.engine.ask("POST", `/containers/${Id}/start`);
  const where = ["-n", "inside", "-q", "inside", "--infra", "docker-container", ...overrides()];
  await good("deployment", "build", ...where, "-a", "flows.ts:hello");
  expect(await outcome("hello/inside")).toEqual(["Completed", expect.stringContaining("hello from ")]);
});
