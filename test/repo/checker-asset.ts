// The type checker of `orch check` and of signatures: TypeScript's compiler without what a check never uses (emit, editor services), and the
// types of the language, of bun and of node without their comments. Of the npm packages' 14 MB 0.6 are left.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { getLibFiles } from "@ts-morph/common";

/** What src/project/checker/compiler.ts lists. */
const USED = `
createProgram createSourceFile flattenDiagnosticMessageText getDefaultLibFileName
getLineAndCharacterOfPosition getPreEmitDiagnostics parseJsonConfigFileContent readConfigFile sys
ElementFlags NodeFlags SignatureKind SymbolFlags SyntaxKind TypeFlags isArrayLiteralExpression
isArrayTypeNode isArrowFunction isAsExpression isBinaryExpression isBindingElement isCallExpression
isComputedPropertyName isExportAssignment isExpressionStatement isFunctionDeclaration
isFunctionExpression isIdentifier isInterfaceDeclaration isNonNullExpression isObjectBindingPattern
isObjectLiteralExpression isParameter isParenthesizedExpression isParenthesizedTypeNode
isPropertyAccessExpression isPropertyAssignment isPropertySignature isSatisfiesExpression
isShorthandPropertyAssignment isStringLiteral isTypeAliasDeclaration isTypeOperatorNode
isTypeReferenceNode isUnionTypeNode isVariableDeclaration
idText isElementAccessExpression isLiteralExpression isMethodSignature isPrefixUnaryExpression isTemplateExpression missed isPrivateIdentifier symbolName
`.trim();
/** They lead to everything that writes JavaScript and declarations. */
const UNUSED = ["getScriptTransformers", "getDeclarationTransformers", "getDeclarationDiagnostics"];
const NOTICE =
  "/*! TypeScript, (c) Microsoft Corporation, Apache License 2.0; types of bun, node and undici, MIT License */\n";

/** Of these it is made, beside the dependencies. */
export const STARTER_TYPES = "templates/starter/orch.d.ts";
export const STARTER_CONFIG = "templates/starter/tsconfig.json";

export async function checkerAsset(): Promise<Uint8Array> {
  const text = JSON.stringify({
    compiler: NOTICE + (await compiler()),
    starter: starter(),
    files: { ...languageTypes(), ...platformTypes(), "lib/orch.d.ts": readFileSync(STARTER_TYPES, "utf8") },
  });
  const { BROTLI_PARAM_LGWIN, BROTLI_MAX_WINDOW_BITS, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = { [BROTLI_PARAM_LGWIN]: BROTLI_MAX_WINDOW_BITS, [BROTLI_PARAM_SIZE_HINT]: text.length };
  return brotliCompressSync(text, { params });
}

/** The starter's settings, for any file. */
function starter(): object {
  const { compilerOptions } = JSON.parse(readFileSync(STARTER_CONFIG, "utf8")) as { compilerOptions: object }; // our own file
  return { compilerOptions };
}

async function compiler(): Promise<string> {
  const whole = readFileSync("node_modules/@ts-morph/common/dist/typescript.js", "utf8");
  const folder = mkdtempSync(join(tmpdir(), "orch-compiler-"));
  try {
    const entry = join(folder, "compiler.js");
    await Bun.write(entry, asModule(whole));
    const built = await Bun.build({ entrypoints: [entry], target: "bun", format: "cjs", minify: true });
    const [file] = built.outputs;
    if (!file) throw new Error("the compiler was not bundled");
    return await file.text();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One closure with a thousand exports, to a module with a few: so that a bundler sees what nobody needs. */
function asModule(whole: string): string {
  const inside = between(whole, '"use strict";', "\n// src/jsTyping/").replace(/^module\.exports = .*$/m, "");
  let text = inside.replace(/^__export\(/gm, "/* @__PURE__ */ __export(");
  for (const name of UNUSED) {
    const declaration = new RegExp(`^function ${name}\\([^]*?\\n}\\n`, "m");
    if (!declaration.test(text)) throw new Error(`the compiler has no ${name} any more`);
    text = text.replace(declaration, `function ${name}() { return []; }\n`);
  }
  for (const [from, to] of COUNTED) {
    if (!text.includes(from)) throw new Error(`the compiler has no '${from}' any more`);
    text = text.replace(from, to);
  }
  return `const missed = { count: 0 };\n${withShortMessages(text)}\nexport { ${USED.split(/\s+/).join(", ")} };\n`;
}

/** What is looked for and not there is counted: names, modules and properties. */
const COUNTED = [
  [
    "  function resolveExternalModule(location,",
    `  function resolveExternalModule(...given) {
    const found = resolveKnownModule(...given);
    if (!found) missed.count++;
    return found;
  }
  function resolveKnownModule(location,`,
  ],
  ...["onFailedToResolveSymbol(errorLocation, nameArg, meaning, nameNotFoundMessage)"].map(counted),
  ...["reportNonexistentProperty(propNode, containingType, isUncheckedJS)"].map(counted),
] as const;

function counted(head: string): readonly [string, string] {
  return [`function ${head} {`, `function ${head} { missed.count++;`];
}

/** Messages are known by names as long as themselves, and once more for translations: a number does. Unused ones go. */
function withShortMessages(text: string): string {
  const used = new Set([...text.matchAll(/\bDiagnostics\.(\w+)/g)].map((match) => match[1]));
  const numbers = new Map<string, string>();
  const declared = text.replace(MESSAGE, (_line, name: string, code: string, rest: string) => {
    numbers.set(name, `d${code}`);
    return used.has(name) ? `  d${code}: diag(${code}, ${rest.replace(/"[^"]*"/, '""')}\n` : "";
  });
  if (numbers.size < used.size) throw new Error("the compiler's messages are no longer declared one a line");
  return declared.replace(/\bDiagnostics\.(\w+)/g, (_use, name: string) => `Diagnostics.${numbers.get(name) ?? name}`);
}
const MESSAGE = /^ {2}(\w+): diag\((\d+), (.*)\n/gm;

function between(text: string, start: string, end: string): string {
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the compiler has no part from '${start}' to '${end.trim()}' any more`);
  return text.slice(from, to);
}

function languageTypes(): Record<string, string> {
  const wanted = getLibFiles().filter(({ fileName }) => !/webworker|scripthost/.test(fileName));
  return Object.fromEntries(wanted.map(({ fileName, text }) => [`lib/${fileName}`, withoutComments(text)]));
}

function platformTypes(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of ["bun-types", "@types/bun", "@types/node", "undici-types"]) {
    const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")) as { version: string }; // every package has one
    files[`node_modules/${name}/package.json`] = JSON.stringify({ name, version, types: "index.d.ts" });
    for (const path of new Bun.Glob("**/*.d.ts").scanSync(`node_modules/${name}`)) {
      if (LEFT_OUT.test(path)) continue;
      files[`node_modules/${name}/${path}`] = withoutComments(readFileSync(`node_modules/${name}/${path}`, "utf8"));
    }
  }
  return files;
}

/** Types for other versions of the compiler, and of what no flow uses: debuggers, consoles and unfinished protocols. */
const LEFT_OUT = /(^|\/)ts\d|^(inspector|quic|repl|trace_events|wasi|sea)\b/;

/** References to other files look like comments, and stay. */
export function withoutComments(text: string): string {
  const literalOrComment = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  const kept = text.replace(literalOrComment, (found) => (/^\/(\*|\/(?!\/\s*<))/.test(found) ? "" : found));
  return kept.replace(/^[ \t]+/gm, "").replace(/\n\s*\n/g, "\n");
}
