// Makes the command line that runs a Python flow: by the Prefect of its interpreter.
import { OrchError } from "#lib/errors.ts";
import { isObject, tryParseJson } from "#lib/json.ts";
import probe from "#python/probe.py" with { type: "text" };
import realEngine from "#python/real_engine.py" with { type: "text" };
import type { Interpreter } from "./interpreter.ts";

export interface PythonEngine {
  command: string[];
  /** For the run's log. */
  description: string;
}

/** What an interpreter says of itself. */
interface Probed {
  python: string;
  /** Version of the Prefect that it imports; null for none. */
  prefect: string | null;
}

export interface EngineOptions {
  env: Readonly<Record<string, string | undefined>>;
  /** Where the code of the flow is fetched already. */
  folder: string;
  /** Whether Prefect finds the code in the current folder. Else it fetches it by itself. */
  isFetched: boolean;
}

/** Throws `invalid` with a sentence for an interpreter that cannot run flows. */
export function pythonEngine({ path, reason }: Interpreter, options: EngineOptions): PythonEngine {
  const { python, prefect } = probed(path, options);
  const of = `Python ${python} at '${path}' (${reason})`;
  if (prefect === null || !/^2\./.test(prefect)) {
    const has = prefect === null ? "has no Prefect" : `has Prefect ${prefect}, and Prefect 2 is needed`;
    const advice = `Install it: ${path} -m pip install 'prefect>=2,<3'. Or name another Python: ORCH_PYTHON`;
    throw new OrchError("invalid", `${of} ${has}. ${advice}.`);
  }
  const words = options.isFetched ? ["-c", realEngine] : ["-m", "prefect.engine"];
  return { command: [path, ...words], description: `Running by Prefect ${prefect}, ${of}` };
}

function probed(path: string, { env, folder }: EngineOptions): Probed {
  let text = "";
  let said = "";
  try {
    const asked = Bun.spawnSync([path, "-c", probe], { env: { ...env }, cwd: folder });
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
