// The views the old server fetched from the web. `aggregate-worker-metadata` says which types of work pool there are.
import { WORK_POOL_TYPES } from "#domain/work-pool-types.ts";
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import * as wire from "#wire/collections.ts";
import { handle, type Route } from "../http/route.ts";

/** By the collection that brings it, then by its type. */
function workerMetadata(): JsonObject {
  const types = WORK_POOL_TYPES.map(({ type, description, baseJobTemplate }) => ({
    ...{ type, description, default_base_job_configuration: baseJobTemplate },
    ...{ display_name: type, documentation_url: "", install_command: "", logo_url: "" },
  }));
  return { prefect: Object.fromEntries(types.map((metadata) => [metadata.type, metadata])) };
}

const VIEWS: Readonly<Record<string, () => JsonObject>> = {
  "aggregate-worker-metadata": workerMetadata,
  // Flows and blocks of packages that would have to be installed: orch brings its own, and none of these.
  "aggregate-flow-metadata": () => ({}),
  "aggregate-block-metadata": () => ({}),
};

export function collectionRoutes(): Route[] {
  return [
    handle(wire.readCollectionView, async ({ params: { view } }) => {
      const content = Object.hasOwn(VIEWS, view) ? VIEWS[view] : undefined;
      if (!content) throw new OrchError("not_found", `Requested content missing for view ${view}`);
      return content();
    }),
  ];
}
