// Makes `import … from "orch"` work in files loaded from now on, in the compiled executable as from source.
import { plugin } from "bun";
import type { Host } from "./host.ts";
import { sdkFor } from "./hosted.ts";
import * as sdk from "./index.ts";

/** Without a host, flows called outside of a run do nothing and say so. Call it before the first user file loads. */
export function registerSdk(host?: Host): void {
  const exports = host ? { ...sdk, ...sdkFor(host) } : { ...sdk };
  plugin({
    name: "orch",
    setup(build) {
      build.module("orch", () => ({ loader: "object", exports }));
    },
  });
}
