import { flow, getRunLogger } from "orch";
import ts from "typescript";

export const example = flow(async function example(code: string = "enum E { A = 1 << 3 }; const s: E = E.A;") {
  const { outputText } = ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ESNext } });
  const file = ts.createSourceFile("a.ts", code, ts.ScriptTarget.ESNext);
  getRunLogger().info(`${outputText.includes('E["A"] = 8')} ${file.statements.length} statements`);
});
