// What people type instead of a command, and the pages that explain what there is.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandHelp, SECTIONS } from "#cli/help.ts";
import { COMMANDS, GROUPS } from "#cli/tree.ts";
import { type TestTerminal, testTerminal } from "./io.ts";

let terminal: TestTerminal;
beforeAll(() => {
  terminal = testTerminal();
});
afterAll(() => terminal.close());

describe("C19: the command that was probably meant is named", () => {
  const CASES: [typed: string, meant: string][] = [
    ["deployment rm", "delete"],
    ["deployment list", "ls"],
    ["deployment show", "inspect"],
    ["deployment create", "build"],
    ["deployment trigger", "run"],
    ["flow-run show", "inspect"],
    ["flow-run log", "logs"],
    ["flow-run tail", "logs"],
    ["flow-run kill", "cancel"],
    ["flow-run rerun", "retry"],
    ["variable create", "set"],
    ["logs", "orch flow-run logs"],
    ["status", "orch server status"],
    ["stop", "orch server stop"],
    ["start", "orch server start"],
    ["ls", "orch deployment ls"],
    ["apply", "orch deployment apply"],
    ["retry", "orch flow-run retry"],
    ["list", "orch deployment ls"],
    ["deploymnt", "deployment"],
    ["variable get", "inspect"],
    ["variable describe", "inspect"],
    ["variable status", "inspect"],
    ["flow-run status", "inspect"],
    ["server list", "status"],
    ["server get", "status"],
    ["service remove", "uninstall"],
    ["service describe", "status"],
    ["config show", "view"],
    ["config get", "view"],
    ["config list", "view"],
    ["deployment logs", "orch flow-run logs"],
    ["flow log", "orch flow-run logs"],
    ["flow stop", "orch flow-run cancel"],
    ["task-run stop", "orch flow-run cancel"],
    ["agent list", "orch work-queue ls"],
    ["agent status", "orch work-queue ls"],
    ["worker status", "orch work-pool ls"],
    ["agent run", "start"],
    ["worker run", "start"],
    ["server run", "start"],
    ["server shutdown", "stop"],
    ["server ls", "status"],
    ["server backup", "database backup"],
    ["service run", "install"],
    ["service ls", "status"],
    ["flow runs", "orch flow-run ls"],
    ["flow build", "orch deployment build"],
    ["flow deploy", "orch deployment build"],
    ["flow watch", "orch flow-run watch"],
    ["flow-run list", "ls"],
    ["flow-run run", "orch deployment run"],
    ["flow-run start", "orch deployment run"],
    ["flow-run result", "inspect"],
    ["deployment watch", "orch flow-run watch"],
    ["deployment push", "apply"],
    ["deployment unschedule", "set-schedule --none"],
    ["work-pool start", "orch worker start"],
    ["work-queue start", "orch agent start"],
    ["block types", "type ls"],
    ["config ls", "view"],
    ["profile switch", "use"],
    ["runs", "orch flow-run ls"],
    ["ps", "orch flow-run ls"],
    ["pool ls", "orch work-pool ls"],
    ["queues", "work-queue"],
    ["backup", "orch server database backup"],
    ["database", "orch server database"],
    ["new", "init"],
    ["notify me", "orch notification create"],
    ["deployment flow", "orch flow"],
    ["flow deployments", "orch deployment"],
    ["deploy flows/marvin.ts", "orch deployment build"],
    ["serve", "dev"],
    ["rm", "orch deployment delete"],
    ["show", "orch deployment inspect"],
    ["get deployments", "orch deployment ls"],
    ["get pods", "orch flow-run ls"],
    ["list runs", "orch flow-run ls"],
    ["describe deployment x", "orch deployment inspect"],
    ["delete work-queue x", "orch work-queue delete"],
    ["create block", "orch block create"],
    ["top", "orch flow-run ls"],
    ["migrate", "adopt"],
    ["trigger x", "orch deployment run"],
    ["flow-run stop last", "cancel"],
    ["server database migrate", "upgrade"],
    ["notification off", "pause"],
    ["notification send x", "test"],
    ["block set", "create"],
    ["work-queue disable x", "pause"],
    ["server start stop", "orch server stop"],
    ["deployment ls inspect", "orch deployment inspect"],
    ["config view set", "orch config set"],
    ["agent start ls", "orch work-queue ls"],
    ["pull", "orch deployment inspect"],
    ["clone", "orch deployment build"],
    ["kubectl", "orch flow-run ls"],
    ["kubectl get pods", "orch flow-run ls"],
    ["kubectl apply -f x.yaml", "orch deployment apply"],
    ["docker compose up", "dev"],
    ["docker ps", "orch flow-run ls"],
    ["orch deployment ls", "orch deployment ls"],
    ["prefect server database reset", "orch server database reset"],
    ["prefect orion start", "orch server start"],
    ["systemctl stop orch", "orch server stop"],
    ["airflow dags trigger x", "orch deployment run"],
    ["airflow webserver", "orch server start"],
    ["dags list", "orch deployment ls"],
    ["up", "dev"],
    ["down", "orch server stop"],
    ["cancel last", "orch flow-run cancel"],
    ["disable x", "orch deployment pause-schedule"],
    ["deployment up", "apply"],
    ["worker cancel last", "orch flow-run cancel"],
    ["block logs", "orch flow-run logs"],
    ["unschedule x", "orch deployment set-schedule --none"],
    ["deployment down x", "pause-schedule"],
    ["deployment serve", "orch dev"],
    ["deployment ps", "ls"],
    ["deployment restart", "orch flow-run retry"],
    ["deployment pull", "inspect"],
    ["worker start status", "orch work-pool ls"],
  ];
  const ADVICE: [typed: string, advice: RegExp][] = [
    ["agent stop", /Ctrl-C in its terminal ends it; .*'orch service uninstall'\./],
    ["login", /There is no account and no cloud: 'orch config set ORCH_API_URL=/],
    ["cloud login", /There is no account and no cloud/],
    ["agent start stop", /^'stop' reads as a command.* Ctrl-C in its .*: 'orch agent start -q stop'\. Try/],
    ["agent start help", /'orch agent --help' shows the help\./],
    ["worker start stop", /Ctrl-C in its terminal ends it/],
    ["agent kill", /Ctrl-C in its terminal ends it/],
    ["worker stop", /Ctrl-C in its terminal ends it/],
    ["worker restart", /Then 'orch worker start'\./],
    ["server log", /server\.log in its home/],
    ["server restart", /'orch server stop', then 'orch server start'\./],
    ["service log", /journalctl --user -u orch' shows it\./],
    ["service stop", /systemctl --user stop orch' does that\./],
    ["service restart", /systemctl --user restart orch/],
    ["restart", /'orch server start' restart the server, 'orch flow-run retry' runs/],
    ["diff a.yaml", /'orch deployment inspect NAME' shows what the server has\./],
    ["deployment diff", /'orch deployment inspect NAME' shows/],
    ["flow-run pause", /'orch flow-run cancel' ends a run\./],
  ];
  for (const [typed, advice] of ADVICE) {
    test(`orch ${typed}: what does it instead`, async () => {
      const { code, err } = await terminal.orch(...typed.split(" "));
      expect([code, err.includes("Did you mean"), err]).toEqual([2, false, expect.stringMatching(advice)]);
    });
  }
  for (const [typed, meant] of CASES) {
    test(`orch ${typed}: ${meant}`, async () => {
      const { code, err } = await terminal.orch(...typed.split(" "));
      expect([code, err]).toEqual([2, expect.stringContaining(`Did you mean '${meant}'?`)]);
    });
  }
  const NAMES_OF_NOTHING: [typed: string, meant: RegExp][] = [
    ["run ls", /^There is no file 'ls'\. Did you mean 'orch flow-run ls'\?$/],
    ["flow run ls", /^There is no file '.*ls'\. Did you mean 'orch flow ls'\?$/],
    ["deployment run ls", /'<flow-name>\/<deployment-name>'\. Did you mean 'orch deployment ls'\?$/],
    ["profile inspect list", /Did you mean 'orch profile ls'\?$/],
    ["dev stop", /^There is no folder '.*stop'\. Ctrl-C in its terminal ends 'orch dev'\.$/],
  ];
  for (const [typed, meant] of NAMES_OF_NOTHING) {
    test(`orch ${typed}: a name that names nothing and reads as a command`, async () => {
      expect(await terminal.orch(...typed.split(" "))).toMatchObject({ code: 1, err: expect.stringMatching(meant) });
    });
  }
  const NAMES_OF_NEW: [typed: string, hint: string][] = [
    ["init stop", "Did you mean 'orch server stop'? For a folder of that name: 'orch init ./stop'."],
    ["init ls", "Did you mean 'orch deployment ls'?"],
    ["init deploy", "Did you mean 'orch deployment build'?"],
    ["init help", "'orch init --help' shows the help."],
    ["init restart", "'orch flow-run retry' runs a run again."],
    ["init clone", "Did you mean 'orch deployment build'?"],
    ["server database backup stats", "Did you mean 'orch server database stats'?"],
    ["server database backup restore", "Did you mean 'orch server database restore'? For a file of that name:"],
  ];
  for (const [typed, hint] of NAMES_OF_NEW) {
    test(`orch ${typed}: a word of a command makes nothing of that name`, async () => {
      const words = typed.split(" ");
      const { code, err } = await terminal.orch(...words);
      expect([code, err]).toEqual([2, expect.stringContaining(`'${words.at(-1)}' reads as a command, not as a `)]);
      expect(err).toContain(hint);
      expect(existsSync(join(terminal.folder, words.at(-1) ?? ""))).toBe(false);
    });
  }
  test("a folder that is there, or is named as one, is meant", async () => {
    mkdirSync(join(terminal.folder, "serve"));
    for (const name of ["serve", "./start", "flows", "jobs", "history", "server", "agent", "types"]) {
      expect([name, (await terminal.orch("init", name)).code]).toEqual([name, 0]);
      expect(existsSync(join(terminal.folder, name, "marvin-deployment.yaml"))).toBe(true);
    }
  });
  test("a file of a backup may be called like the commands of other groups", async () => {
    for (const name of ["dump", "export", "backup"]) {
      expect([name, (await terminal.orch("server", "database", "backup", name)).err]).not.toEqual([
        ...[name, expect.stringContaining("reads as a command")],
      ]);
    }
  });
  test("nothing is guessed about what was found, and is to be confirmed", async () => {
    await terminal.orch("profile", "create", "list");
    terminal.answer = undefined;
    const { err } = await terminal.orch("profile", "delete", "list");
    terminal.answer = true;
    expect(err).toBe(
      "Delete profile 'list'? Nothing was done, because there is no terminal to ask: add --yes to do it.",
    );
  });
  test("nothing is guessed for a word that is like none", async () => {
    expect((await terminal.orch("xyzzyxyzzy")).err).not.toContain("Did you mean");
    expect((await terminal.orch("deployment", "constructor")).err).not.toContain("Did you mean");
  });
  test("a deployment in the place of a program", async () => {
    const { code, err } = await terminal.orch("run", "say-hi/marvin");
    const hint = "If it is a deployment: orch deployment run say-hi/marvin";
    expect([code, err]).toEqual([1, `There is no file 'say-hi/marvin'. ${hint}`]);
  });
});

describe("C19: the name that was probably meant is named", () => {
  let own: TestTerminal;
  beforeAll(async () => {
    own = testTerminal();
    mkdirSync(join(own.folder, "flows"));
    const flow = (name: string) => `export const ${name} = flow(async function ${name}() {});\n`;
    writeFileSync(
      join(own.folder, "flows/one.ts"),
      `import { flow } from "orch";\n${flow("sayHi")}export const N = 1;\n`,
    );
    writeFileSync(join(own.folder, "flows/two.ts"), `import { flow } from "orch";\n${flow("a")}${flow("b")}`);
    writeFileSync(join(own.folder, "flows/none.ts"), "export const N = 1;\n");
    await own.orch("deployment", "build", "-n", "marvin", "-q", "reports", "-a", "--skip-upload", "flows/one.ts:sayHi");
    await own.orch("work-pool", "create", "machines");
    await own.orch("work-queue", "create", "urgent", "-p", "machines");
    await own.orch("variable", "set", "api_limit", "5");
    await own.orch("concurrency-limit", "create", "database", "5");
    await own.orch("profile", "create", "staging");
    await own.orch("block", "create", "secret", "--name", "token", "--field", "value=x");
  });
  afterAll(() => own.close());

  const NAMES: [typed: string, meant: string][] = [
    ["deployment run say-hi/marvn", "say-hi/marvin"],
    ["deployment inspect sayhi/marvin", "say-hi/marvin"],
    ["deployment run marvin", "say-hi/marvin"],
    ["deployment delete marvi --yes", "say-hi/marvin"],
    ["flow inspect say-hy", "say-hi"],
    ["work-queue inspect report", "reports"],
    ["work-queue pause urgnt -p machines", "urgent"],
    ["work-queue ls -p machine", "machines"],
    ["work-pool inspect machine", "machines"],
    ["worker start -p machine", "machines"],
    ["agent start -p machine --run-once", "machines"],
    ["deployment build -n x -p machine -a --skip-upload flows/one.ts:sayHi", "machines"],
    ["deployment build -n x flows/one.ts:sayHy", "sayHi"],
    ["variable inspect api-limit", "api_limit"],
    ["variable delete api_limt --yes", "api_limit"],
    ["concurrency-limit inspect databse", "database"],
    ["profile use stagin", "staging"],
    ["-p stagin config view", "staging"],
    ["config set ORCH_API_ULR=http://x/api", "ORCH_API_URL"],
    ["config unset PREFECT_API_ULR", "ORCH_API_URL"],
    ["block inspect secret/tokn", "secret/token"],
    ["block create secrte", "secret"],
    ["deployment ls --flow-nam x", "--flow-name"],
    ["deployment run say-hi/marvin --prams {}", "--params"],
    ["flow-run ls --stat Failed", "--state"],
    ["deployment build -n x -i proces flows/one.ts:sayHi", "process"],
  ];
  for (const [typed, meant] of NAMES) {
    test(`orch ${typed}: ${meant}`, async () => {
      const { code, err } = await own.orch(...typed.split(" "));
      expect([code > 0, err]).toEqual([true, expect.stringMatching(new RegExp(`Did you mean '?${meant}'?\\?`))]);
    });
  }

  test("a file with one flow needs no name, and its deployment file is the usual one", async () => {
    const { code, out } = await own.orch("deployment", "build", "-n", "short", "--skip-upload", "flows/one.ts");
    expect([code, out]).toEqual([0, expect.stringContaining("Found flow 'say-hi'")]);
    expect(out).toContain("sayHi-deployment.yaml'");
    expect((await own.orch("flow", "run", "flows/one.ts")).code).toBe(0);
  });
  test("of several flows the names are listed", async () => {
    for (const words of [
      ["deployment", "build", "-n", "x"],
      ["flow", "run"],
    ]) {
      const { code, err } = await own.orch(...words, "flows/two.ts");
      const sentence = "has 2 flows: a, b. Name one, as ";
      expect([code, err]).toEqual([1, expect.stringContaining(sentence)]);
    }
    expect((await own.orch("flow", "run", "flows/none.ts")).err).toContain("exports no flow");
    expect((await own.orch("flow", "run", "flows/nowhere.ts")).err).toContain("There is no file");
  });
});

describe("C20: help", () => {
  test("every command of the root is in one section", () => {
    const listed = SECTIONS.flatMap(([, names]) => names);
    expect(listed.toSorted()).toEqual([...Object.keys(COMMANDS), ...Object.keys(GROUPS)].toSorted());
  });
  for (const words of ["help deployment", "deployment help", "deployment --help"]) {
    test(`orch ${words} shows the group`, async () => {
      expect((await terminal.orch(...words.split(" "))).out).toContain("orch deployment COMMAND");
    });
  }
  for (const words of ["help deployment ls", "deployment help ls", "deployment ls --help"]) {
    test(`orch ${words} shows the command`, async () => {
      expect((await terminal.orch(...words.split(" "))).out).toContain("orch deployment ls [OPTIONS]");
    });
  }
  test("agent --help shows -q", async () => {
    expect((await terminal.orch("agent", "--help")).out).toContain("-q, --work-queue QUEUE…");
  });
  test("the value of an option is named, and a switch that turns something off says so", async () => {
    const { out } = await terminal.orch("server", "start", "--help");
    expect(out).toMatch(/--port PORT +Port to listen on/);
    expect(out).toMatch(/--no-ui +Do not serve the web UI\./);
  });
  test("--help is the last option, also where -h means something else", async () => {
    const { out } = await terminal.orch("flow-run", "logs", "--help");
    const options = out.split("\n\n").find((part) => part.startsWith("OPTIONS")) ?? "";
    expect(options.split("\n").at(-1)).toMatch(/^ +--help +Show this page\.$/);
  });
  test("an example breaks before an option, not between it and its value", async () => {
    const command = await (GROUPS["deployment"]?.commands["set-schedule"]?.() ?? Promise.reject(new Error("none")));
    expect(await commandHelp(["deployment", "set-schedule"], command, 60)).toContain(
      "set-schedule say-hi/marvin \\\n      --cron '0 9 * * 1-5' --timezone Europe/Berlin\n",
    );
  });
  test("only what is required is shown without brackets", async () => {
    expect((await terminal.orch("deployment", "run", "--help")).out).toContain("orch deployment run [OPTIONS] [NAME]");
    expect((await terminal.orch("flow-run", "logs", "--help")).out).toContain("orch flow-run logs [OPTIONS] RUN");
  });
  test("no line is wider than the terminal", async () => {
    const paths = Object.entries(GROUPS).flatMap(([group, { commands }]) =>
      Object.keys(commands).map((name) => [group, ...name.split(" ")]),
    );
    for (const path of [[], ...paths]) {
      const { out } = await terminal.orch(...path, "--help");
      const long = out.split("\n").filter((line) => line.length > 100 && !line.startsWith("  $ "));
      expect([path, long]).toEqual([path, []]);
    }
  });
});
