// `orch deployment apply`: deployments from their files.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { messageOf, OrchError } from "#lib/errors.ts";
import type { DeploymentSpec } from "#project/deployment.ts";
import { parseDeploymentFile } from "#project/deployment-file.ts";
import { withApi } from "../api.ts";
import { command, UsageError } from "../command.ts";
import { checkPool, readLimit, registerDeployment, setQueueLimit } from "./registered.ts";

export const apply = command({
  description: "Create or update deployments from their files.",
  examples: ["orch deployment apply sayHi-deployment.yaml"],
  options: {
    paths: { type: "positional", multiple: true, description: "Deployment files." },
    limit: { type: "string", alias: "l", description: "How many runs of the queue may execute at once." },
  },
  async run({ options, io, loaded }) {
    const paths = options.paths as unknown as string[]; // `multiple` makes it a list
    if (paths.length === 0) throw new UsageError("Missing argument 'PATHS'.");
    const limit = readLimit(options.limit);
    await withApi(loaded.settings, async ({ client }) => {
      for (const path of paths) {
        const spec = readDeploymentFile(io.cwd, path);
        io.out(`Successfully loaded '${spec.name}'`);
        await checkPool(client, spec.work_pool_name);
        if (limit !== undefined) await setQueueLimit(client, spec, limit, io);
        await registerDeployment({ client }, spec, io);
      }
    });
  },
});

/** Throws `invalid` with a sentence that names the file. */
export function readDeploymentFile(folder: string, path: string): DeploymentSpec {
  return parseDeploymentFile(readText(resolve(folder, path), path), path);
}

function readText(file: string, shown: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new OrchError("invalid", `'${shown}' cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
