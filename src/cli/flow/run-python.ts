// Runs a Python flow here and now, in a separate Python process: by the Prefect of its Python, or by the built-in engine.
import { dirname } from "node:path";
import { checkParameterNames } from "#domain/parameters/parameters.ts";
import { OrchError } from "#lib/errors.ts";
import { isObject, tryParseJson } from "#lib/json.ts";
import script from "#python/flow_run.py" with { type: "text" };
import type { LoadedSettings } from "#settings/load.ts";
import { readFlowRun } from "#wire/runs/flow-runs.ts";
import { withApi } from "../api.ts";
import { openFlowSource } from "../flow-source.ts";
import type { Io } from "../kit/command.ts";
import { parametersMeant, type TypedParameters } from "../options/json-arguments.ts";
import { json } from "../terminal/layout.ts";
import { runPython } from "../user-code/python-child.ts";

export interface PythonFlowOptions {
  io: Io;
  loaded: LoadedSettings;
  /** Absolute path of the flow's file. */
  path: string;
  /** `undefined` for the only flow of the file. */
  exportName: string | undefined;
  typed: TypedParameters;
  isJson: boolean;
}

/** The exit code: 0 for a completed run. Throws `invalid` for parameters that the flow does not have. */
export async function runPythonFlow(options: PythonFlowOptions): Promise<number> {
  const { io, loaded, path, exportName, typed, isJson } = options;
  const { settings } = loaded;
  const source = await openFlowSource(path, { settings, folder: io.cwd, env: io.env, note: io.err });
  const { schema, exportName: name } = await source.read(path, exportName);
  const parameters = parametersMeant(typed, { schema, isPython: true });
  checkParameterNames(schema, Object.keys(parameters));
  const words = ["-c", script, path, name, JSON.stringify(parameters), ...(isJson ? ["--json"] : [])];
  const note = () => {}; // it was printed when the flow was read
  const { code, printed } = await runPython({
    io,
    loaded,
    words,
    file: path,
    folder: dirname(path),
    note,
    isRead: isJson,
  });
  if (isJson) {
    const answer = tryParseJson(printed);
    const id = isObject(answer) ? answer["id"] : undefined;
    if (typeof id !== "string") throw new OrchError("invalid", "The flow has not run: see what its process printed.");
    io.out(json(await withApi(settings, ({ client }) => client.call(readFlowRun, { params: { id } }))));
  }
  return code;
}
