// Python flows read by the machine's own Python, beside what Prefect 2.10.4 makes of the same file.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseJson } from "#lib/json.ts";
import { eachOf } from "#lib/parallel.ts";
import { pythonSource } from "#project/python/read-flow.ts";

const python = realPython();
if (!python) console.log("Skipped: there is no python3 here, by which Python flows are read.");
const suite = describe.skipIf(!python);

const FIXTURES = resolve("test/fixtures/python");
const env = { PATH: process.env["PATH"], HOME: process.env["HOME"] };
let folder = "";

/** Not a script that looks for it, as pyenv has them: that takes longer than the reading. */
function realPython(): string | null {
  const found = Bun.which("python3");
  if (!found) return null;
  return Bun.spawnSync([found, "-c", "import sys; print(sys.executable)"]).stdout.toString().trim() || null;
}

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "orch-read-flow-")));
  mkdirSync(join(folder, "flows"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function sourceIn(place: string, notes: string[] = []) {
  return pythonSource({ folder: place, home: folder, env, setting: python, note: (line) => notes.push(line) });
}

async function refusal(text: string, name = "say_hi"): Promise<string> {
  writeFileSync(join(folder, "flows/bad.py"), text);
  const reading = sourceIn(folder).read(join(folder, "flows/bad.py"), name);
  return reading.then(
    () => "",
    (error: Error) => error.message,
  );
}

suite("python 2: the schema of a flow", () => {
  test("is that of Prefect 2.10.4, for 45 signatures", async () => {
    const text = readFileSync(join(FIXTURES, "signatures.json"), "utf8");
    const recorded = Object.entries(Object(parseJson(text)));
    const differing: string[] = [];
    await eachOf(recorded, 4, async ([name, expected]) => {
      const {
        tags: _,
        exportName: __,
        ...found
      } = await sourceIn(FIXTURES).read(join(FIXTURES, "signatures.py"), name);
      // As text: the order of keys counts.
      if (JSON.stringify(found) !== JSON.stringify(expected)) differing.push(name);
    });
    expect(differing).toEqual([]);
    expect(recorded).toHaveLength(45);
  }, 60_000);

  test("needs no package that the file imports, and says so", async () => {
    writeFileSync(
      join(folder, "flows/far.py"),
      `import no_such_package_at_all as far
from prefect_no_such import Thing
from prefect import flow, task
from prefect.blocks.system import Secret
from helper import word

key = Secret.load("key").get()

class Mine(Thing):
    pass

@far.decorated
@flow
@far.with_options(1)
def say_hi(frame: far.DataFrame, mine: Mine, name: str = word):
    pass

say_hi()
`,
    );
    writeFileSync(join(folder, "flows/helper.py"), 'word = "Ada"\n');
    const notes: string[] = [];
    const { schema } = await sourceIn(folder, notes).read(join(folder, "flows/far.py"), "say_hi");
    expect(schema["properties"]).toEqual({
      frame: { title: "frame", position: 0 },
      mine: { title: "mine", position: 1 },
      name: { title: "name", default: "Ada", position: 2, type: "string" },
    });
    expect(notes).toEqual([
      expect.stringMatching(/^Note: 'no_such_package_at_all' is not installed for .*: its types are not known\.$/),
      "Note: 'say_hi' is not run while its file is read.",
    ]);
  });

  test("a package that the file does without is left to it", async () => {
    writeFileSync(
      join(folder, "flows/without.py"),
      `from prefect import flow
try:
    import no_such_package_at_all
except ImportError:
    no_such_package_at_all = None

@flow
def say_hi(is_there: bool = no_such_package_at_all is not None):
    print("not printed")
print("printed")
`,
    );
    const notes: string[] = [];
    const { schema } = await sourceIn(folder, notes).read(join(folder, "flows/without.py"), "say_hi");
    expect(schema["properties"]).toMatchObject({ is_there: { default: false } });
    expect(notes).toEqual(["printed"]);
  });
});

const FLOW = "from prefect import flow\n\n@flow\ndef say_hi():\n    pass\n";
const BAD: [what: string, text: string, sentence: string | RegExp][] = [
  ["a syntax error", `${FLOW}\ndef broken(:\n`, /^flows\/bad\.py:7:\d+: invalid syntax$/],
  [
    "an error at the top level",
    `${FLOW}\n1 / 0\n`,
    "Script at 'flows/bad.py:7' encountered an exception: ZeroDivisionError: division by zero",
  ],
  ["sys.exit", `${FLOW}\nimport sys\nsys.exit(3)\n`, /^Script at 'flows\/bad\.py:8' ended its process \(sys\.exit\)/],
  [
    "os._exit",
    `${FLOW}\nimport os\nos._exit(3)\n`,
    /^'flows\/bad\.py' could not be read by '.*': it ended with status 3\.$/,
  ],
  [
    "no flow of the name",
    FLOW.replaceAll("say_hi", "say_ho"),
    "Flow function with name 'say_hi' not found in 'flows/bad.py'. The flows in it are: say_ho.",
  ],
  ["no flow at all", "x = 1\n", "Flow function with name 'say_hi' not found in 'flows/bad.py'. It has no flow."],
  [
    "a plain function",
    "def say_hi(): pass\n",
    "Function with name 'say_hi' is not a flow. Make sure that it is decorated with '@flow'.",
  ],
  [
    "a task",
    "from prefect import task\n@task\ndef say_hi(): pass\n",
    "Function with name 'say_hi' is not a flow. Make sure that it is decorated with '@flow'.",
  ],
  [
    "an unknown file of the project",
    `${FLOW}\nfrom .nowhere import x\n`,
    /^Script at 'flows\/bad\.py:7' encountered an exception: ModuleNotFoundError: No module named '__prefect_loader__\.nowhere'$/,
  ],
  [
    "a reserved name",
    "from prefect import flow\n@flow\ndef say_hi(wait_for): pass\n",
    "The flow 'say_hi' in 'flows/bad.py' cannot be deployed: 'wait_for' is a reserved argument name and cannot be used.",
  ],
  ["an empty file", "", "Flow function with name 'say_hi' not found in 'flows/bad.py'. It has no flow."],
];
suite("python 2: one sentence for", () => {
  for (const [what, text, sentence] of BAD) {
    test(what, async () => {
      const found = await refusal(text);
      if (typeof sentence === "string") expect(found).toBe(sentence);
      else expect(found).toMatch(sentence);
    });
  }

  test("a file that is not there, and a folder", async () => {
    await expect(sourceIn(folder).read(join(folder, "none.py"), "x")).rejects.toThrow("There is no file 'none.py'.");
    mkdirSync(join(folder, "folder.py"));
    await expect(sourceIn(folder).read(join(folder, "folder.py"), "x")).rejects.toThrow("'folder.py' is a folder");
  });

  test("a file that never ends to load", async () => {
    writeFileSync(join(folder, "flows/bad.py"), `${FLOW}\nimport threading\nthreading.Event().wait()\n`);
    const source = pythonSource({ folder, home: folder, env, setting: python, mostSeconds: 1 });
    await expect(source.read(join(folder, "flows/bad.py"), "say_hi")).rejects.toThrow("did not load within 1 seconds");
  });

  test("C19: a file without the name of a flow, which has several or none", async () => {
    const two = "from prefect import flow\n@flow\ndef a(): pass\n@flow\ndef b(): pass\n";
    expect(await refusal(two, "")).toBe("'flows/bad.py' has 2 flows: a, b. Name one, as flows/bad.py:a.");
    expect(await refusal("x = 1\n", "")).toBe("'flows/bad.py' has no flow. Decorate a function with '@flow'.");
  });

  test("C19: a file with one flow needs no name", async () => {
    writeFileSync(join(folder, "flows/only.py"), "from prefect import flow\n@flow\ndef say_hi(): pass\n");
    const found = await sourceIn(folder).read(join(folder, "flows/only.py"), undefined);
    expect(found).toMatchObject({ name: "say-hi", exportName: "say_hi" });
  });

  test("two flows with one name is a note", async () => {
    const text = 'from prefect import flow\n@flow(name="A")\ndef say_hi(): pass\n@flow(name="A")\ndef other(): pass\n';
    writeFileSync(join(folder, "flows/two.py"), text);
    const notes: string[] = [];
    await sourceIn(folder, notes).read(join(folder, "flows/two.py"), "say_hi");
    expect(notes).toEqual(["Note: 'say_hi' and 'other' are both called 'A': give one another name, as @flow(name=…)."]);
  });
});
