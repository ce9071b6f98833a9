// `orch block register`: the block types that a file exports, made known to the server.
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { messageOf, OrchError } from "#lib/errors.ts";
import { requireReadableFile } from "#lib/files/readable-file.ts";
import { registered } from "#project/deployments/block-types.ts";
import { importScript } from "#project/load-flow.ts";
import { blockClassesIn } from "#sdk/blocks/block.ts";
import { registerSdk } from "#sdk/register.ts";
import { hostForFiles, withApi } from "../api.ts";
import { command } from "../kit/command.ts";
import { table } from "../terminal/output.ts";

export const register = command({
  description: "Register the block types defined in a file or a module.",
  examples: ["orch block register --file blocks.ts", "orch block register --module my-blocks"],
  options: {
    module: { type: "string", alias: "m", description: "A package, as an import names it." },
    file: { type: "string", alias: "f", description: "A TypeScript file." },
  },
  async run({ options, io, loaded }) {
    const path = pathOf(options, io.cwd);
    const files = hostForFiles(loaded.settings);
    registerSdk(files.host);
    const exported = await importScript(path).finally(files.close);
    const types = blockClassesIn(exported);
    if (types.length === 0) {
      const sentence = `'${options.file ?? options.module}' exports no block types: classes that extend Block, with a 'static definition'.`;
      throw new OrchError("invalid", sentence);
    }
    await withApi(loaded.settings, async ({ client }) => {
      for (const { definition } of types) await registered(client, definition);
    });
    io.out(io.paint.good(`Successfully registered ${types.length} block${types.length === 1 ? "" : "s"}`));
    io.out(
      table(
        "Registered Blocks",
        ["Name", "Slug"],
        types.map(({ definition: { name, slug } }) => [name, slug]),
        io.columns,
      ),
    );
    io.out("'orch block create SLUG' says how a block of one is made.");
  },
});

function pathOf({ module, file }: { module: string | undefined; file: string | undefined }, cwd: string): string {
  if ((module === undefined) === (file === undefined)) {
    const sentence = "Please specify either a module or a file containing blocks to be registered, but not both.";
    throw new OrchError("invalid", sentence);
  }
  if (file !== undefined) {
    const path = resolve(cwd, file);
    requireReadableFile(path, file);
    return path;
  }
  try {
    return createRequire(join(cwd, "package.json")).resolve(module ?? "");
  } catch (cause) {
    throw new OrchError("invalid", `There is no module '${module}' here: ${messageOf(cause)}`, { cause });
  }
}
