// Jobs that outlive their agent: remembered in the home, taken over by one agent.
import { afterAll, expect, test } from "bun:test";
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Job } from "#infrastructure/infrastructure.ts";
import { createLeftJobs } from "#infrastructure/left-jobs.ts";
import { newId } from "#lib/ids.ts";
import { processSpace } from "#lib/process/process-stat.ts";

const root = mkdtempSync(join(tmpdir(), "orch-left-jobs-"));
afterAll(() => rmSync(root, { recursive: true }));

const home = () => mkdtempSync(join(root, "home-"));
const job = (): Job => ({
  ...{ run: { id: newId(), name: "crow" }, deployment: null, type: "docker-container", attempt: "token" },
  ...{ block: { image_registry: { password: "secret" } }, output: () => {} },
});
/** The file as another process would have written it. */
function as(pid: number, folder: string, id: string): void {
  renameSync(
    join(folder, `${processSpace()}-${process.pid}-${id}.json`),
    join(folder, `${processSpace()}-${pid}-${id}.json`),
  );
}

async function gonePid(): Promise<number> {
  const child = Bun.spawn(["true"]);
  await child.exited;
  return child.pid;
}

test("jobs of an agent that is gone are handed out once, without secrets on the disk", async () => {
  const place = home();
  const [left, folder] = [createLeftJobs(place), join(place, "running-jobs")];
  const mine = job();
  left.remember(mine, "docker://a/b:c");
  expect(await Bun.file(join(folder, readdirSync(folder)[0] ?? "")).text()).not.toContain("secret");
  expect(left.take()).toEqual([]); // this agent is there
  as(await gonePid(), folder, mine.run.id);
  expect(left.take()).toMatchObject([{ run: mine.run, pid: "docker://a/b:c", attempt: "token" }]);
  expect(createLeftJobs(place).take()).toEqual([]);
  left.forget(mine.run.id);
  expect(readdirSync(folder)).toEqual([]);
});

test("an agent whose number is another process's by now counts as gone", () => {
  const place = home();
  const left = createLeftJobs(place);
  const mine = job();
  left.remember(mine, "docker://a/b:c");
  as(1, join(place, "running-jobs"), mine.run.id);
  expect(left.take()).toHaveLength(1);
});

test("files of others, or of another kind, are left out; what was cut off is removed", async () => {
  const place = home();
  const folder = join(place, "running-jobs");
  mkdirSync(folder);
  const [others, kind] = [`12-${await gonePid()}-${newId()}.json`, "notes.txt"];
  writeFileSync(join(folder, `${processSpace()}-${await gonePid()}-${newId()}.json`), '{"run":');
  writeFileSync(join(folder, `${processSpace()}-${await gonePid()}-${newId()}.json`), "");
  writeFileSync(join(folder, `${processSpace()}-${await gonePid()}-${newId()}.json.${newId()}`), '{"run":');
  writeFileSync(join(folder, others), "{}");
  writeFileSync(join(folder, kind), "");
  expect(createLeftJobs(place).take()).toEqual([]);
  expect(readdirSync(folder).toSorted()).toEqual([others, kind].toSorted());
});

test("a job that is remembered again is written whole beside the old file, and not at all where it is the same", () => {
  const place = home();
  const [left, folder, mine] = [createLeftJobs(place), join(place, "running-jobs"), job()];
  left.remember(mine, "docker://a/b:c");
  const [name = ""] = readdirSync(folder);
  const path = join(folder, name);
  const { ino, mtimeMs } = statSync(path);
  left.remember(mine, "docker://a/b:c");
  expect(statSync(path)).toMatchObject({ ino, mtimeMs });
  linkSync(path, join(place, "old"));
  left.remember(mine, "docker://a/b:d");
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: "docker://a/b:d" });
  expect(JSON.parse(readFileSync(join(place, "old"), "utf8"))).toMatchObject({ pid: "docker://a/b:c" });
  expect(readdirSync(folder)).toEqual([name]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("without a home, and where nothing can be written, nothing is remembered and nothing fails", () => {
  for (const place of [undefined, "/dev/null/home"]) {
    const left = createLeftJobs(place);
    left.remember(job(), "docker://a/b:c");
    expect(left.take()).toEqual([]);
    left.forget(newId());
  }
});
