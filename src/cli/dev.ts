// `orch dev`: server and agent in one process, with the deployment files of a folder applied.
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { applyDeployment } from "#project/apply.ts";
import type { DeploymentSpec } from "#project/deployment.ts";
import type { ScheduleInput } from "#wire/schedules.ts";
import { command } from "./command.ts";
import { readDeploymentFile } from "./deployment/deployment-files.ts";
import { MOST_PORT, wholeNumber } from "./numbers.ts";

const USUAL_QUEUE = "default";
/** Enough for a process to be ready in time; more would only keep Ctrl-C waiting for runs that have not begun. */
const PREFETCH_SECONDS = 1;

export const dev = command({
  description: "Server and agent in one process, with the deployment files of a folder applied.",
  examples: ["orch dev", "orch dev my-flows --port 0"],
  options: {
    folder: { type: "positional", required: false, description: "The folder. Default: this one." },
    port: { type: "string", description: "The port to bind; 0 takes a free one. Default: ORCH_SERVER_API_PORT, 4200." },
  },
  async run({ options, io, loaded }) {
    const folder = resolve(io.cwd, options.folder ?? ".");
    const { settings } = loaded;
    const port = wholeNumber("--port", options.port, 0, MOST_PORT) ?? settings.ORCH_SERVER_API_PORT;
    const specs = readSpecs(folder);
    const [{ startApp }, { runAgent }, { openApi }, { watchInterrupts }] = await Promise.all([
      import("./running-app.ts"),
      import("./running-agent.ts"),
      import("./api.ts"),
      import("./interrupts.ts"),
    ]);
    const interrupts = watchInterrupts();
    const host = settings.ORCH_SERVER_API_HOST;
    const server = await startApp({ settings, host, port, services: true, log: io.err });
    const url = `${server.listener.url}/api`;
    io.out(`orch is running at ${server.listener.url}. Ctrl-C stops it.`);
    try {
      const { client, apiKey } = await openApi({ ...settings, ORCH_API_URL: url }, { retries: 0 });
      await applyAll(client, specs, io.out);
      const queues = [...new Set(specs.map((spec) => spec.work_queue_name ?? USUAL_QUEUE))];
      const rest = { pool: null, limit: null, prefetchSeconds: PREFETCH_SECONDS, once: false, interrupts };
      await runAgent({ client, url, apiKey, loaded, io, queues, ...rest });
    } finally {
      await server.stop();
      interrupts.remove();
    }
    io.out("Stopped.");
  },
});

/** The folder's deployment files. Without a path of their own they mean the folder itself. */
function readSpecs(folder: string): DeploymentSpec[] {
  if (!existsSync(folder)) throw new OrchError("invalid", `There is no folder '${folder}'.`);
  const files = readdirSync(folder).filter((name) => name.endsWith("-deployment.yaml"));
  if (files.length === 0) {
    const sentence = `There is no deployment file in '${folder}'. 'orch init' writes a project that has one;`;
    throw new OrchError("invalid", `${sentence} 'orch deployment build -n NAME FILE:FLOW' makes one for a flow.`);
  }
  return files.toSorted().map((name) => {
    const spec = readDeploymentFile(folder, name);
    return { ...spec, path: resolve(folder, spec.path ?? "."), work_queue_name: spec.work_queue_name ?? USUAL_QUEUE };
  });
}

async function applyAll(client: Client, specs: readonly DeploymentSpec[], out: (line: string) => void): Promise<void> {
  for (const spec of specs) {
    const missing = spec.entrypoint && !existsSync(join(spec.path ?? "", spec.entrypoint.split(":")[0] ?? ""));
    if (missing)
      throw new OrchError("invalid", `'${spec.name}' names the flow '${spec.entrypoint}', which is not there.`);
    await applyDeployment(client, spec);
    out(`Deployed '${spec.flow_name}/${spec.name}'${scheduleText(spec.schedule)}.`);
  }
}

function scheduleText(schedule: ScheduleInput | null): string {
  if (!schedule) return "";
  if ("interval" in schedule) return `, every ${schedule.interval} s`;
  return "cron" in schedule ? `, at '${schedule.cron}'` : `, by '${schedule.rrule}'`;
}
