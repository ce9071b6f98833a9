// Reads the files of the AWS tools: `~/.aws/config` and `~/.aws/credentials`. What needs more than reading (roles, single
// sign-on, programs that give credentials) is left to AWS's own library (credentials.ts).
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "#lib/process/environment.ts";
import { userHome } from "#lib/process/user-home.ts";

/** Values of a section by their keys; those that are indented below a key as `key.name`. */
export type AwsSection = ReadonlyMap<string, string>;

export interface AwsProfile {
  name: string;
  /** Of both files; what the credentials file says counts. Undefined where neither has the profile. */
  values: AwsSection | undefined;
  /** `endpoint_url` for S3 of the services section that the profile names. */
  serviceEndpoint: string | undefined;
}

/** `named`: by the block; else the environment's, else `default`. */
export function readAwsProfile(env: Environment, named: string | undefined): AwsProfile {
  const name = named ?? (env["AWS_PROFILE"] || env["AWS_DEFAULT_PROFILE"] || "default");
  const folder = join(userHome(env), ".aws");
  const config = sectionsOf(env["AWS_CONFIG_FILE"] || join(folder, "config"));
  const credentials = sectionsOf(env["AWS_SHARED_CREDENTIALS_FILE"] || join(folder, "credentials"));
  const parts = [
    config.get(`profile ${name}`) ?? (name === "default" ? config.get(name) : undefined),
    credentials.get(name),
  ];
  const known = parts.filter((part) => part !== undefined);
  const values = known.length > 0 ? new Map(known.flatMap((part) => [...part])) : undefined;
  const services = config.get(`services ${values?.get("services")}`);
  return { name, values, serviceEndpoint: services?.get("s3.endpoint_url") };
}

function sectionsOf(path: string): Map<string, AwsSection> {
  return existsSync(path) ? parseSections(readFileSync(path, "utf8")) : new Map();
}

/** As the AWS tools read them: comments begin a line, names of sections may have quotes and more than one blank. */
export function parseSections(text: string): Map<string, AwsSection> {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  let above = "";
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const head = /^\[\s*(.*?)\s*\]/.exec(line)?.[1];
    if (head !== undefined) {
      const name = head.replaceAll(/["']/g, "").replaceAll(/\s+/g, " ");
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
      continue;
    }
    const [, indent = "", key = "", value = ""] = /^(\s*)([^=\s]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === "") continue;
    if (indent === "") above = key;
    section.set(indent === "" ? key : `${above}.${key}`, value);
  }
  return sections;
}
