// The module "orch" where the executable is not the one running: `orch types` writes it into a project, and with it
// `bun flows/marvin.ts` runs the flows called there, here and now, tracked by the API. Bundled by the build; never
// imported by the executable itself.
import type { FlowDefinition } from "#domain/definitions.ts";
import { Interruption } from "#engine/session/interruption.ts";
import { engineHost } from "#sdk/host.ts";
import { sdkFor } from "#sdk/hosted.ts";
import { ownLog } from "../terminal/layout.ts";
import { terminal } from "../terminal/terminal.ts";
import { connectForModule } from "./module-api.ts";

export * from "#sdk/index.ts";

/** Named one by one, as exports have to be; a test keeps them whole. */
export const {
  flow,
  Block,
  StorageBlock,
  JobBlock,
  Secret,
  JSONBlock,
  StringBlock,
  DateTime,
  Webhook,
  LocalFileSystem,
  S3,
  GCS,
  Azure,
  SMB,
  GitHub,
  GitLabCredentials,
  GitLabRepository,
  RemoteFileSystem,
  Process,
  DockerContainer,
  DockerRegistry,
  KubernetesJob,
  KubernetesClusterConfig,
  Deployment,
  createLinkArtifact,
  createMarkdownArtifact,
  createTableArtifact,
  runDeployment,
  variables,
  pauseFlowRun,
  resumeFlowRun,
} = sdkFor({
  async call(definition: FlowDefinition, args) {
    const host = await connected();
    try {
      return await host.call(definition, args);
    } catch (error) {
      if (!(error instanceof Interruption) || error.cause !== undefined) throw error;
      terminal().err(ownLog(`Crash detected! ${error.message}`));
      process.exit(error.exitCode);
    }
  },
  api: async () => (await connected()).api(),
});
export { JSONBlock as JSON, StringBlock as String };

const connected = onceItWorks(async () =>
  engineHost({ ...(await connectForModule()), output: (line) => terminal().out(ownLog(line)) }),
);

/** A first call that failed is made again by the next. */
function onceItWorks<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
