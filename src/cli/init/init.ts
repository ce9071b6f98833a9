// `orch init`: writes a starter project. It never overwrites a file, and prints what each file that it left alone means.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { messageOf } from "#lib/errors.ts";
import { writeWhole } from "#lib/files/fsync.ts";
import { requireReadableFile } from "#lib/files/readable-file.ts";
import { DEFAULT_PATTERNS } from "#project/packing/ignore.ts";
import { withIncluded } from "#project/typescript/tsconfig.ts";
// @ts-expect-error: imported as text, which the type checker does not know of.
import marvin from "../../../templates/starter/flows/marvin.ts" with { type: "text" };
import deployment from "../../../templates/starter/marvin-deployment.yaml" with { type: "text" };
// @ts-expect-error: as above.
import types from "../../../templates/starter/orch.d.ts" with { type: "text" };
import tsconfig from "../../../templates/starter/tsconfig.json" with { type: "text" };
import { filesOfDeployment } from "../deployment/build/files-of-deployment.ts";
import { command } from "../kit/command.ts";

const FLOW = "flows/marvin.ts";
const DEPLOYMENT = "marvin-deployment.yaml";
const TYPES = "orch.d.ts";

/** Text imports of TypeScript and JSON files are text, whatever their types say. */
const FILES: Record<string, unknown> = {
  [FLOW]: marvin,
  [DEPLOYMENT]: deployment,
  "tsconfig.json": tsconfig,
  [TYPES]: types,
  ".prefectignore": DEFAULT_PATTERNS,
};

export const init = command({
  description: "Write a starter project. Files that are there already are never overwritten.",
  examples: ["orch init .", "orch init my-flows", "orch init . --devcontainer"],
  options: {
    folder: { type: "positional", required: false, makes: "folder", description: "The folder. Default: this one." },
    devcontainer: { type: "boolean", description: "Write a dev container, too, that has orch and starts it." },
  },
  async run({ options, io }) {
    const folder = resolve(io.cwd, options.folder ?? ".");
    const container = options.devcontainer ? await import("./devcontainer.ts") : undefined;
    const files = { ...FILES, ...container?.devcontainerFiles(folder) };
    const reasons = new Map(Object.keys(files).map((name) => [name, reasonToLeave(folder, name)]));
    for (const [name, content] of Object.entries(files)) {
      const reason = reasons.get(name);
      if (reason === undefined) writeWhole(join(folder, name), String(content));
      io.out(reason ?? `Wrote ${name}`);
    }
    for (const line of besides(folder)) io.out(line);
    const isWritten = reasons.get(".devcontainer/devcontainer.json") === undefined;
    for (const line of container?.devcontainerHints(folder, isWritten) ?? []) io.out(line);
    const there = options.folder && options.folder !== "." ? ` ${options.folder}` : "";
    io.out("");
    io.out(`Run it:  orch dev${there}`);
    io.out("Or step by step:");
    if (there) io.out(`  cd${there}`);
    io.out("  orch server start &");
    io.out("  orch deployment build -n marvin -q test -a flows/marvin.ts:sayHi");
    io.out("  orch agent -q test &");
    io.out("  orch deployment run say-hi/marvin --param name=Ada");
  },
});

/** A sentence where the file is not to be written; undefined where it is. */
function reasonToLeave(folder: string, name: string): string | undefined {
  const text = textOf(folder, name);
  if (text !== undefined) return `Left ${name} as it is.${hintFor(name, text)}`;
  if (name === ".prefectignore" && existsSync(join(folder, ".orchignore"))) {
    return "Left .orchignore as it is: it says what is not uploaded, so there is no .prefectignore.";
  }
  if (name !== DEPLOYMENT) return undefined;
  const [other] = filesOfDeployment(folder, "say-hi/marvin");
  if (other !== undefined) return `Left ${other} as it is: it describes 'say-hi/marvin' already.`;
  const flow = textOf(folder, FLOW);
  if (flow === undefined || /\bsayHi\b/.test(flow)) return undefined;
  return `Wrote no ${DEPLOYMENT}: ${FLOW} is yours and has no flow 'sayHi'.`;
}

/** What to do so that the file goes together with the others. */
function hintFor(name: string, text: string): string {
  if (name === TYPES && text !== String(types)) return " It is of another version: 'orch types' brings it up to date.";
  if (name !== "tsconfig.json") return "";
  try {
    return withIncluded(text, TYPES) === text
      ? ""
      : ` It does not include ${TYPES}, by which editors know "orch": 'orch types' adds it.`;
  } catch (error) {
    return ` ${messageOf(error)}`;
  }
}

/** Files of a project that is there already, of which people may wonder. */
function besides(folder: string): string[] {
  const left = ["package.json", ".gitignore"].filter((name) => existsSync(join(folder, name)));
  const lines = left.map((name) => `Left ${name} as it is: nothing in it has to change.`);
  if (!existsSync(join(folder, "deployment.yaml"))) return lines;
  const how = "'orch dev' reads files whose names end in -deployment.yaml";
  return [...lines, `Left deployment.yaml as it is: ${how}, 'orch deployment apply deployment.yaml' registers it.`];
}

function textOf(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  if (!existsSync(path)) return undefined;
  requireReadableFile(path, path, { ofFolder: ", and has to be a file" });
  return readFileSync(path, "utf8");
}
