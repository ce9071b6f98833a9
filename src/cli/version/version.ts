// `orch version`, and what `orch --version` prints.
import { API_VERSION, PREFECT_VERSION } from "#wire/version.ts";
import { version as release } from "../../../package.json";
import { command, JSON_OPTION } from "../kit/command.ts";
import { listeningServer } from "../server/running-server.ts";

export const VERSION_LINE = `orch ${release} (API of Prefect ${PREFECT_VERSION})`;

export const version = command({
  description: "Print versions and the address of the API.",
  examples: ["orch version", "orch version --json", "orch version --verify"],
  options: {
    verify: { type: "boolean", description: "Compare this executable with the checksums of its release instead." },
    manifest: {
      type: "string",
      description: "The file with the checksums. Default: checksums.txt of the installation.",
    },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    if (options.verify || options.manifest !== undefined) {
      const { verify } = await import("./verify.ts");
      return verify({ io, manifest: options.manifest });
    }
    const { settings, profile } = loaded;
    const url = settings.ORCH_API_URL ?? (await listeningServer(settings.ORCH_HOME)) ?? null;
    const lines: [string, string][] = [
      ["Version", release],
      ["API version", API_VERSION],
      ["Speaks", `Prefect ${PREFECT_VERSION}`],
      ["Runtime", `bun ${Bun.version}`],
      ["OS/Arch", `${process.platform}/${process.arch}`],
      ["Profile", profile],
      ["Home", settings.ORCH_HOME],
      ["Server type", url === null ? "ephemeral" : "server"],
      ...(url === null ? [] : [["Server", url] as [string, string]]),
    ];
    if (options.json) io.out((await import("../terminal/layout.ts")).json(Object.fromEntries(lines)));
    else for (const [label, value] of lines) io.out(`${`${label}:`.padEnd(20)}${value}`);
  },
});
