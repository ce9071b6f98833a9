// Runs Python programs of the user with `prefect` in reach: what they call is tracked by the API of this home.
import { constants } from "node:os";
import { builtInVariables, chooseEngine } from "#project/python/engine-command.ts";
import { flowInterpreter } from "#project/python/flow-interpreter.ts";
import type { LoadedSettings } from "#settings/load.ts";
import { withoutServerVariables } from "#settings/table.ts";
import { readApiVersion } from "#wire/admin.ts";
import { openApi } from "../api.ts";
import type { Io } from "../kit/command.ts";
import { forwardSignals } from "./forward-signals.ts";

export interface PythonChild {
  io: Pick<Io, "cwd" | "env">;
  loaded: LoadedSettings;
  /** After the interpreter: `FILE`, or `-c` and a text. */
  words: readonly string[];
  /** The program, which may name its packages; null for one that is no file. */
  file: string | null;
  /** A `.venv` of it, or above, is the program's. */
  folder: string;
  /** Whether this Python does not read PYTHONPATH. */
  isIsolated?: boolean;
  /** Gets a sentence where the packages that it names cannot be provided. */
  note: (sentence: string) => void;
  /** Whether standard output is read instead of shown. */
  isRead?: boolean;
}

export interface PythonEnd {
  /** 128 and the number of the signal that has ended it. */
  code: number;
  /** What it printed, where that was read. */
  printed: string;
}

const NO_ENGINE =
  "With -I or -E Python does not look where orch's own engine is, so 'import prefect' fails. Leave the option out, or install Prefect 2.";

/** Throws a sentence where there is no Python, or no API. */
export async function runPython(options: PythonChild): Promise<PythonEnd> {
  const { io, loaded, words, file, folder, note, isRead = false, isIsolated = false } = options;
  const { settings } = loaded;
  const interpreter = await flowInterpreter(file, {
    ...{ setting: settings.ORCH_PYTHON, folder, env: io.env, home: settings.ORCH_HOME, note },
  });
  const engine = chooseEngine(interpreter, { wanted: settings.ORCH_PYTHON_ENGINE, env: io.env });
  if (isIsolated && engine.kind === "built-in") note(NO_ENGINE);
  const { url, apiKey, isOwn, close } = await reachableApi(loaded);
  const signals = forwardSignals();
  try {
    const child = Bun.spawn([interpreter.path, ...words], {
      cwd: io.cwd,
      env: {
        ...withoutServerVariables(io.env),
        ...{ PREFECT_API_URL: url, ORCH_API_URL: url, ORCH_HOME: settings.ORCH_HOME },
        ...(apiKey === null ? {} : { PREFECT_API_KEY: apiKey, ORCH_API_KEY: apiKey }),
        ...(isOwn ? { ORCH__SERVICES: "none" } : {}),
        ...(engine.kind === "built-in" ? builtInVariables(settings.ORCH_HOME, io.env) : {}),
      },
      stdio: ["inherit", isRead ? "pipe" : "inherit", "inherit"],
    });
    signals.to(child);
    const printed = isRead ? await new Response(child.stdout ?? null).text() : "";
    await child.exited;
    return { code: child.signalCode ? 128 + signalNumber(child.signalCode) : (child.exitCode ?? 1), printed };
  } finally {
    signals.stop();
    await close();
  }
}

function signalNumber(name: string | number): number {
  return Object.entries(constants.signals).find(([known]) => known === name)?.[1] ?? 0;
}

interface Reachable {
  url: string;
  apiKey: string | null;
  /** Whether it is in this process, where nothing schedules runs. */
  isOwn: boolean;
  close(): Promise<void>;
}

/** At an address: that of the server, or one in this process that lasts as long as the child, with a key for it alone. */
async function reachableApi(loaded: LoadedSettings): Promise<Reachable> {
  const { client, url, apiKey, close } = await openApi(loaded.settings);
  if (url !== null) {
    await client.call(readApiVersion, {});
    return { url, apiKey, isOwn: false, close };
  }
  await close();
  const [{ openApp }, { serve }] = await Promise.all([import("../server/app.ts"), import("#server/serve.ts")]);
  const own = crypto.randomUUID();
  const settings = { ...loaded.settings, ORCH_SERVER_API_KEY: own };
  const app = await openApp(settings, { services: false, log: () => {} });
  const listener = serve(app.app, { host: "127.0.0.1", port: 0 });
  const end = async () => {
    await listener.stop();
    await app.close();
  };
  return { url: `${listener.url}/api`, apiKey: own, isOwn: true, close: end };
}
