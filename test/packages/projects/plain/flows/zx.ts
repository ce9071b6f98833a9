import { flow, getRunLogger } from "orch";
import { $, chalk, fs, glob } from "zx";

export const example = flow(async function example(word: string = "a b") {
  $.quiet = true;
  const { stdout } = await $`echo ${word} | cat`;
  const failed = await $`exit 4`.nothrow();
  const files = await glob("package.json");
  getRunLogger().info(`${stdout.trim()} ${failed.exitCode} ${files[0]} ${typeof chalk.red} ${fs.existsSync(".")}`);
});
