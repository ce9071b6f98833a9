// Commands in this process, on the home's own database: no server runs.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findServer } from "#cli/server/running-server.ts";
import { forgetServer, noteServer } from "#cli/server/server-noting.ts";
import { type TestTerminal, testTerminal } from "./io.ts";

let terminal: TestTerminal;
beforeAll(() => {
  terminal = testTerminal();
});
afterAll(() => terminal.close());
const orch = (...words: string[]) => terminal.orch(...words);

const yaml = (name: string, more = "") => `name: ${name}
flow_name: say-hi
work_queue_name: test
infrastructure: {type: process}
entrypoint: flows/a.ts:sayHi
path: /srv/flows
parameter_openapi_schema:
  properties:
    name: {title: name, type: string}
${more}`;

function write(path: string, text: string) {
  mkdirSync(join(terminal.folder, path, ".."), { recursive: true });
  writeFileSync(join(terminal.folder, path), text);
}

describe("help", () => {
  const PAGES: [words: string[], text: string][] = [
    [["--help"], "START HERE"],
    [[], "orch dev"],
    [["deployment"], "build"],
    [["deployment", "--help"], "inspect"],
    [["deployment", "build", "--help"], "--work-queue"],
    [["deployments", "ls", "--help"], "--flow-name"],
    [["agent", "--help"], "start"],
  ];
  for (const [words, text] of PAGES) {
    test(`orch ${words.join(" ")} shows ${text}`, async () => {
      const { code, out } = await orch(...words);
      expect(out).toContain(text);
      expect(out).toBe(Bun.stripANSI(out));
      expect(out).not.toMatch(/ $/m);
      expect(code).toBe(0);
    });
  }

  test("the engine is for agents and not shown", async () => {
    expect((await orch("--help")).out).not.toContain("engine");
  });
});

describe("a usage error names the nearest and exits 2", () => {
  const WRONG: [words: string[], sentence: string][] = [
    [["deploiment"], "Did you mean 'deployment'?"],
    [["deployment", "inspekt"], "Did you mean 'inspect'?"],
    [["flow-run", "inspect"], "Missing argument 'RUN'"],
    [["deployment", "apply"], "Missing argument 'PATHS'"],
  ];
  for (const [words, sentence] of WRONG) {
    test(`orch ${words.join(" ")}`, async () => {
      const { code, err } = await orch(...words);
      expect(err).toContain(sentence);
      expect(err).toContain("--help");
      expect(code).toBe(2);
    });
  }
});

test("empty lists say what to do next", async () => {
  expect((await orch("deployment", "ls")).out).toContain("orch deployment build");
  expect((await orch("flow-run", "ls")).out).toContain("orch deployment run");
  expect((await orch("flow-run", "ls", "--json")).out).toBe("[]");
});

