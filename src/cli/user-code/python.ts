// `orch python`.
import { existsSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { command } from "../kit/command.ts";
import { runPython } from "./python-child.ts";
import { programIn } from "./python-words.ts";

export const python = command({
  description:
    "Start Python with 'prefect' in reach: the Python that flows run by, with the installed Prefect 2, or with orch's own engine. It takes all that follows as python does, options too; flows that are called are tracked by the API.",
  examples: [
    "orch python deploy.py",
    "orch python flows/marvin.py --verbose 2026-11-23",
    "orch python -m flows.nightly",
    "orch python -c 'import prefect; print(prefect.__version__)'",
  ],
  passesWords: true,
  options: {
    program: {
      type: "positional",
      description: "A file, '-m MODULE', '-c CODE', or '-' for standard input. Without one Python asks for lines.",
      mayBeEmpty: true,
    },
    args: { type: "positional", multiple: true, description: "What follows in sys.argv.", mayBeEmpty: true },
  },
  async run({ options, io, loaded }) {
    const { program, args } = options;
    const words = program === undefined ? [] : [program, ...args];
    const { file, isIsolated } = programIn(words);
    const path = file === undefined ? undefined : resolve(io.cwd, file);
    if (path !== undefined && !existsSync(path)) throw new OrchError("invalid", `There is no file '${file}'.`);
    if (path !== undefined && /^\.[cm]?[jt]sx?$/.test(extname(path))) {
      throw new OrchError("invalid", `'${file}' is no Python program. Did you mean 'orch run ${file}'?`);
    }
    const folder = path === undefined ? io.cwd : dirname(path);
    return (await runPython({ io, loaded, words, file: path ?? null, folder, isIsolated, note: io.err })).code;
  },
});
