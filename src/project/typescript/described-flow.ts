// Describes a TypeScript flow for its deployment: its options win, then what its comments and its signature say.
import { type FlowDefinition, flowName } from "#domain/definitions.ts";
import type { FlowDescription, FlowSource } from "../flow-source.ts";
import { fileVersion, loadFlow } from "../load-flow.ts";
import { signatureOfFlow } from "./flow-signature.ts";

export interface SourceOptions {
  /** Called where the types of the flow cannot be read. Default: nothing is done. */
  note?: (sentence: string) => void;
  /** Called when the file has loaded, also when it failed. */
  onLoaded?: () => Promise<void>;
}

/** Loads flow files into this process. The caller has made `import … from "orch"` work first. */
export function loadingSource({ note = () => {}, onLoaded = async () => {} }: SourceOptions = {}): FlowSource {
  return {
    async read(file, exportName) {
      const { flow, exportName: found } = await loadFlow(file, exportName).finally(onLoaded);
      return { ...(await describeFlow(flow, file, found, note)), exportName: found };
    },
  };
}

/** Describes a flow at hand, which `file` exports. Throws `invalid` as `readSignature` does. */
export async function describeFlow(
  flow: FlowDefinition,
  file: string,
  exportName: string,
  note: (sentence: string) => void,
): Promise<FlowDescription> {
  const { description, version, tags, schema } = await signatureOfFlow(flow, file, exportName, note);
  const { options } = flow;
  return {
    name: flowName(flow, exportName),
    description: options.description ?? description,
    version: options.version ?? version ?? (await fileVersion(file)),
    tags,
    schema,
  };
}
