// `orch deployment build`: a deployment file from a flow; with --apply the deployment too.
import { existsSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, relative, resolve } from "node:path";
import { entrypointOrFile } from "#domain/entrypoint.ts";
import { IMAGE_FLOWS, isImageBased } from "#domain/infrastructure-blocks.ts";
import { systemClock, timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { buildDeployment, chooseInfrastructure, readExisting } from "#project/deployments/build.ts";
import { refuseMemory, refuseUnprintable } from "#project/deployments/deployment-refusals.ts";
import { checkedOverrides } from "#project/deployments/overrides.ts";
import { readSavedBlock } from "#project/deployments/saved-blocks.ts";
import { ensureIgnoreFile } from "#project/packing/ignore.ts";
import type { BlockDocument } from "#wire/blocks.ts";
import { withApi } from "../api.ts";
import { openFlowSource } from "../flow-source.ts";
import { command } from "../kit/command.ts";
import { parametersMeant } from "../options/json-arguments.ts";
import { scheduleNotes } from "../options/schedule-options.ts";
import { json } from "../terminal/layout.ts";
import { agentNeeds } from "./agent-needs.ts";
import { BUILD_OPTIONS, readOptions } from "./build/build-options.ts";
import { readEarlierFile, writeDeploymentFile } from "./build/deployment-files.ts";
import { deploymentOf, filesOfDeployment, fileWord, keepOther } from "./build/files-of-deployment.ts";
import { noteKept } from "./build/kept-notes.ts";
import { localCode } from "./build/local-code.ts";
import { uploadFiles, uploadSnapshot } from "./build/upload.ts";
import { noteParameters } from "./parameter-notes.ts";
import {
  checkPool,
  isOfWorkers,
  madeDeployment,
  registerDeployment,
  setQueueLimit,
  withoutNews,
} from "./registered.ts";
import { tidyAfterRegistering } from "./tidy.ts";

export const build = command({
  description: "Write the deployment file of a flow and register it with --apply.",
  examples: [
    "orch deployment build -n marvin -q test -a flows/marvin.ts:sayHi",
    "orch deployment build -n hourly -q test --cron '0 * * * *' flows/marvin.ts:sayHi",
    "orch deployment build -n stored -sb local-file-system/shared/marvin flows/marvin.ts:sayHi",
  ],
  options: BUILD_OPTIONS,
  async run({ options, io: given, loaded }) {
    const io = options.json ? withoutNews(given) : given;
    const sayMoved = options.json ? io.err : io.out;
    const told = await readOptions(options, io);
    const { name, limit } = told;
    const { file, exportName: asked } = entrypointOrFile(options.entrypoint);
    const wanted = told.output ?? (asked === undefined ? undefined : usualFile(asked));
    if (wanted !== undefined) refuseUnwritable(resolve(io.cwd, wanted));
    const entry = entryIn(io.cwd, file);
    const { settings } = loaded;
    const source = await openFlowSource(file, { settings, folder: io.cwd, env: io.env, note: io.err });
    const { exportName, ...flow } = await source.read(resolve(io.cwd, file), asked);
    refuseUnprintable("The flow's name", flow.name);
    io.out(io.paint.good(`Found flow '${flow.name}'`));
    const full = `${flow.name}/${name}`;
    const others = filesOfDeployment(io.cwd, full);
    const target = resolve(io.cwd, told.output ?? chosenFile(usualFile(exportName), others));
    const earlier = refuseUnwritable(target);

    await withApi(loaded.settings, async (api) => {
      const { client } = api;
      const existing = await readExisting(client, flow.name, name);
      const infrastructure = told.infraBlock ? await readSavedBlock(client, told.infraBlock) : told.infra;
      refuseNoInfrastructure(infrastructure);
      const storage = told.storageBlock ? await readSavedBlock(client, told.storageBlock) : undefined;
      refuseNoStorage(storage);
      const pool = options.pool ?? existing?.deployment.work_pool_name ?? null;
      if (options.apply || limit !== undefined) await checkPool(client, pool);
      // Code in a storage may run on another machine, which has other interpreters.
      const { python, ...portable } = flow;
      const found = { ...(storage ? portable : flow), entrypoint: `${entry}:${exportName}` };
      const { entrypoint } = found;
      const defaultImage = loaded.settings.ORCH_DEFAULT_IMAGE;
      const infra_overrides = await checkedOverrides(client, {
        infra_overrides: told.overrides,
        infrastructure: chooseInfrastructure(found, infrastructure, existing, defaultImage),
        work_pool_name: pool,
      });
      const ignoreFile = ensureIgnoreFile(io.cwd);
      if (ignoreFile) io.out(`Default '.prefectignore' file written to ${ignoreFile}`);
      const parameters = told.parameters && parametersMeant(told.parameters, { schema: flow.schema, isLoose: true });
      for (const [name, text] of told.parameters?.single ?? []) {
        // `5` and `"5"` look alike.
        if (parameters?.[name] !== text) io.out(`The parameter value ${text} is parsed as a JSON string`);
      }
      const place = await placeOfCode();
      const spec = buildDeployment(
        { ...found, path: place.path },
        {
          ...{ name, infrastructure, storage, infra_overrides, default_image: defaultImage },
          ...{ parameters, schedule: told.schedule, overlap: told.overlap, catchup: told.catchup },
          ...told.texts,
          tags: options.tag.length > 0 ? options.tag : undefined,
        },
        existing,
        timestampNow(systemClock),
      );
      if (told.schedule)
        for (const note of scheduleNotes(told.schedule, options["anchor-date"])) io.err(io.paint.warn(note));
      noteParameters(spec, io.err);
      noteKept(options, existing, io.err);
      const other = deploymentOf(target);
      const kept = keepOther(target, full);
      writeDeploymentFile(target, spec, kept === undefined ? earlier : undefined, loaded.settings.ORCH_HOME);
      io.out(`Deployment YAML created at '${target}'.`);
      if (kept !== undefined) sayMoved(`The file that was there describes '${other}': it is '${basename(kept)}' now.`);
      for (const other of others.filter((one) => resolve(io.cwd, one) !== target)) {
        io.err(`'${other}' describes '${full}' too: 'orch dev' takes the file that was saved last.`);
      }
      for (const need of agentNeeds(spec, pool !== null && (await isOfWorkers(client, pool)))) io.err(need);
      const local = localCode(spec, { url: api.url, cwd: io.cwd, settings: loaded.settings });
      if (local !== undefined) io.err(io.paint.warn(local));
      if (limit !== undefined) await setQueueLimit(client, spec, limit, io);
      if (place.said) io.out(place.said);
      const registered = options.apply ? await registerDeployment({ client }, spec, io) : existing?.deployment;
      await tidyAfterRegistering(api, loaded.settings, io.err);
      if (options.json) given.out(json(await madeDeployment(api, spec, target, registered)));

      /** Uploaded before the file names it: a build that is cut off leaves no file that names nothing. */
      async function placeOfCode(): Promise<{ path: string; said?: string }> {
        if (storage) {
          const path = told.storageBlock?.path || options.path || "";
          return options["skip-upload"]
            ? { path }
            : { path, said: await uploadFiles(io, client, storage, { path, entrypoint, settings: loaded.settings }) };
        }
        if (options.path) return { path: resolve(io.cwd, options.path) };
        if (isImageBased(chooseInfrastructure(found, infrastructure, existing, defaultImage)))
          return { path: IMAGE_FLOWS };
        return options["skip-upload"] ? { path: io.cwd } : uploadSnapshot(io, loaded.settings, entrypoint);
      }
    });
  },
});

function usualFile(exportName: string): string {
  return `${fileWord(exportName)}-deployment.yaml`;
}

/** The file that describes the deployment already is written again: two of them would contradict each other. */
function chosenFile(usual: string, others: readonly string[]): string {
  return others.includes(usual) ? usual : (others[0] ?? usual);
}

/** Before anything is uploaded. Returns the text that is there. */
function refuseUnwritable(target: string): string | undefined {
  const above = dirname(target);
  if (existsSync(above) && !statSync(above).isDirectory()) {
    throw new OrchError("invalid", `'${target}' cannot be written: '${above}' is not a folder.`);
  }
  if (statSync(target, { throwIfNoEntry: false })?.isDirectory()) {
    throw new OrchError("invalid", `'${target}' is a folder: name the file to write with --output.`);
  }
  return readEarlierFile(target);
}

/** Runs find the file relative to the folder: so it has to be in it. */
function entryIn(folder: string, file: string): string {
  const way = relative(folder, resolve(folder, file));
  if (!way.startsWith("..") && !isAbsolute(way)) return way;
  const there = existsSync(resolve(folder, file))
    ? "is outside of this folder: run the command from a folder that contains it"
    : "is not there";
  throw new OrchError("invalid", `'${file}' ${there}.`);
}

/** `--infra-block secret/x`: a block, but nothing that a run could execute in. */
function refuseNoInfrastructure(told: string | BlockDocument | undefined): void {
  if (typeof told !== "object" || told.block_schema?.capabilities.includes("run-infrastructure")) return;
  const sentence = "is no infrastructure: its block type cannot run flows";
  const hint = told.block_schema?.capabilities.includes("get-directory")
    ? "It holds files: name it with --storage-block"
    : "Use one such as 'process'";
  throw new OrchError("invalid", `'${told.block_type?.slug}/${told.name}' ${sentence}. ${hint}.`);
}

/** `--storage-block secret/x`. */
function refuseNoStorage(told: BlockDocument | undefined): void {
  if (!told) return;
  const name = `'${told.block_type?.slug}/${told.name}'`;
  refuseMemory(name, told.data);
  if (told.block_schema?.capabilities.includes("get-directory")) return;
  const sentence = "is no storage: its block type holds no files";
  const hint = told.block_schema?.capabilities.includes("run-infrastructure")
    ? "Runs execute in it: name it with --infra-block"
    : "Use one such as 'local-file-system'";
  throw new OrchError("invalid", `${name} ${sentence}. ${hint}.`);
}
