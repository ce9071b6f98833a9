// Keeps one connection to a server by SFTP, made when it is needed and again when it was lost. It does not keep the process alive.
import { createConnection, type Socket } from "node:net";
import { messageOf, OrchError } from "#lib/errors.ts";
import { networkWords } from "#lib/network-words.ts";
import { TryAgain } from "../file-store.ts";
import { withoutPoint } from "../http.ts";
import { compareKey, hostKeyAlgorithms, knownKeys } from "./known-hosts.ts";
import type { SftpOptions } from "./options.ts";
import { type LoginMethod, type Sftp, type SshClient, ssh2 } from "./ssh2.ts";

/** Without a byte from the server for so long, a connection is closed: lost, or not used any more. */
const SILENCE_MS = 60_000;

export interface SftpConnection {
  /** `sftp://host:port`, for sentences. */
  name: string;
  /** Throws `TryAgain` where the connection is lost meanwhile, `invalid` where none is allowed. */
  use<T>(work: (sftp: Sftp) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

interface Session {
  sftp: Sftp;
  /**
   * `listener` is called when the connection is lost, until the returned function is called. Not a promise: each race with one
   * that lives long keeps the value that won it, here the bytes of all files.
   */
  onLost(listener: (error: Error) => void): () => void;
  hold(): void;
  release(): void;
}

export function sftpConnection(options: SftpOptions): SftpConnection {
  const { host, port } = options;
  const name = `sftp://${host.includes(":") ? `[${host}]` : host}${port === 22 ? "" : `:${port}`}`;
  let session: Promise<Session> | undefined;
  const open = () => {
    const opened = openSession(options, name, () => {
      if (session === opened) session = undefined;
    });
    return opened;
  };
  return {
    name,
    async use(work, signal) {
      signal?.throwIfAborted();
      session ??= open();
      const { sftp, onLost, hold, release } = await session;
      const ended = Promise.withResolvers<never>();
      const stop = () => ended.reject(signal?.reason);
      signal?.addEventListener("abort", stop, { once: true });
      const forget = onLost(ended.reject);
      hold();
      try {
        return await Promise.race([work(sftp), ended.promise]);
      } finally {
        release();
        forget();
        signal?.removeEventListener("abort", stop);
      }
    },
  };
}

/** `onLost` is called at once where no connection comes about. */
async function openSession(options: SftpOptions, name: string, onLost: () => void): Promise<Session> {
  await null; // the caller has its promise before anything is lost
  const loss = lossOf();
  let client: SshClient | undefined;
  try {
    const login = loginMethods(options, name);
    const socket = createConnection({ host: options.host, port: options.port, noDelay: true });
    const fail = (error: Error) => {
      onLost();
      loss.report(error);
      client?.destroy();
      socket.destroy();
    };
    socket.setTimeout(SILENCE_MS, () => fail(new TryAgain(`${name} did not answer in time.`)));
    client = new (ssh2().Client)();
    const opened = Promise.withResolvers<Sftp>();
    let refusal: OrchError | undefined;
    let isReady = false;
    const broken = () => new TryAgain(`The connection to ${name} was lost.`);
    client.on("error", (error) => fail(refusal ?? (isReady ? broken() : connectionFailure(error, options, name))));
    client.on("close", () => fail(refusal ?? broken()));
    client.on("ready", () => {
      isReady = true;
      client?.sftp((error, sftp) => {
        if (!error) return opened.resolve(sftp);
        fail(new OrchError("invalid", `${name} has no SFTP: ${withoutPoint(messageOf(error))}.`, { cause: error }));
      });
    });
    const known = knownKeys(options.knownHosts, options.host, options.port);
    client.connect({
      ...{ sock: socket, username: options.username, readyTimeout: SILENCE_MS, authHandler: login },
      algorithms: { serverHostKey: hostKeyAlgorithms(known) },
      // A server that is not known is taken, as fsspec does: agents run where no one can answer a question.
      hostVerifier(key) {
        refusal = refusalOf(compareKey(known, key), name);
        return refusal === undefined;
      },
    });
    loss.onLost(opened.reject);
    const sftp = await opened.promise;
    return { sftp, onLost: loss.onLost, ...holding(socket) };
  } catch (error) {
    onLost();
    throw error;
  }
}

/** The first reported error is what a connection was lost by. */
function lossOf() {
  const listeners = new Set<(error: Error) => void>();
  let lostBy: Error | undefined;
  return {
    report(error: Error) {
      lostBy ??= error;
      for (const listener of listeners) listener(lostBy);
    },
    onLost(listener: (error: Error) => void) {
      listeners.add(listener);
      if (lostBy) listener(lostBy);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

/** A socket keeps the process alive while something waits for it. */
function holding(socket: Socket) {
  let held = 0;
  socket.unref();
  return {
    hold() {
      held += 1;
      if (held === 1) socket.ref();
    },
    release() {
      held -= 1;
      if (held === 0) socket.unref();
    },
  };
}

/** In the order of paramiko. Throws `invalid` for a key of the block that cannot be used. */
function loginMethods({ username, password, keys, agent }: SftpOptions, name: string): LoginMethod[] {
  const methods = (isFound: boolean) =>
    keys.flatMap((key): LoginMethod[] => {
      if (key.isFound !== isFound) return [];
      const parsed = ssh2().utils.parseKey(key.text, key.passphrase);
      if (!(parsed instanceof Error)) return [{ type: "publickey", username, key: parsed }];
      if (isFound) return [];
      const isLocked = /passphrase|decrypt|integrity/i.test(parsed.message);
      const reason = isLocked
        ? "its passphrase is missing or wrong: give the setting 'passphrase'"
        : "it is no private key";
      throw new OrchError("invalid", `The login at ${name} cannot use ${key.name}: ${reason}.`);
    });
  const all: LoginMethod[] = [
    ...methods(false),
    ...(agent === undefined ? [] : [{ type: "agent" as const, username, agent }]),
    ...methods(true),
  ];
  if (password !== undefined) {
    all.push({ type: "password", username, password });
    all.push({
      ...{ type: "keyboard-interactive", username },
      prompt: (_name, _instructions, _language, prompts, answer) => answer(prompts.map(() => password)),
    });
  }
  if (all.length > 0) return all;
  const sentence = `There is nothing to log in with as '${username}' at ${name}. Give the settings 'password' or 'key_filename', start an SSH agent, or make a key in ~/.ssh.`;
  throw new OrchError("invalid", sentence);
}

function refusalOf(found: ReturnType<typeof compareKey>, name: string): OrchError | undefined {
  if (found === "known" || found === "unknown") return undefined;
  const reason =
    found === "revoked"
      ? "its key was revoked in known_hosts"
      : "its key is not the one in known_hosts. If the server was set up again, remove the old line with `ssh-keygen -R`";
  return new OrchError("invalid", `${name} may be another server than the one you know: ${reason}.`);
}

function connectionFailure(error: Error & { level?: string }, options: SftpOptions, name: string): Error {
  const { username, password, keys, agent } = options;
  const reason = withoutPoint(messageOf(error));
  if (error.level === "client-authentication") {
    const tried = [
      ...keys.map((key) => key.name),
      ...(agent === undefined ? [] : ["the keys of the SSH agent"]),
      ...(password === undefined ? [] : ["the password"]),
    ];
    return new OrchError("invalid", `${name} does not let '${username}' in. Tried: ${tried.join(", ")}.`);
  }
  if (error.level === "handshake" && /no matching/i.test(reason)) {
    return new OrchError("invalid", `${name} and orch have no way to speak in common: ${reason}.`, { cause: error });
  }
  return new TryAgain(`${name} cannot be reached: ${networkWords(error)}.`, { cause: error });
}
