// Reads the environment of this process, for services that are configured by variables of their own.

export type Environment = Readonly<Record<string, string | undefined>>;

/** What it is at the time of the call: flow code may change it. */
export function environment(): Environment {
  return process.env;
}
