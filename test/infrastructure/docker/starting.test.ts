// A container between its making and its end, at a played engine: agents that are killed meanwhile, and an engine that goes away.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDockerInfrastructure } from "#infrastructure/docker/docker.ts";
import { findEndpoint } from "#infrastructure/docker/endpoint.ts";
import { createEngine } from "#infrastructure/docker/engine.ts";
import { createInfrastructures } from "#infrastructure/registry.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { never, shellJob } from "../contract.ts";

const ID = "a".repeat(64);
const PID = `docker://host/data:${ID}`;

let folder: string;
let engine: ReturnType<typeof Bun.serve>;
/** `METHOD /path` of each request. */
let requests: string[];
let status: string;
let labels: Record<string, string>;
/** What the engine is made of. */
let parts: string[];
/** What the container has printed; `isCut`: as far as one hears who follows it. */
let logOf: (isCut: boolean) => string;
/** What comes of making a container. */
let onCreate: () => Response | Promise<Response>;
/** What comes of the question whether it is there. */
let onPing: () => Response | Promise<Response>;
/** What comes of a start. */
let onStart: () => Response | Promise<Response>;
/** What comes of joining a network. */
let onConnect: (path: string) => Response;

function answer(method: string, path: string, query: URLSearchParams): Response | Promise<Response> {
  if (path === "/version") return Response.json({ Version: "20.10.0", Components: parts.map((Name) => ({ Name })) });
  if (path === "/_ping") return onPing();
  if (path === "/info") return Response.json({ Name: "host", DockerRootDir: "/data" });
  if (path.startsWith("/images/")) return Response.json({ Id: "sha256:1" });
  if (path === "/containers/create") return onCreate();
  if (path.endsWith("/start")) return onStart();
  if (path.endsWith("/connect")) return onConnect(path);
  if (path.endsWith("/wait") && status !== "exited") return new Promise<Response>(() => {}); // it goes on
  if (path.endsWith("/wait")) return Response.json({ StatusCode: 0 });
  if (path.endsWith("/logs")) return new Response(frame(logOf(query.has("follow"))));
  if (method === "DELETE") return new Response(null, { status: 204 });
  return Response.json({
    Config: { Labels: labels },
    State: { Status: status, Running: status === "running", ExitCode: 0 },
  });
}

/** As engines send what was printed. */
function frame(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  const head = new DataView(new ArrayBuffer(8));
  head.setUint8(0, 1);
  head.setUint32(4, bytes.length);
  return new Uint8Array([...new Uint8Array(head.buffer), ...bytes]);
}

function listen(): void {
  engine = Bun.serve({
    unix: join(folder, "docker.sock"),
    fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      requests.push(`${request.method} ${pathname}`);
      return answer(request.method, pathname, searchParams);
    },
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orch-played-engine-"));
  [requests, status, labels] = [[], "created", {}];
  onCreate = () => Response.json({ Id: ID }, { status: 201 });
  onStart = () => new Response(null, { status: 204 });
  onPing = () => new Response("OK");
  onConnect = () => new Response(null, { status: 200 });
  [parts, logOf] = [[], () => ""];
  listen();
});
afterEach(async () => {
  await engine.stop(true);
  rmSync(folder, { recursive: true });
});

const awaited = async () => true;
const subject = { type: "docker-container", block: { image: "i:1", image_pull_policy: "NEVER" } };
const options = () => ({
  ...{ engineCommand: ["true"], machine: { DOCKER_HOST: `unix://${join(folder, "docker.sock")}` }, logHome: null },
  ...{ settings: { ORCH_API_URL: "https://orch.lan/api", ORCH_HOME: folder }, clock: systemClock },
});

test("a container is noted for the next agent before it is started, and no more when it is refused", async () => {
  const notes = join(folder, "running-jobs");
  const noted = Promise.withResolvers<string>();
  onStart = async () => {
    const [name = ""] = readdirSync(notes);
    noted.resolve(await Bun.file(join(notes, name)).text());
    return Response.json({ message: "no room" }, { status: 500 });
  };
  const all = createInfrastructures(options());
  const { job } = shellJob(subject, "true");
  await expect(all.start(job, never())).rejects.toThrow("The container could not be started: no room.");
  expect(JSON.parse(await noted.promise)).toMatchObject({ run: job.run, pid: PID, attempt: "token-1" });
  expect(existsSync(notes) ? readdirSync(notes) : []).toEqual([]);
  await all.close();
});

test("a work pool's login for the image's registry is used, as that of a block is", async () => {
  const login = { username: "me", password: "secret", registry_url: "r.lan" };
  for (const field of ["image_registry", "registry_credentials"]) {
    const block = { image: "r.lan/flows:1", image_pull_policy: "Always", [field]: login };
    requests = [];
    await createDockerInfrastructure(options()).start(
      shellJob({ type: "docker-container", block }, "true").job,
      never(),
    );
    expect(requests).toContain("POST /auth");
  }
});

test("a container that was made and not started is started by the agent that takes it over", async () => {
  const { job } = shellJob(subject, "true");
  labels = { "prefect.io/flow-run-id": job.run.id };
  onStart = () => {
    status = "running";
    return new Response(null, { status: 204 });
  };
  const taken = await createDockerInfrastructure(options()).adopt?.(PID, job, awaited);
  expect(taken?.pid).toBe(PID);
  expect(requests.filter((line) => line.endsWith("/start"))).toEqual([`POST /containers/${ID}/start`]);
});

