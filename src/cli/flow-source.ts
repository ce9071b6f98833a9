// Opens the source of a flow file's description, by the file's language.
import { loadingSource } from "#project/described-flow.ts";
import type { FlowSource } from "#project/flow-source.ts";
import type { Settings } from "#settings/table.ts";
import { hostForFiles } from "./api.ts";
import { registerUserCode } from "./user-code.ts";

/** `note` gets sentences about what cannot be read of the flow. TypeScript is loaded into this process. */
export function openFlowSource(settings: Settings, note: (sentence: string) => void): FlowSource {
  const files = hostForFiles(settings);
  registerUserCode(files.host);
  return loadingSource({ note, onLoaded: files.close });
}
