// Which infrastructure a job is started on, and which one is asked to end it.
import { expect, test } from "bun:test";
import { hostname } from "node:os";
import { createInfrastructures, openInfrastructure, typeOfPid } from "#infrastructure/registry.ts";
import { systemClock } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import { never, shellJob } from "./contract.ts";

const options = {
  ...{ engineCommand: ["true"], machine: { PATH: process.env["PATH"] }, settings: {}, logHome: null },
  clock: systemClock,
};

test("a job is started by its type, and ended by the form of its pid", async () => {
  const all = createInfrastructures(options);
  const { job, lines } = shellJob({ type: "process", block: {} }, "echo ready; sleep 60 & wait");
  const { pid, exited } = await all.start(job, never());
  await lines.until(/ready/);
  expect(typeOfPid(pid)).toBe("process");
  expect(await all.isRunning({ pid, flowRunId: job.run.id })).toBe(true);
  expect(await all.kill({ pid, flowRunId: job.run.id }, 5)).toBe("killed");
  expect((await exited).code).toBe(-15);
  await all.close();
});

test("a pid of no known form is left for another agent", async () => {
  const all = createInfrastructures(options);
  const job = { pid: "a://b/c:d:e", flowRunId: newId() };
  expect([await all.kill(job, 0), await all.isRunning(job)]).toEqual(["not-ours", false]);
  expect(await all.kill({ pid: `${hostname()}:0`, flowRunId: newId() }, 0)).toBe("not-found");
  await all.close();
});

test("a container's run is left for another agent, where no engine was ever reached", async () => {
  const all = createInfrastructures({ ...options, machine: { DOCKER_HOST: "unix:///nowhere/docker.sock" } });
  const job = { pid: `docker://host/var/lib/docker:${"a".repeat(64)}`, flowRunId: newId() };
  expect(await all.kill(job, 0)).toBe("not-ours");
  await all.close();
});

for (const type of ["local-file-system", "constructor", ""]) {
  test(`a type that agents cannot start is refused by name: '${type}'`, async () => {
    const sentence = `Infrastructure of type '${type}' cannot be started by this agent: it starts process`;
    await expect(openInfrastructure(type, options)).rejects.toThrow(sentence);
    const all = createInfrastructures(options);
    await expect(all.start(shellJob({ type, block: {} }, "true").job, never())).rejects.toThrow(sentence);
    await all.close();
  });
}
