// The two outputs of each command, and the file that people read.
import { COMMANDS, REASONS } from "./commands.ts";
import { asOrch, words } from "./mask.ts";
import type { Ran } from "./run.ts";

export interface Recorded {
  args: readonly string[];
  prefect: Ran;
  orch: Ran;
}

export function isSame({ prefect, orch }: Recorded): boolean {
  return prefect.code === orch.code && words(asOrch(prefect.output)) === words(orch.output);
}

/** Commands that differ and say no reason, and those that give one for nothing. */
export function unexplained(recorded: readonly Recorded[]): string[] {
  return recorded.flatMap((each, index) => {
    const why = COMMANDS[index]?.why;
    const line = `${index + 1}. ${each.args.join(" ")}`;
    if (isSame(each)) return why ? [`${line}: no difference, and a reason for one: ${why}`] : [];
    return why ? [] : [`${line}: a difference without a reason`];
  });
}

export function rendered(recorded: readonly Recorded[]): string {
  const same = recorded.filter(isSame).length;
  const head = `# Commands, side by side

Each command line run with Prefect 2.10.4 and with orch, on homes of their own, in this order. Written by
\`bun test/side-by-side/record.ts\`; \`bun test\` runs orch's half again and compares it. Ids, times, hashes, folders and
made-up names are masked. FLOW, FILE and YAML are the flow's entrypoint, its file and its deployment file.

${recorded.length} commands: ${same} say the same with \`orch\` in the place of \`prefect\`, ${recorded.length - same} differ for the reason given.
`;
  return [head, ...recorded.map(section)].join("\n");
}

function section(each: Recorded, index: number): string {
  const { args, prefect, orch } = each;
  const title = `## ${index + 1}. \`${args.map(quoted).join(" ")}\`\n`;
  if (isSame(each)) return `${title}\nThe same, exit ${orch.code}:\n\n${block(orch.output)}`;
  const why = COMMANDS[index]?.why;
  const reason = why ? REASONS[why] : "";
  const parts = [
    `Prefect, exit ${prefect.code}:\n\n${block(prefect.output)}`,
    `orch, exit ${orch.code}:\n\n${block(orch.output)}`,
  ];
  return `${title}\nDifferent. ${reason}\n\n${parts.join("\n")}`;
}

function block(output: string): string {
  return `\`\`\`\n${output === "" ? "(nothing)" : output}\n\`\`\`\n`;
}

function quoted(word: string): string {
  return /^[\w./:=-]+$/.test(word) ? word : `'${word.replaceAll("\n", "\\n")}'`;
}
