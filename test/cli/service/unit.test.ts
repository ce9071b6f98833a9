// The units of `orch service install`: systemd itself reads them, and what suits a server and an agent is in them.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type UnitName, unitText } from "#cli/service/unit.ts";
import { loadSettings } from "#settings/load.ts";
import { type TestTerminal, testTerminal } from "../io.ts";

let terminal: TestTerminal;
beforeEach(() => {
  terminal = testTerminal();
});
afterEach(() => terminal.close());

const UNITS: [UnitName, words: string[]][] = [
  [{ what: "server", isSystem: false }, ["--agent", "a 100% $queue"]],
  [{ what: "server", isSystem: true }, ["--port", "4300"]],
  [{ what: "agent", isSystem: false }, ["-q", "test"]],
  [{ what: "agent", isSystem: true }, ["-q", "test"]],
];

for (const [unit, words] of UNITS) {
  const name = `${unit.isSystem ? "system" : "user"} unit of the ${unit.what}`;
  const text = () => {
    mkdirSync(join(terminal.folder, ".orch"), { recursive: true });
    writeFileSync(join(terminal.folder, ".orch/profiles.toml"), 'active = "mine"\n[profiles.mine]\n');
    const loaded = loadSettings({ HOME: terminal.folder, ORCH_API_URL: "http://server:4200/api" });
    return unitText({ unit, words, user: unit.isSystem ? "daemon" : undefined, loaded });
  };

  test(`the ${name} survives a run without memory, and does not start again in vain`, () => {
    expect(text()).toContain("\nOOMPolicy=continue\n");
    expect(text()).toContain("\nRestartPreventExitStatus=2 57\n");
    expect(text().includes("\nUser=daemon\nStateDirectory=orch\n")).toBe(unit.isSystem);
    expect(text()).toContain(unit.isSystem ? "ORCH_HOME=/var/lib/orch" : `ORCH_HOME=${terminal.folder}/.orch`);
    expect(text().includes('"ORCH_PROFILE=mine"')).toBe(!unit.isSystem); // the system's home has no such profile
    expect(text().includes("ORCH_API_URL=http://server:4200/api")).toBe(unit.what === "agent" && !unit.isSystem);
    expect(text()).toContain(`WantedBy=${unit.isSystem ? "multi-user" : "default"}.target`);
  });

  test.skipIf(Bun.which("systemd-analyze") === null)(`systemd finds nothing wrong with the ${name}`, () => {
    const folder = join(terminal.folder, "units");
    mkdirSync(folder);
    const path = join(folder, `orch-${unit.what}.service`);
    writeFileSync(path, text());
    const words = ["systemd-analyze", ...(unit.isSystem ? [] : ["--user"]), "verify", "--man=no", path];
    const { stderr } = Bun.spawnSync(words, {
      env: { ...process.env, XDG_RUNTIME_DIR: folder, HOME: terminal.folder },
    });
    expect(
      stderr
        .toString()
        .split("\n")
        .filter((line) => line.includes(path)),
    ).toEqual([]);
  });
}

test("an agent has a unit beside the server's", async () => {
  const { out, code } = await terminal.orch("service", "install", "agent", "--agent", "test", "--no-start");
  expect(code).toBe(0);
  const path = /^Wrote (\S+)$/m.exec(out)?.[1] ?? "";
  expect(path).toEndWith("/systemd/user/orch-agent.service");
  expect(readFileSync(path, "utf8")).toMatch(/^ExecStart=.* "agent" "start" "-q" "test"$/m);
  expect(out).toContain("Start it: systemctl --user enable --now orch-agent.service");
});

test("what does not go together is one sentence", async () => {
  const refusals: [string[], string][] = [
    [["agent"], "An agent needs a queue: name it with --agent QUEUE."],
    [["agent", "--agent", "a", "--port", "1"], "An agent listens on no address: leave out --host and --port."],
    [["--user", "x"], "Option '--user' is for a unit of the system: add --system."],
    [["--system"], "A unit of the system needs a user to run as: name it with --user NAME."],
    [["--system", "--user", "a\nb"], "is no name of a user."],
  ];
  for (const [words, sentence] of refusals) {
    const { code, err } = await terminal.orch("service", "install", ...words);
    expect([code, err]).toEqual([2, expect.stringContaining(sentence)]);
  }
});
