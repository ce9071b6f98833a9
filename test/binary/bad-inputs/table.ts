// The project that bad inputs are tried in, and what must not change by them.
import { Database } from "bun:sqlite";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Sandbox } from "../sandbox.ts";

/** What is wrong, the words after `orch`, the exit code, and the first line on stderr. `<folder>` is the project. */
export type BadInput = readonly [wrong: string, args: readonly string[], code: number, sentence: string];

const LEAST = "name: x\nflow_name: y\ninfrastructure: {type: process}\n";
const FILES: Record<string, string> = {
  "flows/good.ts": `import { flow } from "orch";
export const sayHi = flow(async function sayHi(name: string = "Marvin", num = 42) { return name + num; });
export const sayBye = flow(async function sayBye() {});
export const notAFlow = 42;
`,
  "flows/good.py": "from prefect import flow\n",
  "flows/syntax.ts": 'import { flow } from "orch";\nexport const sayHi = flow(async function sayHi( {\n',
  "flows/throws.ts": 'throw new Error("no config found");\n',
  "flows/missing.ts": 'import { x } from "not-installed";\nexport const sayHi = x;\n',
  "flows/none-here.ts": "export const a = 1;\n",
  "flows/empty.ts": "",
  "save.ts": `import { LocalFileSystem, Secret } from "orch";
await new Secret({ value: "x" }).save("token");
await new LocalFileSystem({ basepath: "/tmp/nowhere-store" }).save("store");
`,
  "../outside.ts": "",
  "folder.yaml/x": "",
  "a-file": "not a folder",
  ".prefectignore": "node_modules/\n",
  "empty.yaml": "",
  "list.yaml": "- a\n- b\n",
  "broken.yaml": "name: x\nflow_name: [unclosed\ninfrastructure: {}\n",
  "good.yaml": LEAST,
  "unknown-key.yaml": `${LEAST}bogus: 1\n`,
  "no-name.yaml": LEAST.replace("name: x\n", ""),
  "no-flow.yaml": LEAST.replace("flow_name: y\n", ""),
  "no-infrastructure.yaml": "name: x\nflow_name: y\n",
  "bad-tags.yaml": `${LEAST}tags: a\n`,
  "bad-schedule.yaml": `${LEAST}schedule: {every: day}\n`,
  "bad-schedule-key.yaml": `${LEAST}schedule: {cron: '0 9 * * *', zone: UTC}\n`,
  "bad-schedule-type.yaml": `${LEAST}schedule: {interval: hourly}\n`,
  "bad-cron.yaml": `${LEAST}schedule: {cron: '61 * * * *'}\n`,
  "bad-block.yaml": `${LEAST}storage: {_block_document_name: none, _block_type_slug: s3}\n`,
  "bad-type.yaml": LEAST.replace("process", "ecs"),
  "bad-pool.yaml": `${LEAST}work_pool_name: none\n`,
  "bad-name.yaml": LEAST.replace("name: x", "name: a/b"),
  "twice.yaml": `${LEAST}name: z\n`,
};

/** A project with good and bad files, a deployment `say-hi/good`, its queue `test`, and two blocks. */
export async function prepare(sandbox: Sandbox): Promise<void> {
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(sandbox.folder, path)), { recursive: true });
    writeFileSync(join(sandbox.folder, path), text);
  }
  for (const args of [
    ["deployment", "build", "-n", "good", "-q", "test", "-a", "flows/good.ts:sayHi"],
    ["run", "save.ts"],
  ]) {
    const { code, stderr } = await sandbox.orch(args);
    if (code !== 0) throw new Error(stderr);
  }
}

/** Every row of every table, and every file of the project and the home, by its path. */
export function everything({ home, folder }: Sandbox): Record<string, string> {
  const found: Record<string, string> = {};
  for (const root of [folder, home]) {
    for (const path of readdirSync(root, { recursive: true, withFileTypes: true })) {
      const name = join(path.parentPath, path.name);
      // The database is looked at row by row: its files change when it is opened. Lock files are empty, and every command that locks creates them.
      if (path.isFile() && !path.name.startsWith("orch.db") && !/^(?:server|profiles\.toml)\.lock$/.test(path.name))
        found[name] = readFileSync(name, "latin1");
    }
  }
  const database = new Database(join(home, ".orch/orch.db"), { readonly: true });
  const tables = database.query<{ name: string }, []>("select name from sqlite_schema where type = 'table'").all();
  for (const { name } of tables) found[name] = JSON.stringify(database.query(`select * from "${name}"`).values());
  database.close();
  return found;
}
