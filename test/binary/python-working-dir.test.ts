// A Python flow whose code is in a storage block, run by the built-in engine in a folder that has files of the same names.
import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pythonHere } from "./python-here.ts";
import { createSandbox } from "./sandbox.ts";

const python = pythonHere();
const FLOW = "from prefect import flow\n\n@flow\ndef adds():\n    open('made', 'w').write('made')\n";

test.skipIf(!python)(
  "python 4: the built-in engine leaves the files of the folder that a run works in",
  async () => {
    const sandbox = createSandbox();
    const works = join(sandbox.home, "works");
    for (const folder of [works, join(sandbox.folder, "flows")]) mkdirSync(folder);
    writeFileSync(join(works, "helper.txt"), "of the user");
    writeFileSync(join(sandbox.folder, "helper.txt"), "of the code");
    writeFileSync(join(sandbox.folder, "flows/all.py"), FLOW);
    const server = sandbox.start(["server", "start", "--port", "0"]);
    const url = (await server.until(/running at (http:\S+?),/))[1] ?? "";
    const env = { ORCH_PYTHON: python ?? "", ORCH_PYTHON_ENGINE: "built-in", ORCH_API_URL: `${url}/api` };
    const place = ["-sb", "local-file-system/stored/below/it", "--override", `working_dir=${works}`];
    const commands = [
      [
        "block",
        "create",
        "local-file-system",
        "--name",
        "stored",
        "--field",
        `basepath=${join(sandbox.home, "stored")}`,
      ],
      ["deployment", "build", "-n", "below", "-q", "below", "-a", "flows/all.py:adds", ...place],
      ["deployment", "run", "adds/below"],
      ["agent", "start", "-q", "below", "--run-once"],
    ];
    for (const words of commands) expect(await sandbox.orch(words, { env })).toMatchObject({ code: 0 });
    const read = (name: string) => readFileSync(join(works, name), "utf8");
    expect([read("made"), read("helper.txt")]).toEqual(["made", "of the user"]);
    await sandbox.close();
  },
  60_000,
);
