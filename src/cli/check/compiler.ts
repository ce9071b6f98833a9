// The compiler that the executable carries along, unpacked when it is asked for.
import { brotliDecompressSync } from "node:zlib";
import type { ts } from "@ts-morph/common";
import { evaluated } from "#lib/carried.ts";
import asset from "../../../dist/assets/checker.asset" with { type: "file" };

/** What is left of it; test/repo/checker-asset.ts has the list. */
export type Compiler = Pick<
  typeof ts,
  | "createProgram"
  | "createSourceFile"
  | "flattenDiagnosticMessageText"
  | "getDefaultLibFileName"
  | "getLineAndCharacterOfPosition"
  | "getPreEmitDiagnostics"
  | "parseJsonConfigFileContent"
  | "readConfigFile"
  | "sys"
>;

export interface Checker {
  compiler: Compiler;
  /** Types by where they seem to lie: those of the language in `/lib`, those of bun and node in `/node_modules`. */
  files: Map<string, string>;
}

export async function openChecker(): Promise<Checker> {
  const packed = await Bun.file(asset).bytes();
  const { compiler, files } = JSON.parse(brotliDecompressSync(packed).toString()) as {
    compiler: string;
    files: Record<string, string>;
  }; // as the build made it
  return {
    compiler: evaluated(compiler),
    files: new Map(Object.entries(files).map(([path, text]) => [`/${path}`, text])),
  };
}
