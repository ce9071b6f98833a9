// The TypeScript compiler that the executable carries along, unpacked when it is asked for: by `orch check`, and for
// signatures that only it can read.
import { resolve } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import type { ts } from "@ts-morph/common";
import { evaluated } from "#lib/files/embedded-library.ts";
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
  | "ElementFlags"
  | "NodeFlags"
  | "SignatureKind"
  | "SymbolFlags"
  | "SyntaxKind"
  | "TypeFlags"
  | "isArrayLiteralExpression"
  | "isArrayTypeNode"
  | "isArrowFunction"
  | "isAsExpression"
  | "isBinaryExpression"
  | "isBindingElement"
  | "isCallExpression"
  | "isComputedPropertyName"
  | "isExportAssignment"
  | "isExpressionStatement"
  | "isFunctionDeclaration"
  | "isFunctionExpression"
  | "isIdentifier"
  | "isInterfaceDeclaration"
  | "isMethodSignature"
  | "isNonNullExpression"
  | "isObjectBindingPattern"
  | "isObjectLiteralExpression"
  | "isParameter"
  | "isParenthesizedExpression"
  | "isParenthesizedTypeNode"
  | "isPropertyAccessExpression"
  | "isPropertyAssignment"
  | "isPropertySignature"
  | "isSatisfiesExpression"
  | "isShorthandPropertyAssignment"
  | "isStringLiteral"
  | "isTypeAliasDeclaration"
  | "isTypeOperatorNode"
  | "isTypeReferenceNode"
  | "isUnionTypeNode"
  | "isVariableDeclaration"
  | "idText"
  | "isElementAccessExpression"
  | "isLiteralExpression"
  | "isPrefixUnaryExpression"
  | "isTemplateExpression"
  | "isPrivateIdentifier"
  | "symbolName"
> & {
  /** How often something was looked for and not there, in all programs so far: a name, a module, a property. */
  missed: { readonly count: number };
};

export interface Checker {
  compiler: Compiler;
  /** Types by where they seem to lie: those of the language and of "orch" in `/lib`, those of bun and node in `/node_modules`. */
  files: Map<string, string>;
  /** Those that were parsed already, shared by its programs. */
  parsed: Map<string, ts.SourceFile>;
  /** The settings of the starter project, for files that have none. */
  starter: object;
}

/** Where the types of the language seem to lie. */
export const LANGUAGE = "/lib";
/** Where those of "orch" do. */
export const OWN_TYPES = "/lib/orch.d.ts";

/** Costs 60 ms. Its path is whole in the executable, and relative in the package that `orch types` writes. */
export async function openChecker(): Promise<Checker> {
  const packed = await Bun.file(resolve(import.meta.dir, asset)).bytes();
  const { compiler, starter, files } = JSON.parse(brotliDecompressSync(packed).toString()) as {
    compiler: string;
    starter: object;
    files: Record<string, string>;
  }; // as the build made it
  return {
    compiler: evaluated(compiler),
    files: new Map(Object.entries(files).map(([path, text]) => [`/${path}`, text])),
    parsed: new Map(),
    starter,
  };
}
