// `orch deployment run`: a flow run of a deployment, now or later, and with --watch followed to its end.

import type { Client } from "#client/client.ts";
import { languageAt } from "#domain/entrypoint.ts";
import { checkParameterNames } from "#domain/parameters/parameters.ts";
import { Scheduled } from "#domain/states.ts";
import { systemClock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { pages } from "#lib/text/page-addresses.ts";
import { relativeTime } from "#lib/text/words-of-time.ts";
import { localMoment } from "#lib/time/local-moment.ts";
import { toMillis, toTimestamp } from "#lib/time/timestamps.ts";
import { createDeploymentFlowRun, type Deployment } from "#wire/deployments/deployments.ts";
import { readFlow } from "#wire/deployments/flows.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import { nobodyListens } from "../agent/listeners.ts";
import { withApi } from "../api.ts";
import { inline } from "../details/draw.ts";
import { returnedBy, withResult } from "../flow-run/result.ts";
import { exitCodeOf, watchRun } from "../flow-run/watch-run.ts";
import { answeringPage } from "../kit/answering-page.ts";
import { command, type Io, JSON_OPTION } from "../kit/command.ts";
import { parametersMeant, RUN_PARAMETER_OPTIONS, readRunParameters } from "../options/json-arguments.ts";
import { json } from "../terminal/layout.ts";
import { deploymentNamed, deploymentWithId } from "./named.ts";
import { refuseFailingRun } from "./parameter-notes.ts";

export const run = command({
  description: "Create a flow run of a deployment.",
  examples: [
    "orch deployment run say-hi/marvin --param name=Ada",
    "orch deployment run say-hi/marvin --start-in '10 minutes'",
    "orch deployment run say-hi/marvin --watch",
  ],
  options: {
    name: { type: "positional", required: false, description: "<flow-name>/<deployment-name>" },
    id: { type: "string", description: "Id of the deployment, instead of its name." },
    ...RUN_PARAMETER_OPTIONS,
    "start-in": { type: "string", description: "When to start, such as '10 minutes' or '1 hour 30 minutes'." },
    "start-at": { type: "string", description: "When to start, such as 'tomorrow 5pm' or '2026-12-24 18:00', in UTC." },
    tag: {
      type: "string",
      alias: "t",
      multiple: true,
      description: "A tag for the run, in addition to those of the deployment.",
    },
    "idempotency-key": { type: "string", description: "A second call with the same key does not create a second run." },
    force: { type: "boolean", description: "Create the run although its parameters do not fit the flow." },
    watch: {
      type: "boolean",
      alias: "w",
      description: "Follow the run until it ends. The exit code is 0 if it completed, else 1.",
    },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const { name, id, "idempotency-key": key } = options;
    if (!name && !id) throw new OrchError("invalid", "Must provide a deployed flow's name or id");
    if (name && id) throw new OrchError("invalid", "Only provide a deployed flow's name or id");
    const now = Math.floor(systemClock.now());
    const start = await startTime(options["start-in"], options["start-at"], now);
    const typed = await readRunParameters(options.param, options.params, io);
    return withApi(loaded.settings, async ({ client, url }) => {
      const deployment = id ? await deploymentWithId(client, id) : await deploymentNamed(client, name ?? "");
      const schema = deployment.parameter_openapi_schema;
      const isPython = languageAt(deployment.entrypoint) === "python";
      const parameters = parametersMeant(typed, { schema, isPython });
      if (schema && !options.force) checkParameterNames(schema, Object.keys(parameters));
      if (!options.force) refuseFailingRun(deployment, { ...deployment.parameters, ...parameters });
      if (toMillis(start) < now - PAST_MS)
        io.err(io.paint.warn(`${localMoment(toMillis(start))} is in the past: the run is due now.`));
      if (!options.json) io.out(`Creating flow run for deployment '${name ?? (await nameOf(client, deployment))}'...`);
      const created = await client.call(createDeploymentFlowRun, {
        params: { id: deployment.id },
        body: {
          parameters,
          state: Scheduled(start),
          tags: options.tag,
          ...(key === undefined ? {} : { idempotency_key: key }),
        },
      });
      if (!options.json) await describe(created, url, now, io);
      const nobody = options.json ? undefined : await nobodyListens(client, deployment);
      if (nobody) io.err(io.paint.warn(nobody));
      const say = options.json ? io.err : io.out;
      const last = options.watch
        ? await watchRun(client, created, io, { say, isWarned: nobody !== undefined })
        : created;
      const returned = options.watch ? await returnedBy(last, { client, settings: loaded.settings }) : undefined;
      if (options.json) io.out(json(withResult(last, returned)));
      else if (returned) io.out(`Returned ${returned.text}`);
      return options.watch ? exitCodeOf(last) : 0;
    });
  },
});

/** `now` in words may be a moment ago. */
const PAST_MS = 1_000;

async function nameOf(client: Client, { flow_id, name }: Deployment): Promise<string> {
  const flow = await client.call(readFlow, { params: { id: flow_id } });
  return `${flow.name}/${name}`;
}

/** The words of a moment need a library, which runs that start now do without. */
async function startTime(startIn: string | undefined, startAt: string | undefined, now: number) {
  if (startIn === undefined && startAt === undefined) return toTimestamp(now);
  const { readStartTime } = await import("../options/start-time.ts");
  return readStartTime({ in: startIn, at: startAt }, now);
}

async function describe(run: FlowRun, url: string | null, now: number, io: Io): Promise<void> {
  const start = run.expected_start_time ?? "";
  io.out(`Created flow run '${run.name}'.`);
  io.out(`└── UUID: ${run.id}`);
  io.out(`└── Parameters: ${inline(run.parameters)}`);
  io.out(`└── Scheduled start time: ${localMoment(toMillis(start))} (${relativeTime(toMillis(start), now)})`);
  io.out(`└── URL: ${(await answeringPage(url, pages.flowRun(run.id))) ?? "<no dashboard available>"}`);
}
