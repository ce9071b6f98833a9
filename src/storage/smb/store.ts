// Keeps files on a share of the network, by the program smbclient.
import { mkdtemp, open, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { PRIVATE_FILE } from "#lib/files/private.ts";
import { newId } from "#lib/ids.ts";
import type { Environment } from "#lib/process/environment.ts";
import { contentOf, type FileStore, persistently, TryAgain } from "../file-store.ts";
import { smbClient } from "./client.ts";
import { checkedParts, filesIn, listing, madeFolders, quoted, quotedLocal, textOf } from "./commands.ts";
import { failureOf } from "./failures.ts";
import type { SmbOptions } from "./options.ts";

/** Content on its way, beside the file that it becomes: there it has the rights that the folder gives. */
const DRAFT = /(^|\/)\.orch-[^/]+\.part$/;
const CHUNK_BYTES = 64 * 1024;

export function smbStore(options: SmbOptions, env: Environment): FileStore {
  const client = smbClient(options, env);
  const { share, base, port, notes } = options;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  const server = port === undefined ? host : `${host}:${port}`;
  const placeOf = (path: string) => checkedParts(`${base}/${path}`).join("/");
  const location = (path: string) => ["smb:/", server, share, base, path].filter((part) => part !== "").join("/");
  const attemptedOn = (path: string) => ({ location: location(path), server, share });

  return {
    notes,
    location,
    async *list(folder, signal) {
      const place = placeOf(folder);
      const attempted = attemptedOn(folder);
      const output = await persistently(() => client.run(listing(place), attempted, signal), signal);
      const failed = /^NT_STATUS_\w+ listing .*$/m.exec(output);
      const failure = failed && failureOf(failed[0], attempted);
      if (failure && !isMissing(failure)) throw failure;
      yield* filesIn(output, place).filter(({ path }) => !DRAFT.test(path));
    },
    async read(path, signal) {
      const from = quoted(placeOf(path));
      const attempted = attemptedOn(path);
      const folder = await mkdtemp(join(tmpdir(), "orch-smb-"));
      try {
        const to = join(folder, "content");
        const output = await client.run([`get ${from} ${quotedLocal(to)}`], attempted, signal);
        if (!isCopied(output)) throw failureOf(textOf(output), attempted) ?? unclear(output, attempted.location);
        return contentOf(await streamOf(to), Bun.file(to).size);
      } finally {
        // What is open stays readable.
        await rm(folder, { recursive: true, force: true });
      }
    },
    async write(path, content, signal, onSent) {
      const place = placeOf(path);
      const folder = place.slice(0, Math.max(0, place.lastIndexOf("/")));
      const draft = `${folder}/.orch-${newId()}.part`;
      const attempted = attemptedOn(path);
      const local = await mkdtemp(join(tmpdir(), "orch-smb-"));
      let isSent = false;
      try {
        const from = join(local, "content");
        await layOut(content, from);
        const put = [...madeFolders(folder), `put ${quotedLocal(from)} ${quoted(draft)}`];
        const sent = await client.run(put, attempted, signal);
        isSent = true;
        if (!isCopied(sent)) throw failureOf(textOf(sent), attempted) ?? unclear(sent, attempted.location);
        const named = await client.run([`rename ${quoted(draft)} ${quoted(place)} -f`], attempted, signal);
        // Besides failures there may be warnings about the machine's configuration.
        if (/^NT_STATUS_/m.test(named)) throw failureOf(textOf(named), attempted) ?? unclear(named, attempted.location);
      } catch (error) {
        // What failed is more important than that the draft cannot be removed. A user that was refused is not tried again.
        const mayBeThere = isSent || error instanceof TryAgain || signal?.aborted;
        if (mayBeThere) await client.run([`del ${quoted(draft)}`], attempted).catch(() => {});
        throw error;
      } finally {
        await rm(local, { recursive: true, force: true });
      }
      onSent?.(content instanceof Blob ? content.size : content.length);
    },
    async remove(path, signal) {
      const attempted = attemptedOn(path);
      const output = await client.run([`del ${quoted(placeOf(path))}`], attempted, signal);
      const failure = failureOf(textOf(output), attempted);
      if (failure && !isMissing(failure)) throw failure;
    },
  };
}

function isMissing(error: Error): boolean {
  return error instanceof OrchError && error.code === "not_found";
}

/** smbclient has said something that is no status: about a file of this machine, as a rule. */
function unclear(output: string, location: string): Error {
  const words = textOf(output).trim().split("\n").at(-1) || "no reason was given";
  return new TryAgain(`'${location}' was not copied: ${words}.`);
}

/** The speed is printed also for a file that was cut off; what went wrong is a line before it, or in the middle of it. */
function isCopied(output: string): boolean {
  const lines = output.trimEnd().split("\n");
  const isCut = /^(cli_push|parallel_read) returned |^NT_STATUS_\w+ (?!making remote directory)/;
  const last = lines.pop() ?? "";
  return /^(putting|getting) file .*\/s(ec)?\)$/.test(last) && !lines.some((line) => isCut.test(line));
}

/** Under a name that smbclient can be given, whatever the file's own is. */
async function layOut(content: Blob | Uint8Array<ArrayBuffer>, place: string): Promise<void> {
  const name = content instanceof Blob ? (content as Blob & { name?: string }).name : undefined; // a file of Bun has one
  if (name !== undefined) return symlink(resolve(name), place);
  await writeFile(place, content instanceof Blob ? await content.bytes() : content, { mode: PRIVATE_FILE });
}

async function streamOf(path: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const file = await open(path, "r");
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const { bytesRead, buffer } = await file.read(new Uint8Array(CHUNK_BYTES));
        if (bytesRead > 0) return controller.enqueue(buffer.subarray(0, bytesRead));
        await file.close();
        controller.close();
      },
      cancel: () => file.close(),
    },
    { highWaterMark: 0 },
  );
}
