// Loaded first in scripts that user code starts with the executable as Bun: makes `import … from "orch"` work there, and
// scripts and threads that those start in turn. Bundled by the build, beside the module (module.ts).
import { join } from "node:path";
import { plugin } from "bun";
import { runScriptsAsBun } from "#project/loading/scripts.ts";
import { preloadInThreads } from "#project/loading/threads.ts";

const self = join(import.meta.dir, "child.js");
// Programs that this script starts are no scripts of it: a command of orch among them is one.
delete process.env["BUN_BE_BUN"];
if (process.execArgv[0] === "--preload" && process.execArgv[1] === self) process.execArgv.splice(0, 2);
plugin({
  name: "orch",
  setup(build) {
    build.module("orch", () => ({ loader: "object", exports: require(join(import.meta.dir, "index.js")) }));
  },
});
runScriptsAsBun(() => self);
preloadInThreads(self);
