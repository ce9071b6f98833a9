// Loaded first in worker threads that user code starts: what flow files can do, their threads can do too.
import { prepareCompiler } from "#project/load-flow.ts";
import { loadSettings } from "#settings/load.ts";
import { hostForFiles } from "../api.ts";
import { registerUserCode } from "./user-code.ts";

registerUserCode(hostForFiles(loadSettings(process.env).settings).host);
await prepareCompiler(process.cwd());
