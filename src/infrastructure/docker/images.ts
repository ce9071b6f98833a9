// Brings the image of a job onto the engine, as its pull policy says.
import { messageOf, OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, tryParseJson } from "#lib/json.ts";
import { networkWords } from "#lib/network-words.ts";
import { isUnavailable } from "#lib/retry.ts";
import { forEachLine } from "../output-lines.ts";
import { authHeader, type Credentials, credentialsOfBlock, keptCredentials } from "./credentials.ts";
import type { Engine } from "./engine.ts";
import { type ImageName, parseImageName, registryHost, usualPullPolicy } from "./image-name.ts";

export interface ImageNeed {
  image: string;
  /** IF_NOT_PRESENT, ALWAYS or NEVER, also as templates of pools write them: IfNotPresent; null for what is usual for the tag. */
  policy: string | null;
  /** The fields of a login for the image's registry; null for none. */
  login: Json;
  /** The field that holds it: a block's `image_registry`, or `registry_credentials` of a work pool. */
  loginField: string;
  platform: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
  /** For the person who started the agent. */
  say: (line: string) => void;
}

/** Throws `invalid` with a sentence when the image cannot be had. */
export async function provideImage(engine: Engine, need: ImageNeed): Promise<void> {
  const { image, policy, say } = need;
  const name = parseImageName(image);
  const wanted = policy?.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase() ?? usualPullPolicy(name);
  const isThere = await hasImage(engine, image);
  if (wanted === "NEVER") {
    if (isThere) return;
    throw new OrchError("invalid", `There is no image '${image}' on the engine, and image_pull_policy is NEVER.`);
  }
  if (isThere && wanted === "IF_NOT_PRESENT") return;
  try {
    await pull(engine, name, need);
  } catch (error) {
    if (need.signal.aborted || !isThere || policy !== null) throw error;
    say(`${messageOf(error)} The image that the engine has is used.`);
  }
}

async function hasImage(engine: Engine, image: string): Promise<boolean> {
  const { status, message } = await engine.ask("GET", `/images/${encodeURI(image)}/json`);
  if (status === 200) return true;
  if (status === 404) return false;
  throw new OrchError("invalid", `The engine cannot look for image '${image}': ${message}`);
}

async function pull(engine: Engine, name: ImageName, need: ImageNeed): Promise<void> {
  const { image, platform, signal, say } = need;
  const credentials = await credentialsFor(engine, name, need);
  say(`Pulling image '${image}'…`);
  const query = { fromImage: name.repository, tag: name.digest ?? name.tag ?? "latest", platform };
  const headers = credentials ? { "x-registry-auth": authHeader(credentials) } : {};
  let failure = "";
  try {
    const progress = await engine.stream("POST", "/images/create", { query, headers, signal });
    await forEachLine(progress, (line) => {
      const step = tryParseJson(line);
      const error = isObject(step) ? (step as JsonObject)["error"] : undefined; // JSON holds JSON
      if (typeof error === "string") failure = error;
    });
  } catch (error) {
    if (signal.aborted || isUnavailable(error)) throw error;
    failure = error instanceof OrchError ? error.message : networkWords(error);
  }
  if (failure !== "") throw new OrchError("invalid", `The image '${image}' could not be pulled: ${sentence(failure)}`);
}

/** The block's, where they are for the image's registry; they are tried first, unless the block says that they need not be. */
async function credentialsFor(engine: Engine, name: ImageName, need: ImageNeed): Promise<Credentials | undefined> {
  const { login, loginField, env, signal } = need;
  const own = credentialsOfBlock(login, loginField);
  if (!own) return keptCredentials(name.registry, env);
  const isTried = !isObject(login) || (login as JsonObject)["reauth"] !== false; // as above
  if (isTried) await logIn(engine, own, loginField, signal);
  return registryHost(own.serveraddress) === name.registry ? own : keptCredentials(name.registry, env);
}

async function logIn(engine: Engine, credentials: Credentials, field: string, signal: AbortSignal): Promise<void> {
  const { username, password, serveraddress } = credentials;
  const body = { username: username ?? "", password: password ?? "", serveraddress };
  const { status, message } = await engine.ask("POST", "/auth", { body, signal });
  if (status < 300) return;
  const what = `The registry '${serveraddress}' refused the user '${username}' of '${field}'`;
  throw new OrchError("invalid", `${what}: ${sentence(message)}`);
}

function sentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
