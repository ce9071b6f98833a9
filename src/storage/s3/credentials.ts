// Finds AWS credentials as AWS's own tools do. What is written down plainly is read here; for roles, single sign-on, web
// identity, containers and instances AWS's library is loaded.
import type { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { messageOf, OrchError } from "#lib/errors.ts";
import { embeddedLibrary } from "#lib/files/embedded-library.ts";
import type { Environment } from "#lib/process/environment.ts";
import asset from "../../../dist/assets/aws-credentials.asset" with { type: "file" };
import type { AwsProfile } from "./aws-files.ts";

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

export interface KeySource {
  /** Where they are from, for sentences: `the block`. Null where there are none. */
  name: string | null;
  /** Null: requests are not signed. They may change from call to call, as those of roles end. */
  keys(): Promise<Keys | null>;
}

/** Beats all others. Throws `invalid` for half of a pair. */
export function givenKeys(
  key: string | undefined,
  secret: string | undefined,
  token: string | undefined,
): KeySource | null {
  if (key === undefined && secret === undefined) return null;
  if (key === undefined || secret === undefined) {
    const missing = key === undefined ? "access key ID" : "secret access key";
    throw new OrchError("invalid", `The block has no ${missing}: give both halves of the key, or none.`);
  }
  const keys = { accessKeyId: key, secretAccessKey: secret, sessionToken: token };
  return { name: "the block", keys: async () => keys };
}

export const ANONYMOUS: KeySource = { name: null, keys: async () => null };

/** `isNamed`: the block names the profile, which then beats the variables. */
export function foundKeys(env: Environment, profile: AwsProfile, isNamed: boolean, region: string): KeySource {
  const { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = env;
  if (key && secret && !isNamed) {
    const keys = { accessKeyId: key, secretAccessKey: secret, sessionToken: token || undefined };
    return { name: "the environment (AWS_ACCESS_KEY_ID)", keys: async () => keys };
  }
  const { name, values } = profile;
  const ofProfile = (option: string) => values?.get(option) || undefined;
  const [accessKeyId, secretAccessKey] = [ofProfile("aws_access_key_id"), ofProfile("aws_secret_access_key")];
  if (accessKeyId && secretAccessKey && !ofProfile("role_arn")) {
    const keys = { accessKeyId, secretAccessKey, sessionToken: ofProfile("aws_session_token") };
    return { name: `the AWS profile '${name}'`, keys: async () => keys };
  }
  if (isNamed && !values) {
    throw new OrchError(
      "invalid",
      `The block names the AWS profile '${name}', which is not in ~/.aws/config or ~/.aws/credentials.`,
    );
  }
  return fromLibrary(values ? name : undefined, region);
}

function fromLibrary(profile: string | undefined, region: string): KeySource {
  let provider: ReturnType<typeof fromNodeProviderChain> | undefined;
  return {
    name: profile === undefined ? "this machine" : `the AWS profile '${profile}'`,
    async keys() {
      provider ??= embeddedLibrary<{ fromNodeProviderChain: typeof fromNodeProviderChain }>(
        asset,
      ).fromNodeProviderChain({
        clientConfig: { region },
        ...(profile === undefined ? {} : { profile }),
      });
      try {
        return await provider();
      } catch (error) {
        const reason = messageOf(error).replaceAll(/\s+/g, " ").replace(/\.?$/, ".");
        const where = profile === undefined ? "" : ` for the profile '${profile}'`;
        const sentence = `No AWS credentials were found${where}: ${reason} Give the block a key, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`;
        throw new OrchError("invalid", sentence, { cause: error });
      }
    },
  };
}
