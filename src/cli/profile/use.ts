// `orch profile use`: makes a profile the active one, and tells whether its API answers.
import { createClient } from "#client/client.ts";
import { httpTransport } from "#client/transport.ts";
import { systemClock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { editProfiles } from "#settings/edit-profiles.ts";
import { loadSettings } from "#settings/load.ts";
import type { Settings } from "#settings/table.ts";
import { readApiVersion } from "#wire/admin.ts";
import { command } from "../kit/command.ts";
import { profileNamed, profilesPath } from "./known.ts";

const RETRY_SECONDS = 3;

export const use = command({
  description: "Switch to a profile and check that its API answers.",
  examples: ["orch profile use work"],
  mendsSettings: true,
  options: { name: { type: "positional", required: true, description: "The profile." } },
  async run({ options: { name }, io, loaded }) {
    editProfiles(profilesPath(loaded), (file) => {
      profileNamed(file, name);
      return { ...file, active: name };
    });
    if (io.env["ORCH_PROFILE"] && io.env["ORCH_PROFILE"] !== name) {
      io.err(`ORCH_PROFILE is set to '${io.env["ORCH_PROFILE"]}', which wins over the active profile.`);
    }
    const { settings } = loadSettings({ ...io.env, ORCH_PROFILE: name });
    const url = settings.ORCH_API_URL;
    if (url === null) {
      io.out(`Profile '${name}' names no server: commands use the server of ${settings.ORCH_HOME}, or its database.`);
      return 0;
    }
    io.progress("Checking API connectivity...");
    const problem = await problemOf(url, settings);
    io.progress("");
    if (problem === null) io.out(io.paint.good(`Connected to the server at ${url} using profile '${name}'.`));
    else io.err(io.paint.bad(`Profile '${name}' is active, but its API is no help: ${problem}`));
    return problem === null ? 0 : 1;
  },
});

async function problemOf(url: string, settings: Settings): Promise<string | null> {
  const transport = httpTransport({ url, apiKey: settings.ORCH_API_KEY });
  const client = createClient({ transport, clock: systemClock, timeoutSeconds: RETRY_SECONDS, retries: 0 });
  try {
    await client.call(readApiVersion, {});
    return null;
  } catch (error) {
    return messageOf(error);
  }
}
