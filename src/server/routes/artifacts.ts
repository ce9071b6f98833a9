// The artifact routes.
import { timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import * as wire from "#wire/artifacts.ts";
import * as store from "../artifacts/store.ts";
import { handle, type Route } from "../http/route.ts";
import { pageOf } from "../kernel/paging.ts";
import type { RouteContext } from "../slow-reads/slow-reads.ts";

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new OrchError("not_found", "Artifact not found.");
  return value;
}

export function artifactRoutes({ db, clock, settings, slowReads }: RouteContext): Route[] {
  return [
    handle(wire.createArtifact, ({ body }, { write }) =>
      write((tx) => found(store.readArtifact(tx, store.insertArtifact(tx, timestampNow(clock), body)))),
    ),
    handle(wire.readArtifact, async ({ params }) => found(await db.read((q) => store.readArtifact(q, params.id)))),
    handle(wire.readLatestArtifact, async ({ params }) => {
      const { latest_id: _, ...latest } = found(await db.read((q) => store.readLatest(q, params.key)));
      return latest;
    }),
    handle(wire.listArtifacts, async ({ body }) => {
      const page = pageOf(body, settings);
      return slowReads.read("artifacts", { filters: body, sort: body.sort, page });
    }),
    handle(wire.listLatestArtifacts, async ({ body }) => {
      const page = pageOf(body, settings);
      return slowReads.read("latestArtifacts", { filters: body, sort: body.sort, page });
    }),
    handle(wire.countArtifacts, ({ body }) => slowReads.read("countArtifacts", { filters: body })),
    handle(wire.countLatestArtifacts, ({ body }) => slowReads.read("countLatestArtifacts", { filters: body })),
    handle(wire.updateArtifact, async ({ params, body }, { write }) => {
      await write((tx) => found(store.updateArtifact(tx, timestampNow(clock), params.id, body) || undefined));
      return null;
    }),
    handle(wire.deleteArtifact, async ({ params }, { write }) => {
      await write((tx) => found(store.deleteArtifact(tx, timestampNow(clock), params.id) || undefined));
      return null;
    }),
  ];
}
