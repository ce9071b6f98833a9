// `orch service install`.
import { OrchError } from "#lib/errors.ts";
import { command } from "../command.ts";
import { MOST_PORT, wholeNumber } from "../numbers.ts";
import { refuseWithoutSystemd, systemctl, UNIT, unitPath, unitText, writeUnit } from "./unit.ts";

export const install = command({
  description: "Write a systemd user unit that runs the server of this home folder, and start it.",
  examples: ["orch service install", "orch service install --agent test"],
  options: {
    host: { type: "string", description: "Address to listen on. Default: ORCH_SERVER_API_HOST, 127.0.0.1." },
    port: { type: "string", description: "Port to listen on. Default: ORCH_SERVER_API_PORT, 4200." },
    agent: { type: "string", multiple: true, description: "Run an agent for this queue in the same process." },
    start: { type: "boolean", default: true, description: "Start it now and whenever the machine starts." },
  },
  async run({ options, io, loaded }) {
    refuseWithoutSystemd();
    wholeNumber("--port", options.port, 1, MOST_PORT);
    const words = [
      ...(options.host === undefined ? [] : ["--host", options.host]),
      ...(options.port === undefined ? [] : ["--port", options.port]),
      ...options.agent.flatMap((queue) => ["--agent", queue]),
    ];
    const path = unitPath(io.env);
    writeUnit(path, unitText(words, loaded));
    io.out(`Wrote ${path}`);
    if (!options.start) return io.out(`Start it: systemctl --user enable --now ${UNIT}`);
    for (const step of [["daemon-reload"], ["enable", UNIT], ["restart", UNIT]]) {
      const done = systemctl(io.env, ...step);
      if (done?.code === 0) continue;
      const why = done === undefined ? "There is no systemctl here" : done.output || `exit code ${done.code}`;
      const sentence = `The unit is written, and 'systemctl --user ${step.join(" ")}' failed: ${why.replace(/\.?$/, ".")}`;
      throw new OrchError("unavailable", `${sentence} Where systemd runs: systemctl --user enable --now ${UNIT}`);
    }
    io.out(io.paint.good("The server is running, and starts again with your session."));
    io.out("  Also before you log in: loginctl enable-linger");
    io.out(`  Its log: journalctl --user -u ${UNIT}`);
  },
});
