// Keeps files on a server that is reached by SFTP. A file is written under another name and then takes the place of the old one.
import { OrchError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { contentOf, type FileStore, type StoredFile, TryAgain } from "../file-store.ts";
import { type SftpConnection, sftpConnection } from "./connection.ts";
import { failureOf, isStatus, NO_SUCH_FILE } from "./failures.ts";
import type { SftpOptions } from "./options.ts";
import type { Attributes, Sftp } from "./ssh2.ts";

/** What every server takes in one request. */
const PIECE_BYTES = 32 * 1024;
/** Requests of one file that are on their way together: a far server answers late. */
const PIECES_AT_ONCE = 16;
/** Files that are on their way; an upload that was cut off may leave them. */
const DRAFT = ".orch-draft-";

export function sftpStore(options: SftpOptions): FileStore {
  const connection = sftpConnection(options);
  const { base } = options;
  const placeOf = (path: string) => [base, path].filter((part, index) => index === 0 || part !== "").join("/") || "/";
  const location = (path: string) => `${connection.name}${placeOf(path)}`.replace(/\/$/, "");

  /** Failures as sentences about `path`; `verb`: what is done there. */
  async function at<T>(path: string, verb: string, work: (sftp: Sftp) => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await connection.use(work, signal);
    } catch (error) {
      throw failureOf(error, { ...options, verb, location: location(path), server: connection.name });
    }
  }

  return {
    notes: options.notes,
    location,
    async *list(folder, signal) {
      const waiting = [""];
      for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
        const place = [folder, below].filter((part) => part !== "").join("/");
        const { files, folders } = await at(place, "list", (sftp) => listFolder(sftp, placeOf(place)), signal);
        const prefix = below === "" ? "" : `${below}/`;
        for (const { path, bytes } of files) yield { path: `${prefix}${path}`, bytes };
        waiting.push(...folders.map((name) => `${prefix}${name}`));
      }
    },
    async read(path, signal) {
      const file = await at(path, "read", (sftp) => openFile(sftp, placeOf(path), location(path)), signal);
      const stream = streamOf(file, (work) =>
        at(path, "read", (sftp) => work(sftp, handleOf(file, sftp, connection)), signal),
      );
      return contentOf(stream, file.bytes);
    },
    async write(path, content, signal, onSent) {
      const place = placeOf(path);
      const folder = place.slice(0, place.lastIndexOf("/"));
      const draft = `${folder}/${DRAFT}${newId()}`;
      const file = await at(path, "write", (sftp) => create(sftp, draft, folder), signal);
      const use = <T>(work: (sftp: Sftp, handle: Buffer) => Promise<T>) =>
        at(path, "write", (sftp) => work(sftp, handleOf(file, sftp, connection)), signal);
      try {
        let position = 0;
        for await (const chunk of content instanceof Blob ? content.stream() : [content]) {
          const from = position;
          await use((sftp, handle) => writeAt(sftp, handle, viewOf(chunk), from));
          position += chunk.length;
          onSent?.(chunk.length);
        }
        await use((sftp, handle) => asked((done) => sftp.close(handle, done)));
        await at(path, "write", (sftp) => rename(sftp, draft, place), signal);
      } catch (error) {
        await discard(connection, draft, file);
        throw error;
      }
    },
    async remove(path, signal) {
      await at(path, "remove", (sftp) => removeFile(sftp, placeOf(path), base), signal);
    },
  };
}

/** Handles are numbers of one connection: in the next one they are other files. */
interface OpenFile {
  sftp: Sftp;
  handle: Buffer;
}

function handleOf(file: OpenFile, sftp: Sftp, { name }: SftpConnection): Buffer {
  if (file.sftp === sftp) return file.handle;
  throw new TryAgain(`The connection to ${name} was lost.`);
}

/** What ssh2 gives to a callback. */
function asked<T>(ask: (done: (error: Error | undefined | null, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => ask((error, value) => (error ? reject(error) : resolve(value))));
}

/** Null for what is not there. */
async function statOf(sftp: Sftp, path: string): Promise<Attributes | null> {
  return orNull(asked<Attributes>((done) => sftp.stat(path, done)));
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  return answer.catch((error) => {
    if (isStatus(error, NO_SUCH_FILE)) return null;
    throw error;
  });
}

/** Links to files are files; those to folders are left out, as they may lead round in a circle. */
async function listFolder(sftp: Sftp, place: string): Promise<{ files: StoredFile[]; folders: string[] }> {
  const names = await orNull(asked<{ filename: string; attrs: Attributes }[]>((done) => sftp.readdir(place, done)));
  const found = { files: [] as StoredFile[], folders: [] as string[] };
  for (const { filename: path, attrs } of names ?? []) {
    if (path === "." || path === ".." || path.startsWith(DRAFT)) continue;
    if (attrs.isDirectory()) found.folders.push(path);
    const file = attrs.isSymbolicLink() ? await statOf(sftp, `${place}/${path}`) : attrs;
    if (file?.isFile()) found.files.push({ path, bytes: file.size });
  }
  return found;
}

async function openFile(sftp: Sftp, place: string, location: string): Promise<OpenFile & { bytes: number }> {
  const attributes = await statOf(sftp, place);
  if (!attributes?.isFile()) throw new OrchError("not_found", `There is no file '${location}'.`);
  const handle = await asked<Buffer>((done) => sftp.open(place, "r", done));
  const { size } = await asked<Attributes>((done) => sftp.fstat(handle, done));
  return { sftp, handle, bytes: size };
}

/** Up to half a megabyte as it is asked for; `use` has the connection and the handle. */
function streamOf(
  { bytes }: { bytes: number },
  use: <T>(work: (sftp: Sftp, handle: Buffer) => Promise<T>) => Promise<T>,
) {
  let position = 0;
  const close = () => use((sftp, handle) => asked<void>((done) => sftp.close(handle, done)));
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const read = await use((sftp, handle) => readAt(sftp, handle, position, bytes));
        position += read.length;
        if (read.length > 0) return controller.enqueue(read);
        await close();
        controller.close();
      },
      cancel: () => close().catch(() => {}), // a connection that is lost has no handles
    },
    { highWaterMark: 0 },
  );
}

