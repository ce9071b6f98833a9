// Reads the parameters of a flow from its TypeScript signature: the schema that deployments carry. What the syntax alone does
// not tell exactly, the type checker does.
import { resolve } from "node:path";
import type { CallShape } from "#domain/parameters/parameter-names.ts";
import { homeOf } from "#settings/load.ts";
import type { Signature } from "./described.ts";
import { Inexact } from "./inexact.ts";
import { NotParsed } from "./syntax.ts";
import { signatureBySyntax } from "./written-signature.ts";

export interface ReadOptions {
  /** How the function takes its parameters, for one that is wrapped: its type does not tell. */
  style?: CallShape["style"];
  /** Where signatures are kept. Default: the home of orch. */
  home?: string;
}

/**
 * What the checker has read is kept. Throws `invalid` for a file that neither parser reads. A flow whose parameters
 * cannot be seen, `flow(fn as any)`, has a schema without `properties`: its runs take parameters by the function's own names,
 * unchecked.
 */
export async function readSignature(path: string, exportName: string, options: ReadOptions = {}): Promise<Signature> {
  const file = resolve(path);
  try {
    return signatureBySyntax(file, exportName);
  } catch (error) {
    if (error instanceof NotParsed) return readByChecker(file, exportName, options, error);
    if (error instanceof Inexact) return readByChecker(file, exportName, options);
    throw error;
  }
}

/** By the checker alone. Throws `refusal`, if there is one, for a file that it does not read either. */
export async function readByChecker(
  path: string,
  exportName: string,
  { style, home = homeOf() }: ReadOptions,
  refusal?: NotParsed,
): Promise<Signature> {
  const { signatureByChecker } = await import("../checker/signature.ts");
  return signatureByChecker({ path: resolve(path), exportName, style }, home, refusal);
}
