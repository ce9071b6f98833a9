import chalk, { Chalk } from "chalk";
import { Command } from "commander";
import { flow, getRunLogger } from "orch";

export const example = flow(async function example(line: string = "pack --level 9 a.txt b.txt") {
  const packed: string[] = [];
  const program = new Command().exitOverride();
  program
    .command("pack <files...>")
    .option("-l, --level <n>", "how much", Number)
    .action((files: string[], { level }: { level: number }) => {
      packed.push(...files, `level ${level}`);
    });
  await program.parseAsync(line.split(" "), { from: "user" });
  const red = new Chalk({ level: 1 }).red("x");
  getRunLogger().info(`${packed.join(" ")}, ${JSON.stringify(red)}, plain ${chalk.level}`);
});
