// The module "orch" where the executable is not the one running: `orch types` writes it into a project, and with it
// `bun flows/marvin.ts` runs the flows called there, here and now, tracked by the API. Bundled by the build; never
// imported by the executable itself.
import type { FlowDefinition } from "#domain/definitions.ts";
import { Interruption } from "#engine/guards.ts";
import { flowFor } from "#sdk/flow.ts";
import { engineHost } from "#sdk/host.ts";
import { connectForModule } from "./module-api.ts";

export * from "#sdk/index.ts";

export const flow = flowFor({
  async call(definition: FlowDefinition, args) {
    const host = await connected();
    try {
      return await host.call(definition, args);
    } catch (error) {
      if (!(error instanceof Interruption) || error.cause !== undefined) throw error;
      console.error(`Crash detected! ${error.message}`);
      process.exit(error.exitCode);
    }
  },
});

const connected = onceItWorks(async () => engineHost({ ...(await connectForModule()), output: console.log }));

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
