// Runs Python programs of the user with `prefect` in reach: what they call is tracked by the API of this home.
import { constants } from "node:os";
import { dirname } from "node:path";
import { builtInVariables, chooseEngine } from "#project/python/engine-command.ts";
import { flowInterpreter } from "#project/python/flow-interpreter.ts";
import type { LoadedSettings } from "#settings/load.ts";
import { withoutServerVariables } from "#settings/table.ts";
import { readApiVersion } from "#wire/admin.ts";
import { openApi } from "../api.ts";
import type { Io } from "../kit/command.ts";

export interface PythonChild {
  io: Pick<Io, "cwd" | "env">;
  loaded: LoadedSettings;
  /** After the interpreter: `FILE`, or `-c` and a text. */
  words: readonly string[];
  /** The program: a `.venv` of its folder, or above, is its own. */
  file: string;
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

/** Throws a sentence where there is no Python, or no API. */
export async function runPython({ io, loaded, words, file, note, isRead = false }: PythonChild): Promise<PythonEnd> {
  const { settings } = loaded;
  const interpreter = await flowInterpreter(file, {
    ...{ setting: settings.ORCH_PYTHON, folder: dirname(file), env: io.env, home: settings.ORCH_HOME, note },
  });
  const engine = chooseEngine(interpreter, { wanted: settings.ORCH_PYTHON_ENGINE, env: io.env });
  const { url, apiKey, isOwn, close } = await reachableApi(loaded);
  // Ctrl-C reaches both processes of a terminal: the child ends by it, and this one after the child.
  const ignored = () => {};
  process.on("SIGINT", ignored);
  // A stop of this process alone reaches the child through it.
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.on("SIGTERM", stop);
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
      ...{ signal: stopping.signal, killSignal: "SIGTERM" },
      stdio: ["inherit", isRead ? "pipe" : "inherit", "inherit"],
    });
    const printed = isRead ? await new Response(child.stdout ?? null).text() : "";
    await child.exited;
    return { code: child.signalCode ? 128 + signalNumber(child.signalCode) : (child.exitCode ?? 1), printed };
  } finally {
    process.off("SIGINT", ignored);
    process.off("SIGTERM", stop);
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