describe("deployments", () => {
  test("apply takes many files and registers each", async () => {
    write("a.yaml", yaml("a"));
    write("b.yaml", yaml("b", "tags: [x]\nschedule: {cron: '0 9 * * *'}\n"));
    const { code, out } = await orch("deployment", "apply", "a.yaml", "b.yaml");
    expect(out).toContain("Successfully loaded 'a'");
    expect(out).toMatch(/Deployment 'say-hi\/b' successfully created with id '[0-9a-f-]{36}'/);
    expect(out).toContain("$ orch agent start -q 'test'");
    expect(code).toBe(0);
  });

  test("a file that is wrong stops the row, what came before it stays", async () => {
    write("c.yaml", yaml("c"));
    write("wrong.yaml", yaml("wrong", "bogus: 1\n"));
    const { code, err } = await orch("deployment", "apply", "c.yaml", "wrong.yaml");
    expect(err).toContain("extra fields not permitted: bogus");
    expect(code).toBe(1);
    expect((await orch("deployment", "ls")).out).toContain("say-hi/c");
  });

  test("ls shows them by name, inspect all about one", async () => {
    const names = (await orch("deployments", "ls")).out.match(/say-hi\/\w+/g);
    expect(names).toEqual(["say-hi/a", "say-hi/b", "say-hi/c"]);
    const { out } = await orch("deployment", "inspect", "say-hi/b");
    expect(out).toContain("'work_queue_name': 'test'");
    expect(out).toContain("'block_type_slug': 'process'");
    const json = JSON.parse((await orch("deployment", "inspect", "say-hi/b", "--json")).out);
    expect(json).toMatchObject({ name: "b", tags: ["x"], schedule: { cron: "0 9 * * *" } });
  });

  test("--limit sets the queue's limit", async () => {
    expect((await orch("deployment", "apply", "a.yaml", "-l", "2")).out).toContain(
      "Updated concurrency limit on work queue 'test' to 2",
    );
    expect((await orch("deployment", "apply", "a.yaml", "-l", "two")).err).toContain("'two'");
  });

  const PARAMETERS: [words: string[], parameters: object][] = [
    [[], {}],
    [["--param", "name=Ada"], { name: "Ada" }],
    // Its type is text.
    [["-p", "name=5"], { name: "5" }],
    [["-p", 'name=["a"]'], { name: '["a"]' }],
    [["-p", 'name="5"'], { name: "5" }],
    [["-p", "name="], { name: "" }],
    [["--params", '{"name": "x"}'], { name: "x" }],
    [["--params", "-"], { name: "stdin" }],
    [["--params", '{"name": "x"}', "-p", "name=y"], { name: "y" }],
  ];
  for (const [words, parameters] of PARAMETERS) {
    test(`run ${words.join(" ")} gives ${JSON.stringify(parameters)}`, async () => {
      const { out } = await orch("deployment", "run", "say-hi/a", "--json", ...words);
      expect(JSON.parse(out)).toMatchObject({ parameters, state_type: "SCHEDULED" });
    });
  }

  const REFUSED: [words: string[], sentence: string][] = [
    [["run"], "Must provide a deployed flow's name or id"],
    [["run", "say-hi/a", "--id", "x"], "Only provide"],
    [["run", "say-hi/a", "-p", "nam=x"], "'nam'"],
    [["run", "say-hi/a", "-p", "name=x", "-p", "name=y"], "--param name is given twice"],
    [["run", "say-hi/a", "--params", "[1]"], "must be an object"],
    [["inspect", "a"], "<flow-name>/<deployment-name>"],
    [["inspect", "say-hi/none"], "Deployment 'say-hi/none' not found!"],
    [["delete"], "Must provide a deployment name or id"],
    [["delete", "say-hi/a", "--id", "x"], "Only provide"],
  ];
  for (const [words, sentence] of REFUSED) {
    test(`${words.join(" ")} is refused: ${sentence}`, async () => {
      const { code, err } = await orch("deployment", ...words);
      expect(err).toContain(sentence);
      expect(code).toBe(1);
    });
  }

  test("a run is shown with its id, its parameters and its time", async () => {
    const { out } = await orch("deployment", "run", "say-hi/a", "-p", "name=Ada");
    const id = /UUID: ([0-9a-f-]{36})/.exec(out)?.[1] ?? "";
    expect(out).toContain('└── Parameters: {"name": "Ada"}');
    expect(out).toContain("<no dashboard available>");
    expect(
      (await orch("flow-run", "ls", "--wide", "--flow-name", "say-hi", "--state-type", "scheduled")).out,
    ).toContain(id);
    expect((await orch("flow-run", "ls", "--state", "Late")).out).not.toContain(id);
    expect((await orch("flow-run", "inspect", id)).out).toMatch(new RegExp(`^ID: +${id}$`, "m"));
    expect((await orch("flow-run", "logs", id)).err).toContain("has no log lines");
  });

  test("delete takes it away", async () => {
    expect((await orch("deployment", "delete", "say-hi/c")).out).toBe("Deleted deployment 'say-hi/c'.");
    expect((await orch("deployment", "inspect", "say-hi/c")).code).toBe(1);
  });
});

