// `orch completion`: the script that teaches a shell to complete orch's words.
import bash from "../../templates/completion/orch.bash" with { type: "text" };
import fish from "../../templates/completion/orch.fish" with { type: "text" };
import zsh from "../../templates/completion/orch.zsh" with { type: "text" };
import { command } from "./kit/command.ts";
import { ours } from "./terminal/layout.ts";

const SCRIPTS = { bash, zsh, fish };
type Shell = keyof typeof SCRIPTS;
const SHELLS = Object.keys(SCRIPTS) as Shell[]; // the keys of a constant

export const completion = command({
  description: "Print the completion script of a shell, which completes commands, options and names.",
  examples: [
    "orch completion bash >> ~/.bashrc",
    "orch completion zsh >> ~/.zshrc",
    "orch completion fish > ~/.config/fish/completions/orch.fish",
  ],
  options: {
    shell: { type: "positional", required: true, choices: SHELLS, description: `The shell: ${SHELLS.join(", ")}.` },
  },
  async run({ options, io }) {
    io.out(ours(SCRIPTS[options.shell as Shell].trimEnd())); // one of the choices
  },
});
