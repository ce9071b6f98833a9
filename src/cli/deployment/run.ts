// `orch deployment run`: a flow run of a deployment, now.
import { checkParameterNames } from "#domain/parameters.ts";
import { Scheduled } from "#domain/states.ts";
import { systemClock, timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { createDeploymentFlowRun } from "#wire/deployments.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../command.ts";
import { RUN_PARAMETER_OPTIONS, readRunParameters } from "../json-arguments.ts";
import { shownTime } from "../output.ts";
import { pythonLine } from "../python-text.ts";
import { deploymentNamed, deploymentWithId } from "./named.ts";

export const run = command({
  description: "Create a flow run of a deployment.",
  examples: ["orch deployment run say-hi/marvin --param name=Ada"],
  options: {
    name: { type: "positional", required: false, description: "<flow-name>/<deployment-name>" },
    id: { type: "string", description: "The deployment's id, instead of its name." },
    ...RUN_PARAMETER_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const { name, id } = options;
    if (!name && !id) throw new OrchError("invalid", "Must provide a deployed flow's name or id");
    if (name && id) throw new OrchError("invalid", "Only provide a deployed flow's name or id");
    const parameters = await readRunParameters(options.param, options.params, io);
    await withApi(loaded.settings, async ({ client, url }) => {
      const deployment = id ? await deploymentWithId(client, id) : await deploymentNamed(client, name ?? "");
      const schema = deployment.parameter_openapi_schema;
      if (schema) checkParameterNames(schema, Object.keys(parameters));
      if (!options.json) io.out(`Creating flow run for deployment '${name ?? id}'...`);
      const now = timestampNow(systemClock);
      const run = await client.call(createDeploymentFlowRun, {
        params: { id: deployment.id },
        body: { parameters, state: Scheduled(now) },
      });
      if (options.json) return io.out(JSON.stringify(run, null, 2));
      io.out(`Created flow run '${run.name}'.`);
      io.out(`└── UUID: ${run.id}`);
      io.out(`└── Parameters: ${pythonLine(run.parameters)}`);
      io.out(`└── Scheduled start time: ${shownTime(now).slice(0, 19)} UTC (now)`);
      io.out(
        `└── URL: ${url ? `${url.replace(/\/api$/, "")}/flow-runs/flow-run/${run.id}` : "<no dashboard available>"}`,
      );
    });
  },
});
