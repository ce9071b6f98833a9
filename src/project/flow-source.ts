// Where a flow's description comes from: one source for each language. Builds of deployments know nothing else of flow files.
import type { JsonObject } from "#lib/json.ts";

/** What a deployment takes from its flow's file. */
export interface FlowDescription {
  name: string;
  description: string | null;
  /** The flow's own, else the MD5 of its file. */
  version: string;
  tags: readonly string[];
  /** `parameter_openapi_schema`. */
  schema: JsonObject;
  /** The interpreter of the project's own Python environment, where it has one. */
  python?: string;
}

/** With the name of its export, which may not have been given. */
export interface FoundFlow extends FlowDescription {
  exportName: string;
}

export interface FlowSource {
  /**
   * Reads the flow that `file` has under `exportName`, or without a name its only flow. Throws `invalid` with one sentence
   * for a file that is not there, does not load, or has no such flow.
   */
  read(file: string, exportName: string | undefined): Promise<FoundFlow>;
}
