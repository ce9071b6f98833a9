// Processes of this machine, as an infrastructure among others.
import { createProcessInfrastructure } from "#infrastructure/process.ts";
import { systemClock } from "#lib/clock.ts";
import { infrastructureContract } from "./contract.ts";

infrastructureContract("process", async () => {
  const infrastructure = createProcessInfrastructure({
    ...{ engineCommand: ["sh", "-c", "echo the engine"], machine: { PATH: process.env["PATH"] } },
    ...{ settings: {}, logHome: null, clock: systemClock },
  });
  return {
    ...{ infrastructure, type: "process", block: {}, elsewhere: "another-host:1234", close: infrastructure.close },
    impossible: { command: ["/no/such/program", "x"] },
  };
});
