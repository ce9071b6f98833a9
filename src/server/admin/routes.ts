// Health and versions.
import * as wire from "#wire/admin.ts";
import { handle, type Route } from "../http/router.ts";

export function adminRoutes(): Route[] {
  return [
    handle(wire.readHealth, async () => true),
    handle(wire.readApiVersion, async () => wire.API_VERSION),
    handle(wire.readServerVersion, async () => wire.PREFECT_VERSION),
    handle(wire.readHello, async () => "👋"),
  ];
}
