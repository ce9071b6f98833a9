// `orch deployment run`: a flow run of a deployment, now.
import { checkParameterNames } from "#domain/parameters.ts";
import { Scheduled } from "#domain/states.ts";
import { systemClock, timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import { createDeploymentFlowRun } from "#wire/deployments.ts";
import { withApi } from "../api.ts";
import { command, type Io, JSON_OPTION } from "../command.ts";
import { parseParam, parseParams } from "../json-arguments.ts";
import { shownTime } from "../output.ts";
import { pythonLine } from "../python-text.ts";
import { deploymentNamed, deploymentWithId } from "./named.ts";

export const run = command({
  description: "Create a flow run of a deployment.",
  examples: ["orch deployment run say-hi/marvin --param name=Ada"],
  options: {
    name: { type: "positional", required: false, description: "<flow-name>/<deployment-name>" },
    id: { type: "string", description: "The deployment's id, instead of its name." },
    param: {
      type: "string",
      alias: "p",
      multiple: true,
      description: "A parameter: name=value, the value as JSON or text.",
    },
    params: { type: "string", description: "Parameters as a JSON object; '-' reads them from standard input." },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const { name, id } = options;
    if (!name && !id) throw new OrchError("invalid", "Must provide a deployed flow's name or id");
    if (name && id) throw new OrchError("invalid", "Only provide a deployed flow's name or id");
    const parameters = await readParameters(options.param, options.params, io);
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

async function readParameters(param: string[], params: string | undefined, io: Io): Promise<JsonObject> {
  const all = params === undefined ? {} : parseParams(params === "-" ? await io.stdin() : params);
  const single = Object.fromEntries(param.map(parseParam));
  const both = Object.keys(single).filter((key) => Object.hasOwn(all, key));
  if (both.length > 0) {
    io.err(`The following parameters were specified by both --param and --params, --param wins: ${both.join(", ")}`);
  }
  return { ...all, ...single };
}
