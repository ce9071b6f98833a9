// `orch init`: a starter project. What is there already is left alone.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { writeWhole } from "#lib/durable.ts";
import { DEFAULT_PATTERNS } from "#project/ignore.ts";
// @ts-expect-error: imported as text, which the type checker does not know of.
import marvin from "../../templates/starter/flows/marvin.ts" with { type: "text" };
import deployment from "../../templates/starter/marvin-deployment.yaml" with { type: "text" };
// @ts-expect-error: as above.
import types from "../../templates/starter/orch.d.ts" with { type: "text" };
import tsconfig from "../../templates/starter/tsconfig.json" with { type: "text" };
import { command } from "./command.ts";

/** Text imports of TypeScript and JSON files are text, whatever their types say. */
const FILES: Record<string, unknown> = {
  "flows/marvin.ts": marvin,
  "marvin-deployment.yaml": deployment,
  "tsconfig.json": tsconfig,
  "orch.d.ts": types,
  ".prefectignore": DEFAULT_PATTERNS,
};

export const init = command({
  description: "Write a starter project.",
  examples: ["orch init .", "orch init my-flows"],
  options: { folder: { type: "positional", required: false, description: "The folder. Default: this one." } },
  async run({ options, io }) {
    const folder = resolve(io.cwd, options.folder ?? ".");
    for (const [name, content] of Object.entries(FILES)) {
      const path = join(folder, name);
      if (existsSync(path)) {
        io.out(`Left ${name} as it is.`);
        continue;
      }
      writeWhole(path, String(content));
      io.out(`Wrote ${name}`);
    }
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
