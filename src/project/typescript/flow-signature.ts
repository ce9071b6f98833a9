// Reads the signature of a flow at hand: by the schema that it declares for its parameters, else by that of its function.
import { type FlowDefinition, flowName } from "#domain/definitions.ts";
import { callShape } from "#domain/parameters/parameter-names.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { declaredSchema } from "./declared-schema.ts";
import type { Signature } from "./described.ts";
import { UNSEEN } from "./parameters-schema.ts";
import { readByChecker, readSignature } from "./signature.ts";
import { wordsBySyntax } from "./written-signature.ts";

/**
 * `note` is called where the types of its function, or the library of its schema, do not say what it takes: its runs take
 * any parameters then. Throws `invalid` as `readSignature` does.
 */
export async function signatureOfFlow(
  flow: FlowDefinition,
  file: string,
  exportName: string,
  note: (sentence: string) => void,
): Promise<Signature> {
  const options = { style: callShape(flow.fn).style };
  const byChecker = () => orUnseen(() => readByChecker(file, exportName, options));
  const schema = await declaredSchema(flow, file, note, async () => (await byChecker()).schema);
  if (!schema) return orUnseen(() => readSignature(file, exportName, options));
  return { ...(wordsBySyntax(file, exportName) ?? (await byChecker())), schema };

  /** The compiler gives up on types that are nested too deep, with errors that are not ours. */
  async function orUnseen(read: () => Promise<Signature>): Promise<Signature> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof OrchError) throw error;
      note(
        `Note: the types of '${flowName(flow)}' cannot be read (${messageOf(error)}): its runs take any parameters.`,
      );
      return { schema: UNSEEN, description: null, version: null, tags: [] };
    }
  }
}
