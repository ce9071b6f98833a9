// `orch deployment build` in this process: what it writes, and that it writes nothing when something is wrong.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestTerminal, testTerminal } from "./io.ts";

let terminal: TestTerminal;
beforeEach(() => {
  terminal = testTerminal();
  mkdirSync(join(terminal.folder, "flows"));
  writeFileSync(
    join(terminal.folder, "flows/a.ts"),
    'import { flow } from "orch";\nexport const sayHi = flow(async function sayHi(name: string = "Ada") { return name; });\n',
  );
});
afterEach(() => terminal.close());

const build = (...words: string[]) => terminal.orch("deployment", "build", "flows/a.ts:sayHi", ...words);
const files = () => readdirSync(terminal.folder).toSorted();
const flowNames = async () => (await terminal.orch("deployment", "ls", "--json")).out;

test("writes the file, the snapshot and the ignore file, and registers nothing by itself", async () => {
  const { code, out } = await build("-n", "a", "-q", "test", "--param", "name=Bo", "-t", "x", "--cron", "0 9 * * *");
  expect(code).toBe(0);
  expect(out).toContain("Found flow 'say-hi'");
  expect(out).toMatch(/Successfully uploaded \d+ files? \(.*\) to .*snapshots/);
  expect(files()).toEqual([".orch", ".prefectignore", "flows", "sayHi-deployment.yaml"]);
  const text = readFileSync(join(terminal.folder, "sayHi-deployment.yaml"), "utf8");
  for (const line of ["name: a", "work_queue_name: test", "cron: 0 9 * * *", "entrypoint: flows/a.ts:sayHi"]) {
    expect(text).toContain(line);
  }
  expect(await flowNames()).toBe("[]");
});

test("-o names the file, in a folder that is not there yet, and adds the suffix", async () => {
  expect((await build("-n", "a", "-o", "out/mine")).out).toContain(join(terminal.folder, "out/mine.yaml"));
  expect(existsSync(join(terminal.folder, "out/mine.yaml"))).toBe(true);
});

describe("a second deployment of the flow", () => {
  const text = (file: string) => readFileSync(join(terminal.folder, file), "utf8");
  const yamls = () => files().filter((file) => file.endsWith(".yaml"));

  test("takes the usual file; the first one's is kept beside with what its owner wrote, and that is said", async () => {
    await build("-n", "a", "--skip-upload");
    const edited = `# mine\n${text("sayHi-deployment.yaml")}`;
    writeFileSync(join(terminal.folder, "sayHi-deployment.yaml"), edited);
    const { out, err } = await build("-n", "b c", "--skip-upload");
    const moved = "The file that was there describes 'say-hi/a': it is 'sayHi-a-deployment.yaml' now.";
    expect([err, out.split("\n")]).toEqual(["", expect.arrayContaining([moved])]);
    expect(yamls()).toEqual(["sayHi-a-deployment.yaml", "sayHi-deployment.yaml"]);
    expect(text("sayHi-a-deployment.yaml")).toBe(edited);
    expect(text("sayHi-deployment.yaml")).toContain("name: b c\n");
    expect(text("sayHi-deployment.yaml")).not.toContain("# mine");
    // Each is built again where it is.
    for (const [name, file] of [
      ["a", "sayHi-a-deployment.yaml"],
      ["b c", "sayHi-deployment.yaml"],
    ] as const) {
      expect(await build("-n", name, "--skip-upload", "-t", "again")).toMatchObject({ code: 0, err: "" });
      expect(text(file)).toContain("tags:\n- again\n");
    }
    expect(text("sayHi-a-deployment.yaml")).toStartWith("# mine\n");
    expect(yamls()).toHaveLength(2);
  });

  test("a file that is named by --output is kept too, and none of those kept is written over", async () => {
    for (const name of ["a", "b"]) await build("-n", name, "-o", "one.yaml", "--skip-upload");
    expect(yamls()).toEqual(["one-a-deployment.yaml", "one.yaml"]);
    writeFileSync(join(terminal.folder, "one-b-deployment.yaml"), "of another\n");
    const { err } = await build("-n", "c", "-o", "one.yaml", "--skip-upload", "--json");
    expect(err).toContain("describes 'say-hi/b': it is 'one-b-2-deployment.yaml' now.");
    expect(text("one-b-deployment.yaml")).toBe("of another\n");
    expect(text("one-b-2-deployment.yaml")).toContain("name: b\n");
  });

  test("a file that describes nothing is no deployment's: it is filled in", async () => {
    writeFileSync(join(terminal.folder, "sayHi-deployment.yaml"), "# to be filled in\ntags: [x]\n");
    expect(await build("-n", "a", "--skip-upload")).toMatchObject({ code: 0, err: "" });
    expect(text("sayHi-deployment.yaml")).toContain("# to be filled in\n");
    expect(yamls()).toHaveLength(1);
  });
});

