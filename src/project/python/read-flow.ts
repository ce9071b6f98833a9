import { relative } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { requireReadableFile } from "#lib/files/readable-file.ts";
import { isObject, type JsonObject, tryParseJson } from "#lib/json.ts";
import schema from "#python/prefect/_schema.py" with { type: "text" };
import reader from "#python/read_flow.py" with { type: "text" };
import type { FlowSource, FoundFlow } from "../flow-source.ts";
import { fileVersion } from "../load-flow.ts";
import { flowInterpreter } from "./flow-interpreter.ts";
import type { InterpreterOptions } from "./interpreter.ts";

export interface PythonSourceOptions extends Pick<InterpreterOptions, "setting" | "env"> {
  /** The folder that runs will work in: modules are imported from it. */
  folder: string;
  /** ORCH_HOME. */
  home: string;
  /** Gets what the file prints, and notes about what cannot be known of its types. */
  note?: (line: string) => void;
  /** Gets the files of the project that were loaded, absolute paths; also when reading failed. */
  onFiles?: (files: string[]) => void;
  /** A file that waits for something at its top level is given up then. Default 60. */
  mostSeconds?: number;
}

const MOST_SECONDS = 60;

/** Runs the flow's file in a separate Python process, with stand-ins for Prefect. */
export function pythonSource(options: PythonSourceOptions): FlowSource {
  return { read: (file, exportName) => readPythonFlow(file, exportName, options) };
}

async function readPythonFlow(
  file: string,
  name: string | undefined,
  options: PythonSourceOptions,
): Promise<FoundFlow> {
  const { folder, home, env, setting, note = () => {}, onFiles = () => {}, mostSeconds = MOST_SECONDS } = options;
  const shown = shownPath(folder, file);
  requireReadableFile(file, shown, { ofFolder: `: name a file in it, as ${shown}/file.py:${name ?? "flow"}` });
  const { path, isOfProject } = await flowInterpreter(file, { folder, home, env, setting, note });
  const { answer, printed, isLate, code } = await askPython([path, "-c", `${schema}\n${reader}`, file, name ?? ""], {
    folder,
    env,
    mostSeconds,
  });
  if (isLate) {
    const sentence = `'${shown}' did not load within ${mostSeconds} seconds`;
    throw new OrchError("invalid", `${sentence}: what stands at its top level runs whenever it is loaded.`);
  }
  if (!isObject(answer)) throw new OrchError("invalid", unread(shown, path, printed, code));
  for (const line of printed) note(line);
  const { files, problem, flow } = answer;
  onFiles(Array.isArray(files) ? files.map(String) : []);
  if (!isObject(flow)) throw new OrchError("invalid", String(problem));
  return {
    name: String(flow["name"]),
    exportName: String(flow["export"]),
    description: typeof flow["description"] === "string" ? flow["description"] : null,
    version: typeof flow["version"] === "string" ? flow["version"] : await fileVersion(String(flow["source"])),
    tags: [],
    schema: flow["schema"] as JsonObject, // made by our own script
    ...(isOfProject ? { python: path } : {}),
  };
}

interface Asked {
  /** `undefined` where the process ended without one. */
  answer: unknown;
  /** What it printed besides. */
  printed: string[];
  isLate: boolean;
  code: number | null;
}

async function askPython(
  command: string[],
  { folder, env, mostSeconds }: { folder: string; env: PythonSourceOptions["env"]; mostSeconds: number },
): Promise<Asked> {
  const child = Bun.spawn(command, {
    ...{ cwd: folder, env: { ...env }, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
    ...{ timeout: mostSeconds * 1000, killSignal: "SIGKILL" },
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  const code = await child.exited;
  const printed = err.split("\n").filter((line) => line !== "");
  return { answer: tryParseJson(out), printed, isLate: child.signalCode === "SIGKILL", code };
}

function unread(shown: string, python: string, printed: readonly string[], code: number | null): string {
  const last = printed.at(-1);
  const why = last === undefined ? `it ended with status ${code}` : last.replace(/\.$/, "");
  return `'${shown}' could not be read by '${python}': ${why}.`;
}

function shownPath(folder: string, path: string): string {
  const way = relative(folder, path);
  return way.startsWith("..") ? path : way;
}
