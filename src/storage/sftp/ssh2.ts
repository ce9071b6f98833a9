// Loads ssh2, which speaks SSH and SFTP: the part of it that is used here.
import type { Socket } from "node:net";
import { embeddedLibrary } from "#lib/files/embedded-library.ts";
import asset from "../../../dist/assets/ssh2.asset" with { type: "file" };

/** `error.code` is the status of the SFTP answer: a number, where it is one. */
type Done<T = void> = (error: Error | undefined | null, value: T) => void;

export interface Attributes {
  size: number;
  isDirectory(): boolean;
  isFile(): boolean;
  isSymbolicLink(): boolean;
}

export interface Sftp {
  readdir(path: string, done: Done<{ filename: string; attrs: Attributes }[]>): void;
  stat(path: string, done: Done<Attributes>): void;
  open(path: string, flags: string, done: Done<Buffer>): void;
  close(handle: Buffer, done: Done): void;
  fstat(handle: Buffer, done: Done<Attributes>): void;
  /** Gives the number of bytes; 0 at the end. */
  read(handle: Buffer, into: Buffer, offset: number, length: number, position: number, done: Done<number>): void;
  write(handle: Buffer, from: Buffer, offset: number, length: number, position: number, done: Done<unknown>): void;
  mkdir(path: string, done: Done): void;
  rmdir(path: string, done: Done): void;
  unlink(path: string, done: Done): void;
  rename(from: string, to: string, done: Done): void;
  /** Over what is there. Throws where the server does not have it. */
  ext_openssh_rename(from: string, to: string, done: Done): void;
}

export type LoginMethod =
  | { type: "publickey"; username: string; key: unknown }
  | { type: "agent"; username: string; agent: string }
  | { type: "password"; username: string; password: string }
  | {
      type: "keyboard-interactive";
      username: string;
      prompt(
        name: string,
        instructions: string,
        language: string,
        prompts: readonly unknown[],
        answer: (answers: string[]) => void,
      ): void;
    };

interface ConnectOptions {
  sock: Socket;
  username: string;
  readyTimeout: number;
  authHandler: readonly LoginMethod[];
  hostVerifier: (key: Buffer) => boolean;
  algorithms: { serverHostKey?: readonly string[] };
}

export interface SshClient {
  connect(options: ConnectOptions): void;
  sftp(done: Done<Sftp>): void;
  on(event: "ready" | "close", listener: () => void): SshClient;
  on(event: "error", listener: (error: Error & { level?: string }) => void): SshClient;
  destroy(): void;
}

interface Ssh2 {
  Client: new () => SshClient;
  utils: { parseKey(text: string, passphrase?: string): unknown };
}

export function ssh2(): Ssh2 {
  return embeddedLibrary<Ssh2>(asset);
}
