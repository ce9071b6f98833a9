import * as esbuild from "esbuild";
import { flow, getRunLogger } from "orch";

/** Its work is done by a program inside the package. */
export const example = flow(async function example(code: string = "export const n: number = 20 + 22") {
  const { code: short } = await esbuild.transform(code, { loader: "ts", minify: true });
  getRunLogger().info(short.trim());
  await esbuild.stop();
});
