// Compiles user files whose tsconfig.json asks for what the runtime of an executable ignores: legacy decorators with their
// metadata, assigned class fields, and settings of JSX. Bun's bundler does it, file by file, with a source map, so that stacks keep their lines.
import { readFileSync } from "node:fs";
import { dirname, extname, relative } from "node:path";
import { type OnLoadResult, plugin } from "bun";
import { OrchError } from "#lib/errors.ts";
import type { CompileAnswer, CompileQuestion } from "./compile-worker.ts";
import { type CompilerNeeds, compilerNeeds, NO_NEEDS, tsConfigFor } from "./compiler-options.ts";
import { ownWorker } from "./threads.ts";

/** Those of orch are imported as text where it runs from source: a plugin is not told so, and would make modules of them. */
const TEMPLATES = import.meta.path.replace(/src.project.loading.compile\.ts$/, "templates");
/** Packages come compiled. */
const USER_FILES = new RegExp(
  `^(?!${RegExp.escape(TEMPLATES)}[\\\\/])(?!.*[\\\\/]node_modules[\\\\/]).*\\.(?:[cm]?ts|[jt]sx)$`,
);

/** A thread that could not start never answers. */
const LONGEST_MS = 60_000;

/** For all files that are loaded from now on. A file that does not compile throws `invalid`, with its place. */
export function compileUserFiles(): void {
  const needsOf = needsByFolder();
  let ask: ((question: CompileQuestion) => CompileAnswer) | undefined;
  plugin({
    name: "orch-compile",
    setup(build) {
      // Never a promise: `require` would refuse the file.
      build.onLoad({ filter: USER_FILES }, ({ path }): OnLoadResult => {
        const extension = extname(path);
        const text = readFileSync(path, "utf8");
        const needs = needsOf(dirname(path));
        if (!isCompiled(needs, extension, text)) return { contents: text, loader: loaderOf(extension) };
        ask ??= synchronously();
        const answer = ask({ path, needs });
        if ("text" in answer) return { contents: answer.text, loader: "js" };
        throw new OrchError("invalid", answer.problem.replace(path, relative(process.cwd(), path)));
      });
    },
  });
}

/** Each folder's tsconfig.json is looked for once. */
function needsByFolder(): (folder: string) => CompilerNeeds {
  const known = new Map<string, CompilerNeeds>();
  return (folder) => {
    const needs = known.get(folder) ?? compilerNeeds(tsConfigFor(folder)) ?? NO_NEEDS;
    known.set(folder, needs);
    return needs;
  };
}

/** An `@` in a comment counts too: the file is compiled for nothing. */
function isCompiled({ decorators, assignedFields, jsx }: CompilerNeeds, extension: string, text: string): boolean {
  if (jsx && extension.endsWith("x")) return true;
  const isTypeScript = extension !== ".jsx";
  if (decorators && isTypeScript && /(^|[\s;(,{}])@[\w$(]/.test(text)) return true;
  if (assignedFields && isTypeScript && /\bclass\b/.test(text)) return true;
  // What a plugin gives as source is taken for a module with `export`.
  return /\bmodule\.exports\b|(^|[\s;])exports\.\w+\s*=|\bexport\s*=/.test(text);
}

function loaderOf(extension: string) {
  return extension === ".tsx" ? "tsx" : extension === ".jsx" ? "jsx" : "ts";
}

/**
 * The bundler is asynchronous, `require` is not: a thread compiles while this one waits. It takes 8 ms to start, each file
 * 1 ms.
 */
function synchronously(): (question: CompileQuestion) => CompileAnswer {
  const { MessageChannel, receiveMessageOnPort } = process.getBuiltinModule("node:worker_threads");
  const worker = ownWorker("project/loading/compile-worker.ts");
  return (question) => {
    const done = new Int32Array(new SharedArrayBuffer(4));
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ question, done, port: port2 }, [port2]);
    if (Atomics.wait(done, 0, 0, LONGEST_MS) === "timed-out")
      return { problem: `'${question.path}' took too long to compile.` };
    const answer = receiveMessageOnPort(port1)?.message as CompileAnswer; // the thread posted it before it set `done`
    port1.close();
    return answer;
  };
}
