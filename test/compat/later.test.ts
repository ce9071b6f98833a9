// The real clients of Prefect 2.14, 2.16 and the last 2.20: what they track, deploy, serve, take, pause, cancel and limit.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { FLOWS, project, RESUME, SCHEDULES, SERVE, TOUR } from "./later-programs.ts";
import { createPrefect, type Prefect, possible, RUNNER, until } from "./prefect.ts";
import { laterEnvironments, RELEASES } from "./releases.ts";

const environments = possible ? await laterEnvironments() : {};

interface Run {
  id: string;
  state_name: string;
  auto_scheduled: boolean;
}
interface Tour {
  seconds: number;
  refused: string;
}

const afterMark = (output: string) => JSON.parse(output.split("@@").at(-1) ?? "");

for (const [version, , minor] of RELEASES) {
  describe.skipIf(!possible)(`a client of ${version}`, () => {
    let prefect: Prefect;
    beforeAll(async () => {
      prefect = await createPrefect([], environments[version]);
      prefect.write("flows.py", FLOWS);
      prefect.write("serve.py", SERVE);
      prefect.write("prefect.yaml", project(prefect.sandbox.folder, minor >= 16));
    });
    afterAll(() => prefect?.close());

    /** Runs command lines; gives those that failed, with what they printed. */
    async function commands(lines: string[]): Promise<string[]> {
      const output = await prefect.python(RUNNER, JSON.stringify(lines.map((line) => line.split(" "))));
      const results: [code: number, output: string][] = output
        .split("@@")
        .slice(1)
        .map((one) => JSON.parse(one));
      expect(results).toHaveLength(lines.length);
      return results.flatMap(([code, said], index) => (code === 0 ? [] : [`${lines[index]}: ${said}`]));
    }

    const deployment = (name: string) =>
      prefect.call<{ id: string; is_schedule_active: boolean }>("GET", `/deployments/name/${name}`);
    const start = async (name: string) => {
      const { id } = await deployment(name);
      return (await prefect.call<Run>("POST", `/deployments/${id}/create_flow_run`, {})).id;
    };
    const reaches = (id: string, state: string, said: () => string) =>
      until(
        async () => {
          const { state_name } = await prefect.call<Run>("GET", `/flow_runs/${id}`);
          return state_name === state || undefined;
        },
        () => `${state}\n${said().slice(-3000)}`,
      );
    const messages = async (id: string) => {
      const logs = { flow_run_id: { any_: [id] } };
      return (await prefect.call<{ message: string }[]>("POST", "/logs/filter", { logs })).map(
        ({ message }) => message,
      );
    };

    test("runs flows that are tracked: states, tasks, subflows, retries, logs, limits with a name", async () => {
      const found: Tour = afterMark(await prefect.python(TOUR));
      expect(found).toMatchObject({
        ...{ result: 3, most: 1, tries: 2, logged: true, secret: "hush", artifacts: ["report"] },
        runs: [
          ["Completed", false],
          ["Completed", true],
        ],
        ...{ deployed: ["Scheduled", { n: 2 }], found: ["checked"] },
      });
      expect(found.refused).toContain("parameters.n must be of type integer");
      expect(found.seconds).toBeLessThan(30);
    });

    test("has its command lines", async () => {
      const failed = await commands([
        ...["work-pool create factory --type process", "work-pool ls", "work-pool inspect factory"],
        ...["work-pool set-concurrency-limit factory 5", "work-pool clear-concurrency-limit factory"],
        ...["work-pool pause factory", "work-pool resume factory", "work-pool preview factory"],
        ...["deploy --all", "deploy flows.py:hi -n one -p factory --interval 3600", "deployment ls"],
        ...["deployment inspect hi/w", "deployment run hi/one -p n=2", "flow ls", "flow-run ls"],
        ...["deployment build flows.py:hi -n built -q night --apply", "deployment apply hi-deployment.yaml"],
        ...["work-queue ls", "work-queue create extra -l 3", "work-queue inspect extra", "work-queue delete extra"],
        ...["concurrency-limit create t 3", "concurrency-limit ls", "concurrency-limit inspect t"],
        ...["concurrency-limit reset t", "concurrency-limit delete t", "variable ls", "artifact ls", "block ls"],
        ...["block type ls", "version"],
        ...(minor < 16
          ? ["deployment set-schedule hi/one --interval 600", "deployment pause-schedule hi/one"]
          : ["deployment schedule ls hi/w", "deployment schedule create hi/one --interval 900"]),
        ...(minor < 19
          ? []
          : [
              "gcl create g --limit 3 --slot-decay-per-second 0.5",
              "gcl inspect g",
              "gcl update g --limit 4",
              "gcl ls",
            ]),
        "deployment delete hi/one",
      ]);
      expect(failed).toEqual([]);
    });

    test.skipIf(minor < 16)("gives a deployment several schedules", async () => {
      expect(afterMark(await prefect.python(SCHEDULES))).toEqual([[true, true], 1, true]);
    });

    test("serves a flow: what is triggered, what is scheduled, and a pause when it stops", async () => {
      const server = prefect.start(["serve.py"], "python");
      await until(
        () => deployment("hi/served").catch(() => undefined),
        () => server.output(),
      );
      const { id } = await deployment("hi/served");
      await reaches(await start("hi/served"), "Completed", server.output);
      const start_time = new Date(Date.now() - 2 * 3_600_000).toISOString();
      await prefect.call("POST", `/deployments/${id}/schedule`, { start_time, max_runs: 1 });
      const deployments = { name: { any_: ["served"] } };
      await until(
        async () => {
          const runs = await prefect.call<Run[]>("POST", "/flow_runs/filter", { deployments });
          return runs.find((run) => run.auto_scheduled && run.state_name === "Completed");
        },
        () => `a scheduled run\n${server.output().slice(-3000)}`,
      );
      await server.stop();
      expect(await deployment("hi/served")).toMatchObject({ is_schedule_active: false });
    });

    test("takes runs as a worker: with job variables, suspended for an input, cancelled", async () => {
      const [plain, asking, slow] = [await start("hi/w"), await start("asks/a"), await start("slow/s")];
      const worker = prefect.start(["worker", "start", "-p", "factory"]);
      await reaches(plain, "Completed", worker.output);
      await reaches(asking, "Suspended", worker.output);
      await reaches(slow, "Running", worker.output);
      await prefect.python(RESUME, asking);
      expect(await commands([`flow-run cancel ${slow}`])).toEqual([]);
      await reaches(asking, "Completed", worker.output);
      await reaches(slow, "Cancelled", worker.output);
      await worker.stop();
      expect(await messages(plain)).toContain("hello 1 petrol");
      expect(await messages(asking)).toContain("got Ford");
    });

    test("takes runs as an agent", async () => {
      const agent = prefect.start(["agent", "start", "-q", "night"]);
      const id = await start("hi/built");
      await reaches(id, "Completed", agent.output);
      await agent.stop();
      expect(await messages(id)).toContain("hello 1 None");
    });
  });
}
