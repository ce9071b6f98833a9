// What the executable carries along, made before it is compiled: `dist/assets/*.asset`.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { checkerAsset } from "./checker-asset.ts";

mkdirSync("dist/assets", { recursive: true });
writeFileSync("dist/assets/module.asset", await sdkModule());
writeFileSync("dist/assets/checker.asset", await kept(checkerAsset));

/** The module "orch" as one file, for `orch types`. Plain: packed with the executable it costs half of what it would alone. */
async function sdkModule(): Promise<string> {
  const built = await Bun.build({ entrypoints: ["src/cli/module.ts"], target: "bun", format: "esm", minify: true });
  const [file] = built.outputs;
  if (!file) throw new Error("src/cli/module.ts was not bundled");
  return file.text();
}

/** Made once for a state of the dependencies: it takes seconds. */
async function kept(make: () => Promise<Uint8Array>): Promise<Uint8Array> {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const path of ["package-lock.json", "test/repo/checker-asset.ts"]) hasher.update(await Bun.file(path).bytes());
  const path = `node_modules/.cache/orch/checker-${hasher.digest("hex")}.asset`;
  if (existsSync(path)) return Bun.file(path).bytes();
  const made = await make();
  await Bun.write(path, made);
  return made;
}
