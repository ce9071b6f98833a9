// What the executable carries along, made before it is compiled: `dist/assets/*.asset`.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { carriedPackages, foldersOf } from "./carried-packages.ts";
import { checkerAsset, STARTER_CONFIG, STARTER_TYPES } from "./checker-asset.ts";
import compile from "./compile.json";
import { buildUi, packUi } from "./ui-asset.ts";

/** What was bundled, as paths. */
const inputs = new Set<string>();

mkdirSync("dist/assets", { recursive: true });
// The program asks for both when it is bundled to see what is in it. The bundler remembers a folder as it saw it first.
for (const name of ["module", "licenses"]) writeFileSync(`dist/assets/${name}.asset`, "");
writeFileSync("dist/assets/parser.asset", await parser());
writeFileSync("dist/assets/moments.asset", await library('export { parse } from "chrono-node/en";'));
writeFileSync("dist/assets/recurrences.asset", await library('export { RRule, Weekday } from "rrule";'));
writeFileSync("dist/assets/yaml.asset", await library('export * from "yaml";'));
writeFileSync("dist/assets/mail.asset", await library('export { default } from "nodemailer/lib/smtp-connection";'));
writeFileSync("dist/assets/execa.asset", await library('export { execa } from "execa";'));
writeFileSync(
  "dist/assets/aws-credentials.asset",
  await library('export { fromNodeProviderChain } from "@aws-sdk/credential-providers";'),
);
// It warns of the metadata server that most machines do not have.
const googleAuth = await library('export { GoogleAuth } from "google-auth-library";');
writeFileSync("dist/assets/google-auth.asset", googleAuth.replaceAll("process.emitWarning(", "String("));
writeFileSync(
  "dist/assets/azure-identity.asset",
  await library('export { ClientSecretCredential, DefaultAzureCredential } from "@azure/identity";'),
);
// What it compiles for itself, where there is a compiler, is not of every machine: it does without.
writeFileSync("dist/assets/ssh2.asset", await library('export * from "ssh2";', ["cpu-features", "*.node"]));
writeFileSync(
  "dist/assets/child.asset",
  await bundled({ entrypoints: ["src/cli/user-code/child.ts"], target: "bun", format: "esm", minify: true }),
);
writeFileSync("dist/assets/checker.asset", await kept(checkerAsset));
const ui = await buildUi();
for (const path of ui.inputs) inputs.add(path);
writeFileSync("dist/assets/ui.asset", packUi(ui));
writeFileSync("dist/assets/module.asset", await sdkModule());
await bundled({ entrypoints: compile.entries, target: "bun", splitting: true });
writeFileSync("dist/assets/licenses.asset", gzipSync(JSON.stringify(carriedPackages(foldersOf(inputs)))));

/** The module "orch" as one file, for `orch types`. Plain: packed with the executable it costs half of what it would alone. */
async function sdkModule(): Promise<string> {
  const naming = { asset: "[name].[ext]" }; // `orch types` writes them beside it
  return bundled({ entrypoints: ["src/cli/user-code/module.ts"], target: "bun", format: "esm", minify: true, naming });
}

/** Of the languages it knows only ours. */
async function parser(): Promise<string> {
  const whole = readFileSync("node_modules/@babel/parser/lib/index.js", "utf8");
  const text = whole.replace(/^const mixinPlugins = \{[^}]*\}/m, "const mixinPlugins = { jsx, typescript }");
  if (text === whole) throw new Error("the parser's list of languages is no longer called mixinPlugins");
  return library(text.replace(/^export \{.*\};$/m, "export { parse, parseExpression };"));
}

/** The exports of a module's text, for src/lib/files/embedded-library.ts. `external`: modules that are left out. */
async function library(text: string, external: string[] = []): Promise<string> {
  const folder = mkdtempSync("dist/library-");
  try {
    writeFileSync(join(folder, "index.js"), text);
    return await bundled({
      entrypoints: [resolve(folder, "index.js")],
      target: "bun",
      format: "cjs",
      minify: true,
      external,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function bundled(config: Bun.BuildConfig): Promise<string> {
  const built = await Bun.build({ ...config, metafile: true });
  for (const path of Object.keys(built.metafile?.inputs ?? {})) inputs.add(path);
  const entry = built.outputs.find(({ kind }) => kind === "entry-point");
  if (!entry) throw new Error(`${config.entrypoints} was not bundled`);
  return entry.text();
}

/** Made once for a state of the dependencies: it takes seconds. */
async function kept(make: () => Promise<Uint8Array>): Promise<Uint8Array> {
  const hasher = new Bun.CryptoHasher("sha256");
  const sources = ["package-lock.json", "test/repo/checker-asset.ts", STARTER_TYPES, STARTER_CONFIG];
  for (const path of sources) hasher.update(await Bun.file(path).bytes());
  const path = `node_modules/.cache/orch/checker-${hasher.digest("hex")}.asset`;
  if (existsSync(path)) return Bun.file(path).bytes();
  const made = await make();
  await Bun.write(path, made);
  return made;
}
