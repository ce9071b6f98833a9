// Reads the signature of a flow at hand: by the schema that it declares for its parameters, else by that of its function.
import type { FlowDefinition } from "#domain/definitions.ts";
import { callShape } from "#domain/parameter-names.ts";
import { declaredSchema } from "./declared-schema.ts";
import type { Signature } from "./described.ts";
import { readByChecker, readSignature } from "./signature.ts";
import { wordsBySyntax } from "./written-signature.ts";

/** `note` is called where its library gives no JSON schema. Throws `invalid` as `readSignature` does. */
export async function signatureOfFlow(
  flow: FlowDefinition,
  file: string,
  exportName: string,
  note: (sentence: string) => void,
): Promise<Signature> {
  const options = { style: callShape(flow.fn).style };
  const typed = async () => (await readByChecker(file, exportName, options)).schema;
  const schema = await declaredSchema(flow, file, note, typed);
  if (!schema) return readSignature(file, exportName, options);
  return { ...(wordsBySyntax(file, exportName) ?? (await readByChecker(file, exportName, options))), schema };
}
