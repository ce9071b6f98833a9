// `orch deployment apply`: deployments from their files.
import { resolve } from "node:path";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { OrchError } from "#lib/errors.ts";
import { readSavedBlock } from "#project/deployments/saved-blocks.ts";
import { type Api, withApi } from "../api.ts";
import { command, type Io, JSON_OPTION, UsageError } from "../kit/command.ts";
import { wholeNumber } from "../options/numbers.ts";
import { noteSchedule } from "../options/schedule-options.ts";
import { json } from "../terminal/layout.ts";
import { readDeploymentFile, readEarlierFile, writeDeploymentFile } from "./build/deployment-files.ts";
import { localCode } from "./build/local-code.ts";
import { isSnapshot, refuseLostSnapshot, uploadFiles, uploadSnapshot } from "./build/upload.ts";
import { noteParameters } from "./parameter-notes.ts";
import {
  checkPool,
  type MadeDeployment,
  madeDeployment,
  registerDeployment,
  setQueueLimit,
  withoutNews,
} from "./registered.ts";
import { tidyAfterRegistering } from "./tidy.ts";

export const apply = command({
  description: "Create or update deployments from their files.",
  examples: ["orch deployment apply sayHi-deployment.yaml", "orch deployment apply *-deployment.yaml"],
  options: {
    paths: { type: "positional", multiple: true, description: "Deployment files." },
    upload: { type: "boolean", description: "Upload this folder's files first, to where the deployment has its code." },
    limit: { type: "string", alias: "l", description: "How many runs of the queue may execute at the same time." },
    ...JSON_OPTION,
  },
  async run({ options, io: given, loaded }) {
    const io = options.json ? withoutNews(given) : given;
    const paths = options.paths as unknown as string[]; // `multiple` makes it a list
    if (paths.length === 0) throw new UsageError("Missing argument 'PATHS'.");
    const limit = wholeNumber("--limit", options.limit, 0);
    const { settings } = loaded;
    await withApi(settings, async (api) => {
      const { client } = api;
      const made: MadeDeployment[] = [];
      for (const path of paths) {
        const spec = readDeploymentFile(io.cwd, path);
        io.out(io.paint.good(`Successfully loaded '${spec.name}'`));
        await checkPool(client, spec.work_pool_name);
        if (limit !== undefined) await setQueueLimit(client, spec, limit, io);
        if (options.upload) await upload(client, spec, path);
        refuseLostSnapshot(spec.path, path, settings);
        noteSchedule(spec, io.err);
        noteParameters(spec, io.err);
        const local = localCode(spec, { url: api.url, cwd: io.cwd, settings });
        if (local !== undefined) io.err(io.paint.warn(local));
        const registered = await registerDeployment({ client }, spec, io);
        if (options.json) made.push(await madeDeployment(api, spec, resolve(io.cwd, path), registered));
      }
      await tidyAfterRegistering(api, settings, io.err);
      if (options.json) given.out(json(made));
    });

    async function upload(client: Api["client"], spec: DeploymentSpec, file: string): Promise<void> {
      const { storage } = spec;
      if (storage) {
        const saved = await readSavedBlock(client, savedName(storage, file));
        return io.out(await uploadFiles(io, client, saved, { ...spec, settings }));
      }
      if (!isSnapshot(spec.path, settings)) return io.err(noUpload(io, spec));
      const { path, said } = await uploadSnapshot(io, settings, spec.entrypoint);
      spec.path = path;
      const target = resolve(io.cwd, file);
      // The file goes along: applied again, it must not bring the earlier snapshot back.
      writeDeploymentFile(target, spec, readEarlierFile(target), settings.ORCH_HOME);
      io.out(said);
    }
  },
});

function savedName(storage: NonNullable<DeploymentSpec["storage"]>, file: string): { slug: string; name: string } {
  const name = storage["_block_document_name"];
  if (typeof name === "string") return { slug: String(storage["_block_type_slug"]), name };
  const sentence = `the storage block of '${file}' has no name. Save it first, and name it as _block_document_name.`;
  throw new OrchError("invalid", `Files are uploaded to saved blocks only: ${sentence}`);
}

function noUpload(io: Io, { path }: DeploymentSpec): string {
  const sentence = `Runs work in '${path}' itself, so there is nothing to upload.`;
  return io.paint.bad(`${sentence} 'orch deployment build' without --skip-upload and --path takes a snapshot.`);
}
