// Containers of real engines, as an infrastructure among others.
import { createDockerInfrastructure } from "#infrastructure/docker/docker.ts";
import { systemClock } from "#lib/clock.ts";
import { infrastructureContract, type Subject } from "../infrastructure/contract.ts";
import { engineHere, type RealEngine, startDockerd, startPodman } from "./engine.ts";
import { importShell } from "./images.ts";

async function subject(real: RealEngine): Promise<Subject> {
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

for (const start of [startDockerd, startPodman]) {
  const real = await engineHere(start);
  if (real) infrastructureContract(`docker-container on ${real.name}`, () => subject(real));
}
