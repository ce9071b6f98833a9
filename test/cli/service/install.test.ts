// `orch service install` where no systemd answers.
import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { settingLines } from "#cli/service/install.ts";
import { testTerminal } from "../io.ts";

const unitOf = (folder: string) => join(folder, ".config", "systemd", "user", "orch.service");

test.skipIf(process.platform !== "linux")("commands 5: without systemctl nothing is written", async () => {
  const terminal = testTerminal({ PATH: "/nowhere" });
  const { code, err } = await terminal.orch("service", "install");
  expect([code, err]).toEqual([1, expect.stringContaining("there is no systemctl here. Nothing was written.")]);
  expect(existsSync(unitOf(terminal.folder))).toBe(false);
  expect((await terminal.orch("service", "install", "--no-start")).code).toBe(0);
  expect(existsSync(unitOf(terminal.folder))).toBe(true);
  terminal.close();
});

test.skipIf(process.platform !== "linux")("commands 5: nor where systemctl reaches no manager", async () => {
  const tools = testTerminal();
  const program = join(tools.folder, "bin", "systemctl");
  mkdirSync(join(tools.folder, "bin"));
  writeFileSync(program, "#!/bin/sh\necho 'Failed to connect to bus: No medium found' >&2\nexit 1\n");
  chmodSync(program, 0o755);
  const terminal = testTerminal({ PATH: join(tools.folder, "bin") });
  const { code, err } = await terminal.orch("service", "install");
  const why = "systemd, which does not answer: Failed to connect to bus: No medium found. Nothing was written.";
  expect([code, err]).toEqual([1, expect.stringContaining(why)]);
  expect(existsSync(unitOf(terminal.folder))).toBe(false);
  terminal.close();
  tools.close();
});

test.skipIf(process.platform !== "linux")(
  "nor in a chroot, where systemctl ignores what it is asked and ends with 0",
  async () => {
    const tools = testTerminal();
    const program = join(tools.folder, "bin", "systemctl");
    mkdirSync(join(tools.folder, "bin"));
    writeFileSync(program, `#!/bin/sh\necho "Running in chroot, ignoring command '$2'" >&2\n`, { mode: 0o755 });
    const terminal = testTerminal({ PATH: join(tools.folder, "bin") });
    const { code, err } = await terminal.orch("service", "install");
    expect([code, err]).toEqual([1, expect.stringContaining("does not answer: Running in chroot, ignoring command ")]);
    expect(existsSync(unitOf(terminal.folder))).toBe(false);
    terminal.close();
    tools.close();
  },
);

test("a unit of the system says how its settings are changed, as a shell takes it", () => {
  const unit = { what: "agent", isSystem: true } as const;
  const own = ["/opt/my programs/orch"];
  const set = "    sudo -u ada ORCH_HOME=/var/lib/orch '/opt/my programs/orch' config set NAME=VALUE";
  // systemd makes the home when it starts the unit first, and what runs has read its settings.
  expect(settingLines(unit, "ada", false, own).slice(1)).toEqual([
    "    sudo install -d -o ada -m 700 /var/lib/orch",
    set,
  ]);
  expect(settingLines(unit, "ada", true, own).slice(1)).toEqual([set, "    sudo systemctl restart orch-agent.service"]);
});

test.skipIf(process.platform !== "linux")("a server that would refuse to start is not installed", async () => {
  const tools = testTerminal();
  const bin = join(tools.folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "systemctl"), "#!/bin/sh\n", { mode: 0o755 });
  // The key of this shell is not that of the unit.
  const terminal = testTerminal({ PATH: bin, ORCH_SERVER_API_KEY: "of the shell" });
  const { code, err } = await terminal.orch("service", "install", "--host", "0.0.0.0");
  expect([code, err]).toEqual([1, expect.stringContaining("set ORCH_SERVER_API_KEY first, or bind 127.0.0.1.")]);
  expect(existsSync(unitOf(terminal.folder))).toBe(false);
  terminal.close();
  tools.close();
});

test.skipIf(process.platform !== "linux")("a server that ends as it starts is no server that runs", async () => {
  const tools = testTerminal();
  const bin = join(tools.folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "systemctl"), `#!/bin/sh\n[ "$2" != show ] || echo auto-restart\n`, { mode: 0o755 });
  const terminal = testTerminal({ PATH: bin });
  const { code, out, err } = await terminal.orch("service", "install");
  expect([code, err]).toEqual([
    1,
    expect.stringContaining("its server ends as it starts. Its log says why: journalctl"),
  ]);
  expect(out).not.toContain("is running");
  terminal.close();
  tools.close();
});

test.skipIf(process.platform !== "linux")("status says how the unit that is asked for is installed", async () => {
  const terminal = testTerminal();
  const lineOf = async (...words: string[]) => (await terminal.orch("service", "status", ...words)).out;
  expect(await lineOf()).toEndWith("Install it: orch service install");
  expect(await lineOf("agent")).toEndWith("Install it: orch service install agent --agent QUEUE");
  terminal.close();
});