describe("what a build says", () => {
  test("of a schedule that is paused: it stays so, also when it becomes another one", async () => {
    await build("-n", "a", "--cron", "0 9 * * *", "-a", "--skip-upload");
    await terminal.orch("deployment", "pause-schedule", "say-hi/a");
    const KEPT = "Kept from the deployment on the server:";
    const BY = "('orch deployment resume-schedule' resumes it).";
    const again = async (...words: string[]) => (await build("-n", "a", "--skip-upload", ...words)).err;
    expect(await again()).toBe(`${KEPT} the schedule, which is paused ${BY}`);
    expect(await again("--interval", "2h")).toBe(`${KEPT} that the schedule is paused ${BY}`);
    await terminal.orch("deployment", "resume-schedule", "say-hi/a");
    expect(await again()).toBe(`${KEPT} the schedule.`);
    expect(await again("--interval", "2h")).toBe("");
  });

  test("of a name that is too long: one sentence, and no file", async () => {
    const { code, err } = await build("-n", "x".repeat(5000));
    const sentence = `The name '${"x".repeat(40)}…' has 5000 characters: names of deployments have at most 200.`;
    expect([code, err]).toEqual([1, sentence]);
    expect(files()).not.toContain("sayHi-deployment.yaml");
    expect((await build("-n", "x".repeat(200), "--skip-upload")).code).toBe(0);
  });

  test("--json is one object: the file, and with --apply the id", async () => {
    const file = join(terminal.folder, "sayHi-deployment.yaml");
    const made = { name: "say-hi/a", file, url: null, path: terminal.folder, entrypoint: "flows/a.ts:sayHi" };
    const built = await build("-n", "a", "--skip-upload", "--json");
    expect([built.err, JSON.parse(built.out)]).toEqual(["", { id: null, ...made }]);
    const { id } = JSON.parse((await build("-n", "a", "--skip-upload", "--json", "-a")).out);
    expect(JSON.parse(await flowNames())).toMatchObject([{ id, name: "a" }]);
    const applied = await terminal.orch("deployment", "apply", "sayHi-deployment.yaml", "--json");
    expect([applied.err, JSON.parse(applied.out)]).toEqual(["", [{ id, ...made }]]);
  });
});

test("a run whose start is past is due now, and that is said", async () => {
  await build("-n", "a", "-a", "--skip-upload");
  const started = (...words: string[]) => terminal.orch("deployment", "run", "say-hi/a", "--json", ...words);
  const past = await started("--start-at", "2020-02-03 04:05");
  expect(past.code).toBe(0);
  expect(past.err).toMatch(/^2020-02-03 \d\d:05:00 .+ is in the past: the run is due now\.$/m);
  for (const words of [[], ["--start-in", "5 minutes"], ["--start-in", "0 seconds"]]) {
    expect((await started(...words)).err).not.toContain("in the past");
  }
});

test("TZ that is no time zone is said by every command, once", async () => {
  const odd = (TZ: string) => testTerminal({ TZ });
  for (const TZ of ["Nonsense", "CET-1CEST", "UTC+3"]) {
    const other = odd(TZ);
    const { code, err } = await other.orch("deployment", "ls", "--json");
    const sentence = `TZ is '${TZ}', which is no time zone: times are shown in UTC. Set TZ to a name such as Europe/Berlin, or unset it.`;
    expect([code, err]).toEqual([0, sentence]);
    other.close();
  }
  for (const TZ of ["Europe/Vienna", ":Europe/Vienna", "EST5EDT", "UTC", "Etc/GMT+3", "GMT0", ""]) {
    const other = odd(TZ);
    expect([TZ, (await other.orch("deployment", "ls", "--json")).err]).toEqual([TZ, ""]);
    other.close();
  }
});

test("--skip-upload takes no snapshot: the path is the folder itself", async () => {
  expect((await build("-n", "a", "--skip-upload")).out).not.toContain("uploaded");
  const text = readFileSync(join(terminal.folder, "sayHi-deployment.yaml"), "utf8");
  expect(text).toContain(`path: ${terminal.folder}\n`);
});

