// The routes of deployments as a page shows them.
import { nextTurn } from "#lib/yield.ts";
import * as wire from "#wire/deployments/deployment-activity.ts";
import { readActivity } from "../../deployment-activity/store.ts";
import { deploymentYaml } from "../../deployments/yaml.ts";
import { found } from "../../http/found.ts";
import { handle, type Route } from "../../http/route.ts";
import { pageOf } from "../../kernel/paging.ts";
import type { RouteContext } from "../../slow-reads/slow-reads.ts";

/** Deployments that are read in one turn: 2 ms. */
const SLICE = 10;

export function deploymentActivityRoutes({ db, clock, settings, slowReads, vault }: RouteContext): Route[] {
  return [
    handle(wire.readDeploymentActivity, async ({ body: { limit, offset, sort, runs, ...filters } }) => {
      const page = pageOf({ limit, offset }, settings);
      const now = clock.now();
      const { count, listed } = await slowReads.readValue("listedDeployments", { filters, sort, page });
      const deployments: wire.DeploymentActivity[] = [];
      for (let from = 0; from < listed.length; from += SLICE) {
        const some = listed.slice(from, from + SLICE);
        deployments.push(...(await db.read((q) => some.map((one) => readActivity(q, one, { runs, now })))));
        await nextTurn();
      }
      return { count, deployments };
    }),
    handle(wire.readDeploymentYaml, async ({ params }) => {
      const yaml = found(await db.read((q) => deploymentYaml(q, params.id, vault)), "Deployment not found");
      return new Response(yaml, { headers: { "content-type": "text/plain; charset=utf-8" } });
    }),
  ];
}
