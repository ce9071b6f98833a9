// Compiles one user file at a time in a thread, for src/project/loading/compile.ts, which waits for it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MessagePort } from "node:worker_threads";
import type { CompilerNeeds } from "./compiler-options.ts";

export interface CompileQuestion {
  /** Absolute. */
  path: string;
  needs: CompilerNeeds;
}

export type CompileAnswer = { text: string } | { problem: string };

declare const self: {
  onmessage: (event: { data: { question: CompileQuestion; done: Int32Array; port: MessagePort } }) => Promise<void>;
};

self.onmessage = async ({ data: { question, done, port } }) => {
  port.postMessage(await compiled(question));
  port.close();
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
};

/** Every import stays an import. The first line tells the runtime that nothing is left to compile. */
async function compiled({ path, needs }: CompileQuestion): Promise<CompileAnswer> {
  const settings = needs.inherited ? mkdtempSync(join(tmpdir(), "orch-tsconfig-")) : null;
  try {
    const tsconfig = settings && join(settings, "tsconfig.json");
    if (tsconfig) writeFileSync(tsconfig, JSON.stringify({ compilerOptions: needs.inherited }));
    const built = await Bun.build({
      entrypoints: [path],
      external: ["*"],
      packages: "external",
      target: "bun",
      format: "esm",
      sourcemap: "inline",
      ...(tsconfig ? { tsconfig } : {}),
      ...(needs.productionJsx ? { jsx: { development: false } } : {}),
      define: { "process.env.NODE_ENV": "process.env.NODE_ENV" }, // its value of now would be written in
    });
    const text = await built.outputs[0]?.text();
    return text === undefined
      ? { problem: `'${path}' could not be compiled.` }
      : { text: withSource(withCommonJsExports(text), path) };
  } catch (error) {
    return { problem: describe(path, error) };
  } finally {
    if (settings) rmSync(settings, { recursive: true, force: true });
  }
}

const MAP = "//# sourceMappingURL=data:application/json;base64,";

/** The bundler names the source relative to the folder that the process is in, the runtime looks beside the file. */
function withSource(text: string, path: string): string {
  const at = text.lastIndexOf(MAP) + MAP.length;
  if (at < MAP.length) return text;
  const map: object = JSON.parse(Buffer.from(text.slice(at), "base64").toString()); // the bundler's own
  return text.slice(0, at) + Buffer.from(JSON.stringify({ ...map, sources: [path] })).toString("base64");
}

/**
 * A CommonJS file becomes `export default require_file();`. Under the name "module.exports" `require` gives it as it is;
 * what it exports by name can be imported by name.
 */
function withCommonJsExports(text: string): string {
  return text.replace(/^export default (require_\w+\(\));$/m, (_, call: string) => {
    const names = commonJsNames(text);
    const named = names.map((name) => `, cjs_${name} as ${name}`).join("");
    const values = names.map((name) => `, cjs_${name} = cjs.${name}`).join("");
    return `const cjs = ${call}${values}; export { cjs as default, cjs as "module.exports"${named} };`;
  });
}

/** Of `exports.name = …` and of `module.exports = { name, … }`. */
function commonJsNames(text: string): string[] {
  const assigned = [...text.matchAll(/\bexports\.([A-Za-z_]\w*)\s*=[^=]/g)].map(([, name = ""]) => name);
  const listed = /\bmodule\.exports = \{([^{}]*)\}/.exec(text)?.[1]?.matchAll(/(?:^|,)\s*([A-Za-z_]\w*)\s*(?=[:,]|$)/g);
  const names = new Set([...assigned, ...[...(listed ?? [])].map(([, name = ""]) => name)]);
  names.delete("default");
  return [...names];
}

function describe(path: string, error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (!(first instanceof Error || first instanceof BuildMessage)) return `'${path}': ${String(first)}`;
  const position = "position" in first ? first.position : null;
  return position
    ? `${position.file}:${position.line}:${position.column}: ${first.message}`
    : `'${path}': ${first.message}`;
}
