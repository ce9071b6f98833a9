// `orch deployment build`: a deployment file from a flow; with --apply the deployment too.
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { systemClock, timestampNow } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import { type BuiltFlow, buildDeployment, readExisting } from "#project/build.ts";
import { renderDeploymentFile } from "#project/deployment-file.ts";
import { ensureIgnoreFile } from "#project/ignore.ts";
import { fileVersion, loadFlow, parseEntrypoint } from "#project/load-flow.ts";
import { readSignature } from "#project/signature.ts";
import { packSnapshot } from "#project/snapshot.ts";
import { registerSdk } from "#sdk/register.ts";
import type { Settings } from "#settings/table.ts";
import { withApi } from "../api.ts";
import { command, type Io } from "../command.ts";
import { parseParam, parseParams, splitPair } from "../json-arguments.ts";
import { readSchedule, SCHEDULE_OPTIONS } from "../schedule-options.ts";
import { checkPool, readLimit, registerDeployment, setQueueLimit } from "./registered.ts";

export const build = command({
  description: "Write a deployment file for a flow, and register it with --apply.",
  examples: [
    "orch deployment build -n marvin -q test -a flows/marvin.ts:sayHi",
    "orch deployment build -n hourly -q test --cron '0 * * * *' flows/marvin.ts:sayHi",
  ],
  options: {
    entrypoint: { type: "positional", required: true, description: "The flow, as path/to/file.ts:export." },
    name: { type: "string", alias: "n", description: "The name of the deployment." },
    description: { type: "string", alias: "d", description: "A description. Default: the flow's." },
    version: { type: "string", alias: "v", description: "A version. Default: the flow's, or the MD5 of its file." },
    tag: { type: "string", alias: "t", multiple: true, description: "A tag; may be given more than once." },
    "work-queue": { type: "string", alias: "q", description: "The work queue that will handle the runs." },
    pool: { type: "string", alias: "p", description: "The work pool of the queue." },
    limit: { type: "string", alias: "l", description: "How many runs of the queue may execute at once." },
    override: { type: "string", multiple: true, description: "A field of the infrastructure: env.NAME=value." },
    param: { type: "string", multiple: true, description: "A default parameter: name=value." },
    params: { type: "string", description: "All default parameters, as a JSON object." },
    path: { type: "string", description: "The folder that runs take the code from. Default: a snapshot of this one." },
    "skip-upload": { type: "boolean", description: "Take no snapshot: runs work in this folder itself." },
    output: { type: "string", alias: "o", description: "The file to write. Default: <function>-deployment.yaml." },
    apply: { type: "boolean", alias: "a", description: "Register the deployment too." },
    ...SCHEDULE_OPTIONS,
  },
  async run({ options, io, loaded }) {
    const { name } = options;
    if (!name) throw new OrchError("invalid", "A name for this deployment must be provided with the '--name' flag.");
    const schedule = readSchedule(options);
    const limit = readLimit(options.limit);
    const { file, exportName } = parseEntrypoint(options.entrypoint);
    const target = resolve(io.cwd, outputPath(options.output) ?? `${exportName}-deployment.yaml`);
    refuseFolder(target);
    const entry = entryIn(io.cwd, file);
    registerSdk();
    const { flow, name: flowName } = await loadFlow(resolve(io.cwd, file), exportName);
    io.out(io.paint.good(`Found flow '${flowName}'`));
    const infra_overrides = readOverrides(options.override);
    const parameters = readParameters(options.param, options.params);

    await withApi(loaded.settings, async ({ client }) => {
      const existing = await readExisting(client, flowName, name);
      if (options.apply || limit !== undefined) {
        await checkPool(client, options.pool ?? existing?.deployment.work_pool_name);
      }
      const ignoreFile = ensureIgnoreFile(io.cwd);
      if (ignoreFile) io.out(`Default '.prefectignore' file written to ${ignoreFile}`);
      const { schema, description } = readSignature(resolve(io.cwd, file), exportName);
      const path = options.path ? resolve(io.cwd, options.path) : undefined;
      const built: BuiltFlow = {
        name: flowName,
        entrypoint: `${entry}:${exportName}`,
        description: flow.options.description ?? description,
        version: flow.options.version ?? (await fileVersion(resolve(io.cwd, file))),
        schema,
        path: path ?? (options["skip-upload"] ? io.cwd : await upload(io, loaded.settings)),
      };
      const told = {
        name,
        description: options.description,
        version: options.version,
        tags: options.tag.length > 0 ? options.tag : undefined,
        work_queue_name: options["work-queue"],
        work_pool_name: options.pool,
        parameters,
        schedule,
        infra_overrides,
      };
      const spec = buildDeployment(built, told, existing, timestampNow(systemClock));
      write(target, renderDeploymentFile(spec));
      io.out(`Deployment YAML created at '${target}'.`);
      if (limit !== undefined) await setQueueLimit(client, spec, limit, io);
      if (options.apply) await registerDeployment({ client }, spec, io);
    });
  },
});

function outputPath(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const suffix = /\.[^./]*$/.exec(given)?.[0];
  if (suffix !== undefined && suffix !== ".yaml") throw new OrchError("invalid", "Output file must be a '.yaml' file.");
  return suffix ? given : `${given}.yaml`;
}

/** Said before anything is uploaded. */
function refuseFolder(target: string): void {
  if (statSync(target, { throwIfNoEntry: false })?.isDirectory()) {
    throw new OrchError("invalid", `'${target}' is a folder: name the file to write with --output.`);
  }
}

function write(target: string, text: string): void {
  try {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  } catch (error) {
    throw new OrchError("invalid", `'${target}' cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

/** Runs find the file relative to the folder: so it has to be in it. */
function entryIn(folder: string, file: string): string {
  const way = relative(folder, resolve(folder, file));
  if (!way.startsWith("..") && !isAbsolute(way)) return way;
  const there = existsSync(resolve(folder, file))
    ? "lies outside of this folder: run the command from a folder that holds it"
    : "is not there";
  throw new OrchError("invalid", `'${file}' ${there}.`);
}

function readOverrides(given: string[]): JsonObject {
  return Object.fromEntries(given.map((text) => splitPair(text, "--override")));
}

function readParameters(param: string[], params: string | undefined): JsonObject | undefined {
  if (param.length > 0 && params !== undefined) {
    throw new OrchError("invalid", "Can only pass one of `param` or `params` options");
  }
  if (params !== undefined) return parseParams(params);
  return param.length > 0 ? Object.fromEntries(param.map(parseParam)) : undefined;
}

const PROGRESS_EVERY_FILES = 20;

async function upload(io: Io, settings: Settings): Promise<string> {
  const { path, files, bytes } = await packSnapshot({
    folder: io.cwd,
    storageRoot: settings.ORCH_LOCAL_STORAGE_PATH,
    home: settings.ORCH_HOME,
    onProgress: (sofar) => {
      if (sofar.files % PROGRESS_EVERY_FILES === 0)
        io.progress(`Uploading: ${sofar.files} files, ${sizeText(sofar.bytes)}`);
    },
  });
  io.progress("");
  io.out(`Successfully uploaded ${files} file${files === 1 ? "" : "s"} (${sizeText(bytes)}) to ${path}`);
  return path;
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