test("R18: what was left out for safety is named, by build and by apply", async () => {
  symlinkSync("/etc/passwd", join(terminal.folder, "passwd"));
  mkdirSync(join(terminal.folder, ".aws"));
  for (const name of [".aws/credentials", "id_rsa", ".env"]) writeFileSync(join(terminal.folder, name), "secret");
  const lines = [
    ".env is not packed: give runs its variables with --override env.NAME=value, or in the environment of the agent.",
    "Left out, as it may hold secrets: .aws/, id_rsa; a line '!.aws/' in the ignore file packs it.",
    "Links out of this folder are not followed: passwd -> /etc/passwd; a line '!passwd' in the ignore file packs it.",
  ].join("\n");
  expect((await build("-n", "a", "-q", "test")).out).toContain(lines);
  const applied = await terminal.orch("deployment", "apply", "sayHi-deployment.yaml", "--upload");
  expect([applied.code, applied.out]).toEqual([0, expect.stringContaining(lines)]);
});

test("R8: the file of an export with any text for a name lies in the folder", async () => {
  const file = join(terminal.folder, "flows/b.ts");
  const source = 'import { flow } from "orch";\nconst f = flow(function f() {});\nexport { f as "../../x" };\n';
  writeFileSync(file, source);
  const { code } = await terminal.orch("deployment", "build", "flows/b.ts:../../x", "-n", "a", "-q", "test");
  expect([code, files()]).toEqual([0, [".orch", ".prefectignore", "..-..-x-deployment.yaml", "flows"].toSorted()]);
});

describe("the limit of the queue", () => {
  test("is set, and what it was before is said when it changes", async () => {
    expect((await build("-n", "a", "-q", "test", "-l", "2")).out).toContain("work queue 'test' to 2");
    expect((await build("-n", "a", "-q", "test", "-l", "2")).out).not.toContain("already exists");
    expect((await build("-n", "a", "-q", "test", "-l", "3")).out).toContain(
      "Work queue 'test' already exists with a concurrency limit of 2, this limit is being updated...",
    );
  });

  test("of a pool's queue is said with the pool", async () => {
    const { code, out } = await build("-n", "a", "-q", "test", "-p", "default-agent-pool", "-a", "-l", "2");
    expect([code, out]).toEqual([0, expect.stringContaining("'test' in work pool 'default-agent-pool' to 2")]);
  });

  test("without a queue is a line, not a failure", async () => {
    await build("-n", "a");
    const file = join(terminal.folder, "sayHi-deployment.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("work_queue_name: default", "work_queue_name: null"));
    const { code, out, err } = await terminal.orch("deployment", "apply", "sayHi-deployment.yaml", "-l", "2");
    expect([code, err]).toEqual([0, expect.stringContaining("No work queue set!")]);
    expect(out).toContain("successfully created");
  });
});

describe("nothing is written when", () => {
  const WRONG: [what: string, words: string[], sentence: string][] = [
    ["the limit is no number", ["-n", "a", "-q", "t", "-a", "-l", "two"], "--limit must be a whole number"],
    ["the pool is not there", ["-n", "a", "-p", "nope", "-a"], "Work pool 'nope' not found!"],
    [
      "the pool of a limit is not there",
      ["-n", "a", "-q", "t", "-p", "nope", "-l", "2"],
      "Work pool 'nope' not found!",
    ],
    ["the output is a folder", ["-n", "a", "-o", "folder.yaml"], "is a folder"],
    ["the output is no YAML file", ["-n", "a", "-o", "a.json"], "must be a '.yaml' file"],
    ["an override has no value", ["-n", "a", "--override", "env.A"], "'env.A' has no value"],
    ["parameters are given in two ways", ["-n", "a", "--param", "a=1", "--params", "{}"], "Can only pass one of"],
  ];
  for (const [what, words, sentence] of WRONG) {
    test(what, async () => {
      mkdirSync(join(terminal.folder, "folder.yaml"));
      const { code, err } = await build(...words);
      expect([code, err]).toEqual([1, expect.stringContaining(sentence)]);
      expect(files().filter((name) => name !== ".orch")).toEqual(["flows", "folder.yaml"]);
      expect(existsSync(join(terminal.home, "storage"))).toBe(false);
    });
  }

  test("the pool of a file that is applied is not there: no flow, no block, no queue", async () => {
    await build("-n", "a", "-q", "test", "-p", "nope");
    const { code, err } = await terminal.orch("deployment", "apply", "sayHi-deployment.yaml", "-l", "1");
    expect([code, err]).toEqual([1, expect.stringContaining("Work pool 'nope' not found!")]);
    expect(await flowNames()).toBe("[]");
  });
});
