// Chooses the engine of a Python flow, and makes its command line: the Prefect of the interpreter, or the built-in one.
import { delimiter } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { isObject, tryParseJson } from "#lib/json.ts";
import probe from "#python/probe.py" with { type: "text" };
import realEngine from "#python/real_engine.py" with { type: "text" };
import type { Interpreter } from "./interpreter.ts";
import { builtInPackage } from "./package.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface PythonEngine {
  kind: "real" | "built-in";
  /** For the run's log: the engine, the Python, and why this one. */
  description: string;
}

export interface EngineOptions {
  /** The setting ORCH_PYTHON_ENGINE: `auto`, `real` or `built-in`. */
  wanted: string;
  env: Environment;
}

/** Throws `invalid` with a sentence for an interpreter that cannot run flows by the engine that is wanted. */
export function chooseEngine({ path, reason }: Interpreter, { wanted, env }: EngineOptions): PythonEngine {
  const { python, prefect } = probed(path, env);
  if (/^3\.[0-7]\./.test(python)) {
    throw new OrchError("invalid", `Python 3.8 or newer is needed, and '${path}' (${reason}) is ${python}.`);
  }
  const of = `Python ${python} at '${path}' (${reason})`;
  const isReal = prefect !== null && /^2\./.test(prefect);
  if (wanted !== "built-in" && isReal) return { kind: "real", description: `Running by Prefect ${prefect}, ${of}` };
  if (wanted === "real") {
    const has = prefect === null ? "has no Prefect" : `has Prefect ${prefect}, and Prefect 2 is needed`;
    const advice = `Install it: ${path} -m pip install 'prefect>=2,<3'. Or name another Python: ORCH_PYTHON`;
    throw new OrchError("invalid", `${of} ${has}. ${advice}.`);
  }
  return { kind: "built-in", description: `Running by orch's built-in Python engine, ${of}` };
}

/** `isFetched`: Prefect finds the code in the current folder, and does not fetch it by itself. */
export function realCommand({ path }: Interpreter, isFetched: boolean): string[] {
  return isFetched ? [path, "-c", realEngine] : [path, "-m", "prefect.engine"];
}

const START = "import sys; from prefect._run import main; main(*sys.argv[1:])";

export function builtInCommand(
  { path }: Interpreter,
  { file, exportName }: { file: string; exportName: string },
): string[] {
  return [path, "-c", START, file, exportName];
}

/** What makes `prefect` the built-in package, for the process and for those that it starts. */
export function builtInVariables(home: string, env: Environment): Record<string, string> {
  const before = env["PYTHONPATH"];
  return {
    PYTHONPATH: [builtInPackage(home), ...(before ? [before] : [])].join(delimiter),
    // What serves flows, or tests them, starts an agent or a server.
    ORCH__EXECUTABLE: process.execPath,
  };
}

/** What an interpreter says of itself. */
interface Probed {
  python: string;
  /** Version of the Prefect that it imports; null for none. */
  prefect: string | null;
}

function probed(path: string, env: Environment): Probed {
  let text = "";
  let said = "";
  try {
    const asked = Bun.spawnSync([path, "-c", probe], { env: { ...env } });
    text = asked.stdout.toString();
    said = asked.stderr.toString().trim().split("\n").at(-1) ?? "";
  } catch (error) {
    said = error instanceof Error ? error.message : String(error);
  }
  const answer = tryParseJson(text);
  if (isObject(answer) && typeof answer["python"] === "string") {
    return { python: answer["python"], prefect: typeof answer["prefect"] === "string" ? answer["prefect"] : null };
  }
  throw new OrchError("invalid", `'${path}' is no Python that can run flows: ${said || "it printed no answer"}.`);
}
