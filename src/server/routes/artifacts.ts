// The artifact routes.
import { timestampNow } from "#lib/clock.ts";
import * as wire from "#wire/artifacts.ts";
import * as store from "../artifacts/store.ts";
import { checkFound, found } from "../http/found.ts";
import { handle, type Route } from "../http/route.ts";
import { pageOf } from "../kernel/paging.ts";
import type { RouteContext } from "../slow-reads/slow-reads.ts";

const NOT_FOUND = "Artifact not found.";

export function artifactRoutes({ db, clock, settings, slowReads }: RouteContext): Route[] {
  return [
    handle(wire.createArtifact, ({ body }, { write }) =>
      write((tx) => found(store.readArtifact(tx, store.insertArtifact(tx, timestampNow(clock), body)), NOT_FOUND)),
    ),
    handle(wire.readArtifact, async ({ params }) =>
      found(await db.read((q) => store.readArtifact(q, params.id)), NOT_FOUND),
    ),
    handle(wire.readLatestArtifact, async ({ params }) => {
      const { latest_id: _, ...latest } = found(await db.read((q) => store.readLatest(q, params.key)), NOT_FOUND);
      return latest;
    }),
    handle(wire.listArtifacts, ({ body }) =>
      slowReads.read("artifacts", { filters: body, sort: body.sort, page: pageOf(body, settings) }),
    ),
    handle(wire.listLatestArtifacts, ({ body }) =>
      slowReads.read("latestArtifacts", { filters: body, sort: body.sort, page: pageOf(body, settings) }),
    ),
    handle(wire.countArtifacts, ({ body }) => slowReads.read("countArtifacts", { filters: body })),
    handle(wire.countLatestArtifacts, ({ body }) => slowReads.read("countLatestArtifacts", { filters: body })),
    handle(wire.updateArtifact, ({ params, body }, { write }) =>
      write((tx) => checkFound(store.updateArtifact(tx, timestampNow(clock), params.id, body), NOT_FOUND)),
    ),
    handle(wire.deleteArtifact, ({ params }, { write }) =>
      write((tx) => checkFound(store.deleteArtifact(tx, timestampNow(clock), params.id), NOT_FOUND)),
    ),
  ];
}
