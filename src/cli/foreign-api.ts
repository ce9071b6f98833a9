// Finds another program behind an error that no command expects: one that answers with JSON at the address of the API.
import { messageOf, OrchError } from "#lib/errors.ts";
import { loadSettings } from "#settings/load.ts";
import { readApiVersion } from "#wire/admin.ts";
import type { Io } from "./kit/command.ts";

/** A person waits for the sentence. */
const PATIENCE_SECONDS = 2;
const VERSION = /^\d+\.\d+/;

/** The sentence for the person; undefined where the API answers, or no address is set. */
export async function foreignApi(env: Io["env"]): Promise<string | undefined> {
  const { settings } = loadSettings(env, { mending: true });
  if (settings.ORCH_API_URL === null) return undefined;
  const [{ openApi }, { notTheApi }] = await Promise.all([import("./api.ts"), import("#client/refusals.ts")]);
  const { client, close } = await openApi({ ...settings, ORCH_API_REQUEST_TIMEOUT: PATIENCE_SECONDS }, { retries: 0 });
  try {
    const version: unknown = await client.call(readApiVersion, {});
    return typeof version === "string" && VERSION.test(version) ? undefined : notTheApi(client.description).message;
  } catch (error) {
    return error instanceof OrchError ? messageOf(error) : undefined;
  } finally {
    await close();
  }
}
