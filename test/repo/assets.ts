// What the executable carries along, made before it is compiled: `dist/assets/*.asset`.
import { mkdirSync, writeFileSync } from "node:fs";

mkdirSync("dist/assets", { recursive: true });
writeFileSync("dist/assets/module.asset", await sdkModule());

/** The module "orch" as one file, for `orch types`. */
async function sdkModule(): Promise<string> {
  const built = await Bun.build({ entrypoints: ["src/cli/module.ts"], target: "bun", format: "esm", minify: true });
  const [file] = built.outputs;
  if (!file) throw new Error("src/cli/module.ts was not bundled");
  return file.text();
}
