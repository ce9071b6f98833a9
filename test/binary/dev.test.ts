// `orch dev` on the starter project: what `npm start` runs.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox, type Running } from "./sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const start = (): Running => sandbox.start(["dev", "--port", "0"]);

test("prints the address and what it deployed, and stops at Ctrl-C", async () => {
  expect((await sandbox.orch(["init", "."])).code).toBe(0);
  const dev = start();
  await dev.until(/orch is running at http:\/\/127\.0\.0\.1:\d+/);
  await dev.until(/Deployed 'say-hi\/marvin', every 10 s\./);
  expect(await dev.stop("SIGINT")).toBe(0);
  expect(dev.output()).toContain("Stopped.");
  expect(existsSync(join(sandbox.home, ".orch/server.json"))).toBe(false);
});

test("shows each run as it starts and finishes, with its logs", async () => {
  const file = join(sandbox.folder, "marvin-deployment.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace("interval: 10.0", "interval: 1.0"));
  const dev = start();
  await dev.until(/Deployed 'say-hi\/marvin', every 1 s\./);
  const [, name = ""] = await dev.until(/Submitting flow run '([a-z-]+)'/);
  await dev.until(/hi Marvin/);
  await dev.until(new RegExp(`Flow run '${name}' finished in state Completed`));
  expect(await dev.stop("SIGINT")).toBe(0);
});

test("D13, D14: a flow's file that is renamed is missed, and what was changed is put back at Ctrl-C", async () => {
  const project = createSandbox();
  await project.orch(["init", "."]);
  const built = ["deployment", "build", "flows/marvin.ts:sayHi", "-n", "marvin", "-o", "marvin-deployment.yaml"];
  expect((await project.orch([...built, "--interval", "86400"])).code).toBe(0);
  const copy = /^path: (.*)$/m.exec(readFileSync(join(project.folder, "marvin-deployment.yaml"), "utf8"))?.[1];
  const stored = async () =>
    JSON.parse((await project.orch(["deployment", "inspect", "say-hi/marvin", "--json"])).stdout);
  const dev = project.start(["dev", "--port", "0"]);
  await dev.until(/Deployed 'say-hi\/marvin', every 86400 s\./);
  expect(await stored()).toMatchObject({ path: project.folder, is_schedule_active: true });
  renameSync(join(project.folder, "flows/marvin.ts"), join(project.folder, "flows/renamed.ts"));
  await dev.until(/There is no file 'flows\/marvin\.ts'\.\n'say-hi\/marvin' stays as it was\./);
  expect(await dev.stop("SIGINT")).toBe(0);
  expect(dev.output()).toContain("Paused the schedule of 'say-hi/marvin' until 'orch dev' runs again.");
  expect(await stored()).toMatchObject({ path: copy, is_schedule_active: false });
  await project.close();
});

test("D14: after 'orch dev' was killed, a server pauses the schedules that it had started, and says so", async () => {
  const project = createSandbox();
  await project.orch(["init", "."]);
  const dev = project.start(["dev", "--port", "0"]);
  await dev.until(/Deployed 'say-hi\/marvin', every 10 s\./);
  await dev.stop("SIGKILL");
  const server = project.start(["server", "start", "--port", "0"]);
  await server.until(
    /Paused the schedule of 'say-hi\/marvin': an 'orch dev' that was killed had left the schedule on\./,
  );
  const shown = await project.orch(["deployment", "inspect", "say-hi/marvin", "--json"]);
  expect(JSON.parse(shown.stdout).is_schedule_active).toBe(false);
  await server.stop();
  const again = project.start(["server", "start", "--port", "0"]);
  await again.until(/reference is at/);
  expect(again.output()).not.toContain("Paused");
  await project.close();
});

describe("a save", () => {
  const project = createSandbox();
  let dev: Running;
  const at = (path: string) => join(project.folder, path);
  const read = (path: string) => readFileSync(at(path), "utf8");
  /** As editors do: another file, renamed over it. */
  const save = (path: string, text: string) => {
    writeFileSync(`${at(path)}.swp`, text);
    renameSync(`${at(path)}.swp`, at(path));
  };
  const edit = (path: string, from: string | RegExp, to: string) => save(path, read(path).replace(from, to));
  /** What is printed from now on. */
  const next = async (pattern: RegExp) => {
    const from = dev.output().length;
    return () => dev.until(new RegExp(`^[\\s\\S]{${from},}?(?:${pattern.source})`));
  };
  const see = async (change: () => void, pattern: RegExp) => {
    const seen = await next(pattern);
    change();
    await seen();
  };

  beforeAll(async () => {
    expect((await project.orch(["init", "."])).code).toBe(0);
    edit("marvin-deployment.yaml", "interval: 10.0", "interval: 86400.0");
    edit("flows/marvin.ts", 'from "orch";', 'from "orch";\nimport { words } from "../lib/words.ts";');
    edit("flows/marvin.ts", "`hi $", "words + ` $");
    mkdirSync(at("lib"));
    writeFileSync(at("lib/words.ts"), 'export const words = "first words for";\n');
    dev = project.start(["dev", "--port", "0"]);
    await dev.until(/Deployed 'say-hi\/marvin', every 86400 s\./);
  });
  afterAll(() => project.close());

  test("of the deployment file applies it again", () =>
    see(
      () => edit("marvin-deployment.yaml", "interval: 86400.0", "interval: 43200.0"),
      /Deployed 'say-hi\/marvin' again, every 43200 s: marvin-deployment\.yaml changed\./,
    ));

  test("of the flow applies what it says of its parameters", async () => {
    await see(
      () => edit("flows/marvin.ts", 'name: string = "Marvin"', "name: string, times = 1"),
      /Deployed 'say-hi\/marvin' again, every 43200 s: flows\/marvin\.ts changed\./,
    );
    const { stdout } = await project.orch(["deployment", "inspect", "say-hi/marvin", "--json"]);
    expect(Object.keys(JSON.parse(stdout).parameter_openapi_schema.properties)).toEqual(["name", "times"]);
  });

  test("of what it imports counts for the next run", async () => {
    await see(
      () => save("lib/words.ts", 'export const words = "second words for";\n'),
      /'say-hi\/marvin' has new code: lib\/words\.ts changed\./,
    );
    const run = project.orch(["deployment", "run", "say-hi/marvin", "--param", "name=Ada"]);
    await dev.until(/second words for Ada/);
    expect((await run).code).toBe(0);
  });

  test("that breaks it is one sentence, and the next good one heals it", async () => {
    const good = read("flows/marvin.ts");
    await see(
      () => save("flows/marvin.ts", `${good}\nexport const ]`),
      /flows\/marvin\.ts:\d+:\d+: Expected identifier[^\n]*\n'say-hi\/marvin' stays as it was\./,
    );
    await see(() => save("flows/marvin.ts", good), /'say-hi\/marvin' is right again: flows\/marvin\.ts changed\./);
    await see(() => rmSync(at("lib/words.ts")), /Cannot find module '\.\.\/lib\/words\.ts'/);
    await see(() => save("lib/words.ts", 'export const words = "hi";'), /'say-hi\/marvin' is right again/);
    await see(
      () => edit("marvin-deployment.yaml", "tags: []", "tags: ["),
      /'marvin-deployment\.yaml' is not valid YAML, line \d+/,
    );
    await see(
      () => edit("marvin-deployment.yaml", "tags: [", "tags: []"),
      /'marvin-deployment\.yaml' can be read again\./,
    );
  });

  test("leaves a run alone that is under way: it goes on with the code it started with", async () => {
    save(
      "flows/slow.ts",
      `import { existsSync } from "node:fs";
import { flow, getRunLogger, sleep } from "orch";
export const slow = flow(async function slow() {
  getRunLogger().info("old code begins");
  while (!existsSync("go-on")) await sleep(0.05);
  getRunLogger().info("old code ends");
});
`,
    );
    await see(
      () =>
        save(
          "slow-deployment.yaml",
          read("marvin-deployment.yaml").replaceAll(
            /say-hi|sayHi|marvin| {2}interval.*/g,
            (word) => SLOW[word] ?? "  interval: 86400.0",
          ),
        ),
      /Deployed 'slow\/slow', every 86400 s\./,
    );
    await project.orch(["deployment", "run", "slow/slow"]);
    await dev.until(/old code begins/);
    await see(() => edit("flows/slow.ts", /old code/g, "new code"), /Deployed 'slow\/slow' again/);
    writeFileSync(at("go-on"), "");
    await dev.until(/old code ends/);
    await dev.until(/finished in state Completed/);
    await project.orch(["deployment", "run", "slow/slow"]);
    await dev.until(/new code ends/);
  });

  test("of many files at once is one pass", async () => {
    const before = dev.output().length;
    for (let n = 0; n < 20; n += 1) save("flows/slow.ts", `${read("flows/slow.ts")}// ${n}\n`);
    await see(() => save("flows/marvin.ts", `${read("flows/marvin.ts")}//\n`), /Deployed 'say-hi\/marvin' again/);
    expect(
      dev
        .output()
        .slice(before)
        .match(/Deployed 'slow\/slow' again/g)?.length ?? 0,
    ).toBeLessThanOrEqual(1);
  });

  test("by a build is taken up: the newer of two files counts, and the folder's code is what runs", async () => {
    const seen = await next(
      /'say-hi\/marvin' has two files: the newer one, 'sayHi-deployment\.yaml', counts, and 'marvin-deployment\.yaml' does not\./,
    );
    expect(
      (
        await project.orch([
          "deployment",
          "build",
          "-n",
          "marvin",
          "-q",
          "other",
          "-o",
          "sayHi-deployment.yaml",
          "flows/marvin.ts:sayHi",
        ])
      ).code,
    ).toBe(0);
    await seen();
    await dev.until(/Deployed 'say-hi\/marvin' again[^\n]*sayHi-deployment\.yaml changed/);
    const { stdout } = await project.orch(["deployment", "inspect", "say-hi/marvin", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ path: project.folder, work_queue_name: "other" });
    const run = await project.orch(["deployment", "run", "say-hi/marvin", "--param", "name=Bo"]);
    expect(run.code).toBe(0);
    await dev.until(/hi Bo/);
  });

  test("that removes a file is mentioned, and the deployment stays", async () => {
    await see(
      () => rmSync(at("slow-deployment.yaml")),
      /'slow-deployment\.yaml' is gone\. 'slow\/slow' stays deployed; 'orch deployment delete slow\/slow' removes it\./,
    );
    expect((await project.orch(["deployment", "inspect", "slow/slow"])).code).toBe(0);
  });

  test("of nothing costs nothing: it waits without looking", async () => {
    const before = cpuMillis(dev.pid);
    await Bun.sleep(3_000);
    expect(cpuMillis(dev.pid) - before).toBeLessThan(150);
    expect(await dev.stop("SIGINT")).toBe(0);
  });
});

const SLOW: Record<string, string> = { "say-hi": "slow", sayHi: "slow", marvin: "slow" };

function cpuMillis(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return (user + system) * 10;
}
