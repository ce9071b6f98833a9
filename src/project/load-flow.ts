// Finds a flow in a user's file. Everything that can be wrong with the file is one sentence that says where.
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { type FlowDefinition, flowName, isFlow } from "#domain/definitions.ts";
import { languageOf } from "#domain/entrypoint.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { requireReadableFile } from "#lib/files/readable-file.ts";
import { isObject } from "#lib/json.ts";
import { watchIdle } from "#lib/process/idle.ts";
import { didYouMean } from "#lib/text/nearest.ts";
import { compilerNeeds, tsConfigFor } from "./loading/compiler-options.ts";

export interface LoadedFlow {
  flow: FlowDefinition;
  name: string;
  /** Under which the file exports it. */
  exportName: string;
}

/**
 * Imports the file and gives its export, or without a name its only flow. The caller has made `import … from "orch"`
 * work first.
 * Throws `invalid` for a file that is not there, does not load, or has no such flow.
 */
export async function loadFlow(file: string, exportName: string | undefined): Promise<LoadedFlow> {
  const path = resolve(file);
  const shown = shownPath(path);
  if (languageOf(path) === "python") {
    throw new OrchError(
      "invalid",
      `'${shown}' is a Python file: it runs from a deployment, by 'orch deployment build' and an agent.`,
    );
  }
  const example = `${join(shown, "file.ts")}:${exportName ?? "flow"}`;
  requireReadableFile(path, shown, { ofFolder: `: name a file in it, as ${example}` });
  process.argv.splice(1, Number.POSITIVE_INFINITY, path); // orch's own words are none of the flow's
  const exported = await importFile(path, shown, (load) => orBroken(load, shown));
  if (exportName === undefined) return onlyFlow(exported, shown);
  const found = exported[exportName];
  if (isFlow(found)) return { flow: found, name: flowName(found, exportName), exportName };
  if (found !== undefined) {
    const sentence = `Function with name '${exportName}' is not a flow. Make sure that it is wrapped with flow(…).`;
    throw new OrchError("invalid", sentence);
  }
  const there = flowsOf(exported).map(([name]) => name);
  const list = there.length > 0 ? `The flows in it are: ${there.join(", ")}.` : "It exports no flow.";
  const hint = didYouMean(exportName, there);
  throw new OrchError("invalid", `Flow function with name '${exportName}' not found in '${shown}'.${hint} ${list}`);
}

function flowsOf(exported: Record<string, unknown>): [name: string, flow: FlowDefinition][] {
  return Object.entries(exported).flatMap(([name, value]): [string, FlowDefinition][] =>
    isFlow(value) ? [[name, value]] : [],
  );
}

/** A flow that is exported twice, by name and as the default, is one. */
function onlyFlow(exported: Record<string, unknown>, shown: string): LoadedFlow {
  const all = flowsOf(exported).toSorted(([a], [b]) => Number(a === "default") - Number(b === "default"));
  const different = all.filter(([, flow], at) => all.findIndex(([, other]) => other === flow) === at);
  const [first] = different;
  if (first && different.length === 1)
    return { flow: first[1], name: flowName(first[1], first[0]), exportName: first[0] };
  if (!first) throw new OrchError("invalid", `'${shown}' exports no flow. Wrap a function with flow(…) and export it.`);
  const names = different.map(([name]) => name);
  const sentence = `'${shown}' has ${names.length} flows: ${names.join(", ")}. Name one, as ${shown}:${first[0]}.`;
  throw new OrchError("invalid", sentence);
}

/** Runs the file and gives what it exports. Throws `invalid` with a sentence that says where it failed. */
export function importScript(path: string): Promise<Record<string, unknown>> {
  return importFile(path, shownPath(path), (load) => load());
}

type Module = Record<string, unknown>;
type Guard = (load: () => Promise<Module>) => Promise<Module>;

async function importFile(path: string, shown: string, guard: Guard): Promise<Module> {
  try {
    process.argv[0] = process.execPath; // in an executable it is "bun"
    process.execArgv = []; // those that the executable was built with
    if (hasEnvFiles(process.cwd())) (await import("./loading/env-files.ts")).loadEnvFiles(process.cwd());
    await prepareCompiler(dirname(path));
    return await guard(() => orStuck(import(path), shown));
  } catch (error) {
    throw new OrchError("invalid", explain(error, shown), { cause: error });
  }
}

