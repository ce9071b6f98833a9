// Signatures of flows that a test writes: by the syntax, and by the checker what that does not tell. The checker is opened
// once, it costs a second.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openChecker } from "#project/checker/compiler.ts";
import { openProgram } from "#project/checker/program.ts";
import { checkedSignature, signatureIn } from "#project/checker/signature.ts";
import type { Signature } from "#project/typescript/described.ts";
import { Inexact } from "#project/typescript/inexact.ts";
import { signatureBySyntax } from "#project/typescript/written-signature.ts";

interface Written {
  path: string;
  source: string;
  exportName: string;
  signature: Signature;
}

export async function signaturesIn(folder: string) {
  const checker = await openChecker();
  const bySyntax: Written[] = [];
  let count = 0;

  function written(source: string, ending = "ts"): string {
    const path = join(folder, `flow-${++count}.${ending}`);
    writeFileSync(path, `import { flow } from "orch";\n${source}\n`);
    return path;
  }

  /** By the checker alone, as for a flow whose schema has no JSON schema. */
  function checkedSignatureOf(source: string, style?: "positional" | "object"): Signature {
    const path = written(source);
    return checkedSignature(checker, { path, exportName: "f", style });
  }

  /** `ending`: of the file. */
  function signatureOf(source: string, exportName = "f", ending = "ts"): Signature {
    const path = written(source, ending);
    try {
      const signature = signatureBySyntax(path, exportName);
      bySyntax.push({ path, source, exportName, signature });
      return signature;
    } catch (error) {
      if (!(error instanceof Inexact)) throw error;
      return checkedSignature(checker, { path, exportName });
    }
  }

  /** The signatures so far that the checker reads otherwise than the syntax: in one program for all. */
  function differences() {
    const index = join(folder, "index.ts");
    writeFileSync(index, bySyntax.map(({ path }) => `import ${JSON.stringify(path)};`).join("\n"));
    const program = openProgram(checker, index);
    return bySyntax.flatMap(({ path, source, exportName, signature }) => {
      const checked = signatureIn(program, { path, exportName });
      return Bun.deepEquals(checked, signature) ? [] : [{ source, signature, checked }];
    });
  }

  return { signatureOf, checkedSignatureOf, differences };
}
