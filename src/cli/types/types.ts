// `orch types`: tells editors, type checkers and `bun FILE` what "orch" is.
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { writeWhole } from "#lib/files/fsync.ts";
import { requireReadableFile } from "#lib/files/readable-file.ts";
import { withIncluded } from "#project/typescript/tsconfig.ts";
import { command, type Io } from "../kit/command.ts";
import { writePackage } from "./package.ts";
import { STARTER_CONFIG, STARTER_TYPES } from "./starter.ts";

const TYPES_FILE = "orch.d.ts";

export const types = command({
  description:
    'Write the types of "orch" for editors and type checkers, and the module that `bun FILE` runs flows with.',
  examples: ["orch types", "orch types my-flows", "bun flows/marvin.ts"],
  options: { folder: { type: "positional", required: false, description: "The project. Default: this folder." } },
  async run({ options, io }) {
    const folder = resolve(io.cwd, options.folder ?? ".");
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      throw new OrchError("invalid", `There is no folder '${folder}'.`);
    }
    keep(folder, TYPES_FILE, STARTER_TYPES, io);
    const config = join(folder, "tsconfig.json");
    const before = textOf(config);
    // The starter's, for every file of the folder.
    keep(
      folder,
      "tsconfig.json",
      before === undefined ? withoutInclude(STARTER_CONFIG) : withIncluded(before, TYPES_FILE),
      io,
    );
    writePackage(folder, STARTER_TYPES);
    io.out("Wrote node_modules/orch: 'bun FILE' runs the flows that FILE calls.");
  },
});

function withoutInclude(config: string): string {
  return config.replace(/,\s*"include": \[[^\]]*\]/, "");
}

/** Undefined where there is none. */
function textOf(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  requireReadableFile(path, path, { ofFolder: ", and has to be a file" });
  return readFileSync(path, "utf8");
}

function keep(folder: string, name: string, content: string, io: Io): void {
  const path = join(folder, name);
  const before = textOf(path);
  if (before !== content) writeWhole(path, content);
  if (before === content) io.out(`${name} is up to date.`);
  else io.out(`${before === undefined ? "Wrote" : "Updated"} ${name}`);
}