for (const words of ["endpoint with name crow already exists in network b", "is already connected to network b"]) {
  test(`it is started in all its networks, also where it joined some before: ${words}`, async () => {
    const { job } = shellJob(subject, "true", { networks: ["a", "b", "c"] });
    labels = { "prefect.io/flow-run-id": job.run.id };
    onConnect = (path) => (path.includes("/b/") ? Response.json({ message: words }, { status: 403 }) : new Response());
    const taken = await createDockerInfrastructure(options()).adopt?.(PID, job, awaited);
    expect(taken?.pid).toBe(PID);
    expect(requests.filter((line) => /connect$|start$/.test(line))).toEqual([
      "POST /networks/b/connect",
      "POST /networks/c/connect",
      `POST /containers/${ID}/start`,
    ]);
  });
}

test("where its run waits for it no more, it is removed and not started", async () => {
  const { job } = shellJob(subject, "true");
  labels = { "prefect.io/flow-run-id": job.run.id };
  expect(await createDockerInfrastructure(options()).adopt?.(PID, job, async () => false)).toBeNull();
  expect(requests.filter((line) => /start$|DELETE/.test(line))).toEqual([`DELETE /containers/${ID}`]);
});

for (const graceSeconds of [0, 30]) {
  test(`where it is to be ended within ${graceSeconds} s, it is removed and not started`, async () => {
    const { job } = shellJob(subject, "true");
    labels = { "prefect.io/flow-run-id": job.run.id };
    const place = createDockerInfrastructure(options());
    expect(await place.kill({ pid: PID, flowRunId: job.run.id }, graceSeconds)).toBe("killed");
    expect(requests.filter((line) => !line.startsWith("GET"))).toEqual([`DELETE /containers/${ID}`]);
  });
}

test("where its engine refuses it then, it is removed, and the run's end has the engine's words", async () => {
  const { job } = shellJob(subject, "true");
  labels = { "prefect.io/flow-run-id": job.run.id };
  onStart = () => Response.json({ message: 'exec: "sh": executable file not found' }, { status: 400 });
  const taken = await createDockerInfrastructure(options()).adopt?.(PID, job, awaited);
  expect(await taken?.exited).toMatchObject({
    code: -1,
    reason: `Crash detected! The container could not be started: The image 'i:1' has no command 'sh'. (exec: "sh": executable file not found)`,
  });
  expect(requests.at(-1)).toBe(`DELETE /containers/${ID}`);
});

test("an engine that has answered before is waited for when it is away; another one is not", async () => {
  let slept = 0;
  const sleep: Clock["sleep"] = (millis, signal) => {
    slept += millis;
    return systemClock.sleep(10, signal);
  };
  const place = createDockerInfrastructure({ ...options(), clock: { ...systemClock, sleep, elapsed: () => slept } });
  await place.start(shellJob(subject, "true").job, never());
  await engine.stop(true);
  const { job, lines } = shellJob(subject, "true");
  const starting = place.start(job, never());
  await lines.until(/No container engine answers at .* It is tried again\.$/);
  const fresh = createDockerInfrastructure(options()).start(shellJob(subject, "true").job, never());
  await expect(fresh).rejects.toThrow(`No container engine answers at unix://${join(folder, "docker.sock")}.`);
  rmSync(join(folder, "docker.sock"), { force: true });
  listen();
  expect((await starting).pid).toBe(PID);
});

test("an engine that takes a question and does not answer it holds no run that is given up, and counts as away", async () => {
  const asked = Promise.withResolvers<void>();
  onPing = () => {
    asked.resolve();
    return new Promise<Response>(() => {}); // it hangs
  };
  const giveUp = new AbortController();
  const starting = createDockerInfrastructure(options()).start(shellJob(subject, "true").job, giveUp.signal);
  await asked.promise;
  giveUp.abort();
  await expect(starting).rejects.toMatchObject({ name: "AbortError" });
  const endpoint = findEndpoint(options().machine);
  const asking = createEngine(endpoint).ask("GET", "/_ping", { withinMs: 20 });
  await expect(asking).rejects.toMatchObject({ code: "unavailable" });
});

test("an engine that goes away while it makes a container fails the one run, and not the agent", async () => {
  const place = createDockerInfrastructure(options());
  onCreate = () => {
    void engine.stop(true);
    return new Promise<Response>(() => {}); // it is gone
  };
  await expect(place.start(shellJob(subject, "true").job, never())).rejects.toMatchObject({ code: "invalid" });
});

test("a container is unseen for as long as its engine does not answer", async () => {
  const { job } = shellJob(subject, "true");
  labels = { "prefect.io/flow-run-id": job.run.id };
  status = "running";
  const { unseen } = (await createDockerInfrastructure(options()).adopt?.(PID, job, awaited)) ?? {};
  const until = async (isUnseen: boolean) => {
    while ((unseen?.() !== undefined) !== isUnseen) await Bun.sleep(5); // it is asked again and again
  };
  await until(false);
  await engine.stop(true);
  await until(true);
  expect(unseen?.()?.reason).toStartWith(`No container engine answers at unix://${join(folder, "docker.sock")}.`);
  rmSync(join(folder, "docker.sock"), { force: true });
  listen();
  await until(false);
});

const LINES = ["one", "", "three words here", "four"];
const WHOLE = LINES.map((line) => `${line}\n`).join("");
for (const heard of [0, 2, 4, 5, 8, WHOLE.length - 1, WHOLE.length]) {
  test(`podman ends a log before its last lines: after ${heard} signs, the rest is handed out once`, async () => {
    const { job, lines } = shellJob(subject, "true");
    [parts, labels] = [["Podman Engine"], { "prefect.io/flow-run-id": job.run.id }];
    logOf = (isCut) => (isCut ? WHOLE.slice(0, heard) : WHOLE);
    onStart = () => {
      status = "exited";
      return new Response(null, { status: 204 });
    };
    const { exited } = await createDockerInfrastructure(options()).start(job, never());
    expect((await exited).code).toBe(0);
    expect(lines.all.join("")).toBe(LINES.join(""));
  });
}
