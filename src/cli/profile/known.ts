// Profiles by their names.
import { join } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { didYouMean } from "#lib/text/nearest.ts";
import type { LoadedSettings } from "#settings/load.ts";
import type { ProfilesFile } from "#settings/profiles.ts";

export function profilesPath({ settings }: LoadedSettings): string {
  return join(settings.ORCH_HOME, "profiles.toml");
}

/** Its settings. Throws `not_found`, with the nearest name that is there. */
export function profileNamed({ profiles }: ProfilesFile, name: string): Record<string, string> {
  const values = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (values) return values;
  throw new OrchError("not_found", `Profile '${name}' not found.${didYouMean(name, Object.keys(profiles))}`);
}

/** Throws `conflict` when there is one already, or one that differs only by capitals: people take one for the other. */
export function refuseTaken({ profiles }: ProfilesFile, name: string, renamed?: string): void {
  const close = Object.keys(profiles).find((one) => one !== renamed && one.toLowerCase() === name.toLowerCase());
  if (close !== undefined && !Object.hasOwn(profiles, name)) {
    const sentence = `'${name}' differs from the profile '${close}' only by capitals: take another name.`;
    throw new OrchError("conflict", sentence);
  }
  if (!Object.hasOwn(profiles, name)) return;
  const sentence = `Profile '${name}' already exists. To make a new one, remove it first: orch profile delete '${name}'`;
  throw new OrchError("conflict", sentence);
}
