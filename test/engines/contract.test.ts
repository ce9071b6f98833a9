// Containers of real engines, as an infrastructure among others.
import { describe, test } from "bun:test";
import { createDockerInfrastructure } from "#infrastructure/docker/docker.ts";
import { systemClock } from "#lib/clock.ts";
import { infrastructureContract, type Subject } from "../infrastructure/contract.ts";
import { noEngines, type RealEngine, startDockerd, startPodman } from "./engine.ts";
import { importShell } from "./images.ts";

async function subject(start: () => Promise<RealEngine>): Promise<Subject> {
  const real = await start();
  await importShell(real, "orch-shell:1");
  const infrastructure = createDockerInfrastructure({
    ...{ engineCommand: [], machine: real.env, settings: { ORCH_API_URL: "http://127.0.0.1:4200/api" } },
    ...{ logHome: null, clock: systemClock },
  });
  return {
    ...{ infrastructure, type: "docker-container", block: { image: "orch-shell:1", auto_remove: true } },
    ...{
      impossible: { command: ["/no/such/program"] },
      elsewhere: `docker://another/var/lib/docker:${"a".repeat(64)}`,
    },
    close: real.close,
  };
}

const why = noEngines();
if (why) describe("containers", () => test.skip(`are not tried here: ${why}`, () => {}));
else {
  infrastructureContract("docker-container on dockerd", () => subject(startDockerd));
  infrastructureContract("docker-container on podman", () => subject(startPodman));
}
