// `orch flow run FILE:flow`: a flow in this process, without a deployment; its log on the terminal, its state on the API.
import { resolve } from "node:path";
import type { FlowDefinition } from "#domain/definitions.ts";
import { entrypointOrFile, languageOf } from "#domain/entrypoint.ts";
import { bindParameters } from "#domain/parameters/parameters.ts";
import { inputFromJson } from "#domain/parameters/standard-schema.ts";
import type { RunState } from "#domain/run-state.ts";
import { systemClock } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import { fileVersion, loadFlow } from "#project/load-flow.ts";
import { signatureOfFlow } from "#project/typescript/flow-signature.ts";
import { readApiVersion } from "#wire/admin.ts";
import { readFlowRun } from "#wire/runs/flow-runs.ts";
import { hostForFiles, openApi } from "../api.ts";
import { type ReturnedValue, returnedHere, withResult } from "../flow-run/result.ts";
import { command } from "../kit/command.ts";
import {
  parametersMeant,
  RUN_PARAMETER_OPTIONS,
  readRunParameters,
  type TypedParameters,
} from "../options/json-arguments.ts";
import { json, ownLog } from "../terminal/layout.ts";
import { registerUserCode } from "../user-code/user-code.ts";

export const run = command({
  description: "Run a flow from a file in this process, tracked by the API.",
  examples: [
    "orch flow run flows/marvin.ts:sayHi",
    "orch flow run flows/marvin.ts:sayHi --param name=Ada",
    'orch flow run flows/marvin.ts:sayHi --params \'{"name": "Ada"}\' --json',
  ],
  options: {
    entrypoint: {
      type: "positional",
      required: true,
      description: "The flow, as path/to/file.ts:export; a file with one flow needs no export.",
    },
    ...RUN_PARAMETER_OPTIONS,
    json: { type: "boolean", description: "Print the run as JSON, with its result; its log goes to standard error." },
  },
  async run({ options, io, loaded }) {
    const { settings } = loaded;
    const { file, exportName } = entrypointOrFile(options.entrypoint);
    const typed = await readRunParameters(options.param, options.params, io);
    const path = resolve(io.cwd, file);
    if (languageOf(file) === "python") {
      const { runPythonFlow } = await import("./run-python.ts");
      return runPythonFlow({ io, loaded, path, exportName, typed, isJson: options.json === true });
    }
    const files = hostForFiles(settings);
    registerUserCode(files.host);
    const found = await loadFlow(path, exportName).finally(files.close);
    const { schema } = await signatureOfFlow(found.flow, path, found.exportName, () => {});
    const args = await boundTo(found.flow, typed, schema);
    const version = found.flow.options.version ?? (await fileVersion(path));
    const flow = withOptions(found.flow, { name: found.name, version });
    const { client, close } = await openApi(settings);
    try {
      // The engine would wait for a server that is away; here a person waits for the sentence.
      await client.call(readApiVersion, {});
      const print = options.json ? io.err : io.out;
      const output = (line: string) => print(ownLog(line));
      const { runFlowHere } = await import("#engine/direct.ts");
      const state = await runFlowHere({ client, clock: systemClock, settings, output }, flow, args);
      const id = state.flowRunId;
      const returned = await returnedWith(state);
      if (options.json && id) {
        const run = await client.call(readFlowRun, { params: { id } });
        io.out(json(withResult(run, returned)));
      } else if (returned) io.out(`Returned ${returned.text}`);
      return state.isCompleted() ? 0 : 1;
    } catch (error) {
      const { Interruption } = await import("#engine/session/interruption.ts");
      if (!(error instanceof Interruption)) throw error;
      io.err(io.paint.bad(`Crash detected! ${error.message}${error.cause ? messageOf(error.cause) : ""}`));
      return error.exitCode || 1;
    } finally {
      await close();
    }
  },
});

/** As a deployment's run would have them: known, complete, coerced. */
async function boundTo(flow: FlowDefinition, typed: TypedParameters, schema: JsonObject): Promise<unknown[]> {
  const parameters = parametersMeant(typed, { schema });
  // Its own schema checks them when it runs.
  if (flow.options.parameters) return [await inputFromJson(flow.options.parameters, parameters)];
  try {
    return bindParameters(flow.fn, flow.options.validateParameters === false ? null : schema, parameters);
  } catch (cause) {
    throw new OrchError("invalid", `Validation of flow parameters failed with error: ${messageOf(cause)}`, { cause });
  }
}

async function returnedWith(state: RunState): Promise<ReturnedValue | undefined> {
  const [{ knownValue }, { isOfStates }] = await Promise.all([
    import("#engine/results/outcome.ts"),
    import("#engine/results/result-preview.ts"),
  ]);
  const known = knownValue(state);
  return known === undefined || isOfStates(known.value) ? undefined : returnedHere(known.value);
}

function withOptions(flow: FlowDefinition, changed: { name: string; version: string }): FlowDefinition {
  return { ...flow, fn: flow.fn, options: { ...flow.options, ...changed } };
}