async function readAt(sftp: Sftp, handle: Buffer, position: number, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const length = Math.min(bytes - position, PIECE_BYTES * PIECES_AT_ONCE);
  if (length <= 0) return Buffer.alloc(0);
  const block = Buffer.alloc(length);
  const pieces = Array.from({ length: Math.ceil(length / PIECE_BYTES) }, async (_, index) => {
    const from = index * PIECE_BYTES;
    const wanted = Math.min(PIECE_BYTES, length - from);
    const read = await asked<number>((done) => sftp.read(handle, block, from, wanted, position + from, done));
    return { end: from + read, isShort: read < wanted };
  });
  // A server may give less than was asked for: what comes after the gap is asked for again.
  const gap = (await Promise.all(pieces)).find(({ isShort }) => isShort);
  return block.subarray(0, gap?.end ?? length);
}

/** As ssh2 wants it; `Buffer.from` would copy. */
function viewOf({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

async function writeAt(sftp: Sftp, handle: Buffer, chunk: Buffer, position: number): Promise<void> {
  const batch = PIECE_BYTES * PIECES_AT_ONCE;
  for (let start = 0; start < chunk.length; start += batch) {
    const end = Math.min(start + batch, chunk.length);
    const pieces = Array.from({ length: Math.ceil((end - start) / PIECE_BYTES) }, (_, index) => {
      const from = start + index * PIECE_BYTES;
      const length = Math.min(PIECE_BYTES, end - from);
      return asked((done) => sftp.write(handle, chunk, from, length, position + from, done));
    });
    await Promise.all(pieces);
  }
}

/** A new file, in folders that are made where they are missing; another call may take an empty one away meanwhile. */
async function create(sftp: Sftp, draft: string, folder: string): Promise<OpenFile> {
  const open = () => asked<Buffer>((done) => sftp.open(draft, "wx", done));
  for (let tried = 0; tried < 3; tried += 1) {
    const handle = await orNull(open());
    if (handle) return { sftp, handle };
    await makeFolder(sftp, folder);
  }
  return { sftp, handle: await open() };
}

async function makeFolder(sftp: Sftp, folder: string): Promise<void> {
  const make = () => asked<void>((done) => sftp.mkdir(folder, done));
  try {
    await make();
  } catch (error) {
    const parent = folder.slice(0, folder.lastIndexOf("/"));
    if (isStatus(error, NO_SUCH_FILE) && parent !== "") {
      await makeFolder(sftp, parent);
      return makeFolder(sftp, folder);
    }
    // It was made meanwhile.
    if (!(await statOf(sftp, folder))?.isDirectory()) throw error;
  }
}

async function rename(sftp: Sftp, draft: string, place: string): Promise<void> {
  try {
    await asked<void>((done) => sftp.ext_openssh_rename(draft, place, done));
  } catch (error) {
    // A server that cannot rename over what is there: for a moment there is nothing.
    if (!(error instanceof Error && /does not support/i.test(error.message))) throw error;
    await orNull(asked((done) => sftp.unlink(place, done)));
    await asked<void>((done) => sftp.rename(draft, place, done));
  }
}

async function discard(connection: SftpConnection, draft: string, file: OpenFile): Promise<void> {
  const work = async (sftp: Sftp) => {
    if (sftp === file.sftp) await asked((done) => sftp.close(file.handle, done)).catch(() => {}); // it may be closed already
    await asked<void>((done) => sftp.unlink(draft, done));
  };
  await connection.use(work).catch(() => {}); // the reason why it is discarded is what counts
}

/** With the folders above it that are empty then, up to `base`. */
async function removeFile(sftp: Sftp, place: string, base: string): Promise<void> {
  await orNull(asked<void>((done) => sftp.unlink(place, done)));
  for (let folder = place; ; ) {
    folder = folder.slice(0, folder.lastIndexOf("/"));
    if (folder.length <= base.length) return;
    const isRemoved = await asked<void>((done) => sftp.rmdir(folder, done)).then(
      () => true,
      () => false,
    );
    if (!isRemoved) return;
  }
}
