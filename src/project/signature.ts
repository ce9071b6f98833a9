// The parameters of a flow, read from its TypeScript signature: the schema that deployments carry. What the syntax alone does
// not tell exactly, the type checker does.
import { resolve } from "node:path";
import type { Signature } from "./described.ts";
import { Inexact } from "./inexact.ts";
import { NotParsed } from "./syntax.ts";
import { signatureBySyntax } from "./written-signature.ts";

/**
 * Throws `invalid` for a file that neither parser reads. A flow whose parameters nobody can see, `flow(fn as any)`, has a
 * schema without `properties`: its runs take parameters by the function's own names, unchecked.
 */
export async function readSignature(path: string, exportName: string): Promise<Signature> {
  const file = resolve(path);
  try {
    return signatureBySyntax(file, exportName);
  } catch (error) {
    if (!(error instanceof Inexact || error instanceof NotParsed)) throw error;
    const { signatureByChecker } = await import("./checker/signature.ts");
    return signatureByChecker(file, exportName, error instanceof NotParsed ? error : undefined);
  }
}