describe("config", () => {
  test("set keeps a value, view shows it with its source, unset removes it", async () => {
    const { out } = await orch("config", "set", "PREFECT_API_REQUEST_TIMEOUT=5", "ORCH_API_KEY=secret");
    expect(out).toContain("Set 'ORCH_API_REQUEST_TIMEOUT' to '5'.");
    expect(out).toContain("Set 'ORCH_API_KEY' to '********'.");
    expect(out).toContain("Updated profile 'default'.");
    const view = (await orch("config", "view")).out;
    expect(view).toContain("ORCH_API_REQUEST_TIMEOUT='5' (from profile)");
    expect(view).toContain("ORCH_API_KEY='********'");
    expect((await orch("config", "view", "--show-secrets")).out).toContain("ORCH_API_KEY='secret'");
    expect((await orch("config", "view", "--show-defaults", "--hide-sources")).out).toContain(
      "ORCH_SERVER_API_PORT='4200'",
    );
    await orch("config", "unset", "ORCH_API_REQUEST_TIMEOUT", "ORCH_API_KEY");
    expect((await orch("config", "view")).out).not.toContain("ORCH_API_KEY");
  });

  const REFUSED: [words: string[], sentence: string][] = [
    [["set", "ORCH_API_URL"], "Use the format 'VAR=VAL'"],
    [["set", "ORCH_API_URLL=x"], "Did you mean 'ORCH_API_URL'?"],
    [["set", "ORCH_SERVER_API_PORT=http"], "must be a number"],
    [["unset", "ORCH_API_KEY"], "'ORCH_API_KEY' is not set in profile 'default'."],
  ];
  for (const [words, sentence] of REFUSED) {
    test(`${words.join(" ")} is refused: ${sentence}`, async () => {
      const { code, err } = await orch("config", ...words);
      expect(err).toContain(sentence);
      expect(code).toBe(1);
    });
  }
});

test("version says what it is and where it looks", async () => {
  const { out } = await orch("version");
  expect(out).toMatch(/^Version: +\d+\.\d+\.\d+$/m);
  expect(out).toContain("2.10.4");
  expect(JSON.parse((await orch("version", "--json")).out)).toMatchObject({ "Server type": "ephemeral" });
});

describe("init", () => {
  test("writes the starter project, and leaves alone what is there", async () => {
    write("new/tsconfig.json", "{}");
    const { code, out } = await orch("init", "new");
    expect(out).toContain("Wrote flows/marvin.ts");
    expect(out).toContain("Left tsconfig.json as it is.");
    expect(readFileSync(join(terminal.folder, "new/tsconfig.json"), "utf8")).toBe("{}");
    expect(existsSync(join(terminal.folder, "new/orch.d.ts"))).toBe(true);
    expect(code).toBe(0);
  });

  test("where a file is in the way is one sentence", async () => {
    write("file", "");
    expect((await orch("init", "file")).err).toMatch(
      /'.*file\/flows\/marvin\.ts' cannot be used: a part of its path is a file/,
    );
  });
});

test("dev without a deployment file says how to get one", async () => {
  mkdirSync(join(terminal.folder, "empty"));
  expect((await orch("dev", "empty")).err).toContain("orch init");
  expect((await orch("dev", "nowhere")).err).toContain("There is no folder");
});

describe("the note of a running server", () => {
  test("is found while its process lives, and taken away at its end", () => {
    mkdirSync(terminal.home, { recursive: true });
    noteServer(terminal.home, "http://127.0.0.1:1");
    expect(findServer(terminal.home)).toBe("http://127.0.0.1:1");
    forgetServer(terminal.home);
    expect(findServer(terminal.home)).toBeUndefined();
  });

  test("counts for nothing when its process is gone, or when it is damaged", () => {
    const note = join(terminal.home, "server.json");
    writeFileSync(note, JSON.stringify({ url: "http://127.0.0.1:1", pid: 2 ** 22 + 1 }));
    expect(findServer(terminal.home)).toBeUndefined();
    writeFileSync(note, "{half");
    expect(findServer(terminal.home)).toBeUndefined();
  });

  test("of another server is left alone", () => {
    const note = join(terminal.home, "server.json");
    writeFileSync(note, JSON.stringify({ url: "http://127.0.0.1:1", pid: process.ppid }));
    forgetServer(terminal.home);
    expect(existsSync(note)).toBe(true);
    writeFileSync(note, "{}");
  });
});