function hasEnvFiles(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => name.startsWith(".env"));
  } catch {
    return false; // a folder that may be worked in and not be listed
  }
}

/** Without it the process would end here, silently and with 0. */
async function orStuck<T>(loading: Promise<T>, shown: string): Promise<T> {
  const { promise: stuck, reject } = Promise.withResolvers<never>();
  const sentence = `'${shown}' awaits a promise at its top level that never settles: nothing is left to do.`;
  const stopWatching = watchIdle(() => reject(new OrchError("invalid", sentence)));
  try {
    return await Promise.race([loading, stuck]);
  } finally {
    stopWatching();
  }
}

/** Without it a file that calls process.exit, or throws from a timer, would end the build without a message, or with exit code 0. */
async function orBroken<T>(load: () => Promise<T>, shown: string): Promise<T> {
  const { exit } = process;
  const { promise: broken, reject } = Promise.withResolvers<never>();
  process.exit = (code) => {
    const call = `process.exit(${code ?? ""})`;
    const sentence = `'${shown}' called ${call} while it was loaded: let its flows do so, not the file.`;
    const refusal = new OrchError("invalid", sentence);
    reject(refusal); // the file may catch what it throws, or be in a timer
    throw refusal;
  };
  process.on("uncaughtException", reject);
  process.on("unhandledRejection", reject);
  try {
    return await Promise.race([load(), broken]);
  } finally {
    process.exit = exit;
    process.off("uncaughtException", reject);
    process.off("unhandledRejection", reject);
  }
}

/** Compiles what the tsconfig.json of the project asks for: of the folder, or of the one that the process is in. */
export async function prepareCompiler(folder: string): Promise<void> {
  const configs = [folder, process.cwd()].map((each) => tsConfigFor(each));
  if (configs.some(compilerNeeds)) (await import("./loading/compile.ts")).compileUserFiles();
}

function shownPath(path: string): string {
  const way = relative(process.cwd(), path);
  return way.startsWith("..") ? path : way;
}

/** They add nothing to the message. */
const UNSAID_NAMES = new Set(["Error", "ResolveMessage", "BuildMessage"]);

/** With the package's name, without the path in it. */
const MISSING_PACKAGE = /^Cannot find (?:package|module) '((?:@[^/':]+\/)?[^/'.@#~:][^/':]*)(?:\/[^']*)?'/;

/** Syntax errors and missing packages carry their place; what a file throws is found by its stack. */
function explain(error: unknown, shown: string): string {
  if (error instanceof OrchError) return error.message;
  const [inner] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  const first = isObject(inner) && inner["position"] ? inner : error; // several things that cannot be compiled
  const position = isObject(first) ? first["position"] : undefined;
  if (isObject(position) && typeof position["file"] === "string" && position["file"] !== "") {
    return `${shownPath(position["file"])}:${position["line"]}:${position["column"]}: ${messageOf(first)}${adviceFor(first)}`;
  }
  const place = first instanceof Error ? placeIn(first, shown) : shown;
  const name = first instanceof Error && !UNSAID_NAMES.has(first.name) ? `${first.name}: ` : "";
  return `Script at '${place}' encountered an exception: ${name}${thrownText(first)}${adviceFor(first)}`;
}

/** What cannot be read as JSON is named whole by the runtime, be it a megabyte. */
const MOST_LETTERS = 2_000;

function thrownText(thrown: unknown): string {
  const text =
    thrown instanceof Error || !isObject(thrown) ? messageOf(thrown) : Bun.inspect(thrown, { compact: true });
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text;
}

/** What to do about a package that is not installed. */
function adviceFor(error: unknown): string {
  const name = MISSING_PACKAGE.exec(messageOf(error))?.[1];
  return name === undefined ? "" : `. Install it: npm install ${name}`;
}

/** The first line of the stack that is in the user's folder. */
function placeIn(error: Error, shown: string): string {
  const places = [...(error.stack ?? "").matchAll(/\(?((?:\/|[A-Z]:\\)[^():]*):(\d+):\d+\)?/g)];
  const user =
    places.find(([, file = ""]) => shownPath(file) === shown) ?? places.find(([, file = ""]) => existsSync(file));
  return user?.[1] ? `${shownPath(user[1])}:${user[2]}` : shown;
}

/** The version of a flow that names none: the MD5 of its file. */
export async function fileVersion(file: string): Promise<string> {
  return new Bun.CryptoHasher("md5").update(await Bun.file(file).arrayBuffer()).digest("hex");
}
