// Opens the source of a flow file's description, by the file's language.
import { languageOf } from "#domain/entrypoint.ts";
import type { FlowSource } from "#project/flow-source.ts";
import type { Settings } from "#settings/table.ts";
import { hostForFiles } from "./api.ts";

export interface FlowSourceOptions {
  settings: Settings;
  /** The folder that runs will work in. */
  folder: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Gets sentences about what cannot be read of the flow. */
  note: (sentence: string) => void;
  /** Gets the files of the project that a Python flow is made of. */
  onFiles?: (files: string[]) => void;
}

/** TypeScript is loaded into this process, Python is read by a process of its own. */
export async function openFlowSource(file: string, options: FlowSourceOptions): Promise<FlowSource> {
  const { settings, note } = options;
  if (languageOf(file) === "python") {
    const { pythonSource } = await import("#project/python/read-flow.ts");
    return pythonSource({ ...options, setting: settings.ORCH_PYTHON, home: settings.ORCH_HOME });
  }
  const [{ loadingSource }, { registerUserCode }] = await Promise.all([
    import("#project/typescript/described-flow.ts"),
    import("./user-code/user-code.ts"),
  ]);
  const files = hostForFiles(settings);
  registerUserCode(files.host);
  return loadingSource({ note, onLoaded: files.close });
}
