// Waits for the server of a unit, where a server that was started by hand listens in the same home.
import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Io } from "#cli/kit/command.ts";
import { serverOfUnit } from "#cli/service/start-unit.ts";
import { testTerminal } from "../io.ts";

test("commands 5: a server that systemd has not started is none of the unit's", async () => {
  const { folder, close } = testTerminal();
  const listening = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const url = `http://127.0.0.1:${listening.port}`;
  writeFileSync(join(folder, "server.json"), JSON.stringify({ url, pid: process.pid }));
  const program = join(folder, "bin", "systemctl");
  mkdirSync(join(folder, "bin"));
  const io = { env: { PATH: `${join(folder, "bin")}:/usr/bin:/bin` } } as unknown as Io; // what is asked of it
  const found = (pid: number) => {
    writeFileSync(program, `#!/bin/sh\ncase "$*" in *MainPID*) echo ${pid} ;; *) echo failed ;; esac\n`);
    chmodSync(program, 0o755);
    return serverOfUnit({ what: "server", isSystem: false }, folder, io);
  };
  expect(await found(process.pid)).toBe(url);
  expect(await found(process.ppid)).toBe(url); // it has started the server
  await expect(found(1_000_000_000)).rejects.toThrow("its server ends as it starts");
  listening.stop();
  close();
});
