// Flow runs in real containers, on the executable: how they are found, end, are cancelled, and outlive their agent.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join, resolve } from "node:path";
import { isObject, type Json } from "#lib/json.ts";
import type { Running } from "../binary/sandbox.ts";
import { createWorld, type Run, type World } from "../page/world.ts";
import { engineHere, type RealEngine, startDockerd, startPodman } from "./engine.ts";
import { FLOWS } from "./flows.ts";
import { importFlows } from "./images.ts";

const IMAGE = "localhost/orch-flows:1";
const SECONDS = 60;

type Details = Record<string, Json>;

function runsOn(real: RealEngine): void {
  describe(`runs on ${real.name}`, () => {
    let world: World;
    beforeAll(async () => {
      await importFlows(real, IMAGE, resolve("dist/orch"), { "flows.ts": FLOWS });
      world = await createWorld();
      world.write("flows.ts", FLOWS);
      for (const flow of ["hello", "long", "short", "hungry"]) await deploy(flow, "d");
    }, 180_000);
    afterAll(async () => {
      await world?.close();
      await real.close();
    }, 60_000);

    const it = (what: string, check: () => Promise<void>) => test(what, check, 2 * SECONDS * 1000);

    function deploy(flow: string, name: string, ...overrides: string[]): Promise<string> {
      const all = [`image=${IMAGE}`, "image_pull_policy=NEVER", "auto_remove=true", ...overrides];
      const words = all.flatMap((override) => ["--override", override]);
      return world.deployment(
        "build",
        "-n",
        name,
        "-q",
        name,
        "--infra",
        "docker-container",
        ...words,
        "-a",
        `flows.ts:${flow}`,
      );
    }

    function agent(queue: string, env: Record<string, string> = real.env): Running {
      return world.sandbox.start(["agent", "start", "-q", queue], {
        ORCH_API_URL: world.url,
        DOCKER_HOST: env["DOCKER_HOST"] ?? "",
      });
    }

    const start = (name: string) => world.json<Run>("deployment", "run", name);

    /** Asks until it is so. */
    async function until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
      for (const deadline = Date.now() + SECONDS * 1000; Date.now() < deadline; ) {
        const found = await ask();
        if (found !== undefined && found !== false) return found;
        await Bun.sleep(50); // until it is so, or the deadline
      }
      throw new Error(`${what} did not come to pass within ${SECONDS} s`);
    }

    const inState = (id: string, ...types: string[]) =>
      until(`${types.join(" or ")} of ${id}`, async () => {
        const run = await world.api<Run & { infrastructure_pid: string | null; state: { message: string | null } }>(
          "GET",
          `/flow_runs/${id}`,
        );
        return types.includes(run.state_type) ? run : undefined;
      });
    const ended = (id: string) => inState(id, "COMPLETED", "FAILED", "CRASHED", "CANCELLED");

    async function containers(runId: string): Promise<Details[]> {
      const filters = JSON.stringify({ label: [`prefect.io/flow-run-id=${runId}`] });
      const { body } = await real.engine.ask("GET", "/containers/json", { query: { all: "1", filters } });
      return Array.isArray(body) ? body.filter(isObject).map((one) => one as Details) : []; // JSON holds JSON
    }

    const gone = (runId: string) =>
      until("the container's removal", async () => (await containers(runId)).length === 0);
    const begun = (runId: string, words: string) => until(words, async () => (await world.logs(runId)).includes(words));

    it("blocks 15, 17: a run completes, its log and its output are there, its container is not", async () => {
      const own = agent("d");
      const run = await start("hello/d");
      const { state_name, infrastructure_pid: pid } = await ended(run.id);
      expect([state_name, pid]).toEqual(["Completed", expect.stringMatching(/^docker:\/\/.+:[0-9a-f]{64}$/)]);
      expect(await world.logs(run.id)).toContain("hello Ada from /opt/prefect/flows");
      await own.until(/printed by hello/);
      await own.until(/finished in state Completed|Finished in state Completed/);
      await gone(run.id);
      expect(await own.stop()).toBe(0);
    });

    it("blocks 17, 18: containers are named and labelled; a name clash adds a number; an end from outside is said in words", async () => {
      await deploy("long", "named", "name=my run", "auto_remove=false");
      const own = agent("named");
      const runs = [await start("long/named"), await start("long/named")];
      for (const { id } of runs) await begun(id, "long has begun");
      const found = (await Promise.all(runs.map(({ id }) => containers(id)))).flat();
      expect(found.map(({ Names }) => String(Array.isArray(Names) ? Names[0] : "")).toSorted()).toEqual([
        "/my-run",
        "/my-run-1",
      ]);
      expect(found[0]?.["Labels"]).toMatchObject({
        "prefect.io/deployment-name": "named",
        "prefect.io/flow-name": "long",
      });
      for (const { Id } of found) await real.engine.ask("POST", `/containers/${String(Id)}/kill`);
      for (const { id } of runs) {
        expect((await ended(id)).state.message).toBe("Flow run infrastructure exited with non-zero status code 137.");
        expect(await world.logs(id)).toContain(
          "Crash detected! The container of the flow run was killed by signal SIGKILL",
        );
      }
      expect((await containers(runs[0]?.id ?? "")).length).toBe(1); // not removed, as the block says
      await own.stop();
    });

    it("blocks 18: an image that is missing, and an engine that is away, are one sentence in the run's log", async () => {
      await deploy("hello", "missing", "image=localhost/none:1");
      const own = agent("missing");
      const run = await start("hello/missing");
      const sentence =
        "Submission failed. There is no image 'localhost/none:1' on the engine, and image_pull_policy is NEVER.";
      expect((await ended(run.id)).state.message).toBe(sentence);
      expect(await world.logs(run.id)).toContain(sentence);
      await own.stop();
      const away = agent("missing", { DOCKER_HOST: "unix:///nowhere/docker.sock" });
      const other = await start("hello/missing");
      expect((await ended(other.id)).state.message).toBe(
        "Submission failed. No container engine answers at unix:///nowhere/docker.sock. Is it running? DOCKER_HOST names another one.",
      );
      await away.stop();
    });

    it("blocks 16: a run that uses more memory than it may is CRASHED, and its log says so", async () => {
      await deploy("hungry", "hungry", "mem_limit=256m", "memswap_limit=256m");
      const own = agent("hungry");
      const run = await start("hungry/hungry");
      expect((await ended(run.id)).state_type).toBe("CRASHED");
      expect(await world.logs(run.id)).toMatch(/because it used more than its memory limit of 256m/);
      await own.stop();
    });

    it("a run is cancelled while it executes, and its container ends", async () => {
      const own = agent("d");
      const run = await start("long/d");
      await begun(run.id, "long has begun");
      await world.orch("flow-run", "cancel", run.id);
      expect((await ended(run.id)).state_name).toBe("Cancelled");
      await gone(run.id);
      await own.stop();
    });

    it("a run whose image is still being pulled is cancelled before it starts", async () => {
      const silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } }); // a registry that never answers
      await deploy("hello", "slow", `image=127.0.0.1:${silent.port}/team/flows:1`, "image_pull_policy=ALWAYS");
      const own = agent("slow");
      const run = await start("hello/slow");
      await own.until(/Pulling image/);
      await world.orch("flow-run", "cancel", run.id);
      expect((await ended(run.id)).state_name).toBe("Cancelled");
      expect(await containers(run.id)).toEqual([]);
      await own.stop();
      silent.stop(true);
    });

    it("a container whose agent is killed goes on, and the next agent sees to its end", async () => {
      const first = agent("d");
      const [brief, endless] = [await start("short/d"), await start("long/d")];
      await begun(brief.id, "short has begun");
      await begun(endless.id, "long has begun");
      await first.stop("SIGKILL");
      const next = agent("d");
      await next.until(/Looking after flow run[\s\S]*Looking after flow run/);
      expect((await ended(brief.id)).state_name).toBe("Completed");
      await gone(brief.id);
      await world.orch("flow-run", "cancel", endless.id);
      expect((await ended(endless.id)).state_name).toBe("Cancelled");
      await gone(endless.id);
      await next.stop();
    });

    it("an agent that is killed before its container is started: the next one starts it, once", async () => {
      const holding = heldStarts(real);
      const first = agent("d", holding.env);
      const run = await start("hello/d");
      await holding.asked;
      await first.stop("SIGKILL");
      expect((await containers(run.id)).map(({ State }) => State)).toEqual(["created"]);
      await holding.close();
      const next = agent("d");
      expect((await ended(run.id)).state_name).toBe("Completed");
      expect((await world.logs(run.id)).match(/hello Ada/g)).toHaveLength(1);
      await gone(run.id);
      await next.stop();
    });

    it("a saved block, given with -ib when a deployment is built, runs it", async () => {
      const data = { image: IMAGE, image_pull_policy: "NEVER", auto_remove: true, env: { GREETING: "from the block" } };
      await world.saveBlock("docker-container", "crates", data);
      await world.deployment("build", "-n", "saved", "-q", "saved", "-ib", "docker-container/crates", "flows.ts:hello");
      await world.deployment("apply", "hello-deployment.yaml");
      const own = agent("saved");
      const { state_name, id } = await ended((await start("hello/saved")).id);
      expect([state_name, await world.logs(id)]).toEqual([
        "Completed",
        expect.stringContaining("greeting from the block"),
      ]);
      await gone(id);
      await own.stop();
    });

    // Podman's containers do not need its service: it looks at them again, however that has ended.
    for (const how of real.name === "podman" ? (["crash"] as const) : (["crash", "stop"] as const)) {
      it(`an engine that is started again after a ${how}: its runs are found again, or settled with what became of them`, async () => {
        const own = agent("d");
        const [brief, endless] = [await start("short/d"), await start("long/d")];
        await begun(brief.id, "short has begun");
        await begun(endless.id, "long has begun");
        await real[how]();
        await real.start();
        if (real.name === "podman") {
          expect((await ended(brief.id)).state_name).toBe("Completed");
          await own.until(new RegExp(`'${brief.name}' finished in state Completed`));
          expect((await inState(endless.id, "RUNNING")).state_name).toBe("Running");
          await world.orch("flow-run", "cancel", endless.id);
          expect((await ended(endless.id)).state_name).toBe("Cancelled");
        } else {
          for (const { id } of [brief, endless]) {
            expect((await ended(id)).state_type).toBe("CRASHED");
            await begun(id, "while its engine was stopped or started again.");
          }
        }
        for (const { id } of [brief, endless]) await gone(id);
        const next = await start("hello/d");
        expect((await ended(next.id)).state_name).toBe("Completed");
        await own.stop();
      });
    }

    it("a run whose container is paused can be cancelled", async () => {
      const own = agent("d");
      const run = await start("long/d");
      await begun(run.id, "long has begun");
      const [container] = await containers(run.id);
      await real.engine.ask("POST", `/containers/${String(container?.["Id"])}/pause`);
      await world.orch("flow-run", "cancel", run.id);
      expect((await ended(run.id)).state_name).toBe("Cancelled");
      await gone(run.id);
      await own.stop();
    });

    it("a run that is cancelled while its engine is down ends when that is back", async () => {
      const own = agent("d");
      const run = await start("long/d");
      await begun(run.id, "long has begun");
      await real.crash();
      await world.orch("flow-run", "cancel", run.id);
      await own.until(/could not be cancelled: No container engine answers at/);
      await real.start();
      expect((await ended(run.id)).state_name).toBe("Cancelled");
      await gone(run.id);
      await own.stop();
    });

    it("an agent that starts while the engine of a cancelled run is down ends it when that is back", async () => {
      const first = agent("d");
      const run = await start("long/d");
      await begun(run.id, "long has begun");
      await first.stop("SIGKILL");
      await real.crash();
      await world.orch("flow-run", "cancel", run.id);
      const next = agent("d");
      await next.until(/Where flow run .* executes cannot be reached: No container engine answers at/);
      await real.start();
      expect((await ended(run.id)).state_name).toBe("Cancelled");
      await gone(run.id);
      await next.stop();
    });

    it("an agent that is stopped at once ends its containers and reports their runs", async () => {
      const own = agent("d");
      const run = await start("long/d");
      await begun(run.id, "long has begun");
      process.kill(own.pid, "SIGINT");
      await own.until(/Waiting for 1 flow run/);
      process.kill(own.pid, "SIGINT");
      await own.exited;
      expect((await ended(run.id)).state_type).toBe("CRASHED");
      await gone(run.id);
    });
  });
}

/** The engine at another socket, which never starts a container. */
function heldStarts(real: RealEngine) {
  const asked = Promise.withResolvers<void>();
  const socket = join(real.folder, "held.sock");
  const server = Bun.serve({
    unix: socket,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      if (/\/containers\/[0-9a-f]+\/start$/.test(pathname)) {
        asked.resolve();
        return new Promise<Response>(() => {}); // until the agent is gone
      }
      const { method, headers } = request;
      const body = method === "GET" ? {} : { body: await request.arrayBuffer() };
      const options = { method, headers, ...body, unix: real.engine.endpoint.socket };
      return fetch(`http://localhost${pathname}${search}`, options as RequestInit); // what only Bun's fetch knows
    },
  });
  return { env: { DOCKER_HOST: `unix://${socket}` }, asked: asked.promise, close: () => server.stop(true) };
}

for (const start of [startDockerd, startPodman]) {
  const real = await engineHere(start);
  if (real) runsOn(real);
}
