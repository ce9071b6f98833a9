// Brings one file of a store to this machine: a large one in parts, several at the same time. It gets its name when all of it
// has come and is what was asked for.
import { chmod, type FileHandle, open, rename, rm, writeFile } from "node:fs/promises";
import { systemClock } from "#lib/clock.ts";
import { eachOf } from "#lib/parallel.ts";
import {
  Changed,
  type Content,
  type FileStore,
  type Part,
  type PartReader,
  persistently,
  TryAgain,
} from "../file-store.ts";
import { draftOf } from "./drafts.ts";
import { type Piece, type PieceWriter, pieceWriter } from "./pieces.ts";

/** Up to here a file comes into memory, and is written by one call. */
export const SMALL_BYTES = 256 * 1024;
const PARTS_AT_ONCE = 8;
/** So much of a stream is written together: calls for less cost more than the writing. */
const WRITTEN_BYTES = 1024 * 1024;

export interface Wanted {
  /** Its path in the store. */
  from: string;
  /** Its path here. */
  to: string;
  bytes: number;
  /** SHA-256 in hex; null where it is not known. */
  digest: string | null;
  executable: boolean;
}

export interface FetchFileOptions {
  /** There is nothing at `to`. */
  isNew: boolean;
  signal: AbortSignal | undefined;
  /** Called with less than nothing for what has to come again. */
  onReceived: (bytes: number) => void;
}

/** What the store has is not what was asked for. */
export class Unlike extends Error {
  /** Its digest, or what is known of it. */
  readonly found: string;

  constructor(found: string) {
    super();
    this.found = found;
  }
}

/** What all of the work on one file knows. */
interface Fetching extends Wanted, FetchFileOptions {
  store: FileStore;
}

/** Throws `Unlike`, `TryAgain`, `invalid` with a sentence for what cannot be written here, and as `FileStore.read`. */
export async function fetchFile(store: FileStore, wanted: Wanted, options: FetchFileOptions): Promise<void> {
  let counted = 0;
  const onReceived = (bytes: number) => {
    counted += bytes;
    options.onReceived(bytes);
  };
  try {
    await fetchOnce({ ...wanted, ...options, store, onReceived });
  } catch (error) {
    options.onReceived(-counted);
    if (!(error instanceof Changed)) throw error;
    throw new TryAgain(`'${store.location(wanted.from)}' was changed while it was downloaded.`, {
      cause: error,
      afterSeconds: 0,
    });
  }
}

async function fetchOnce(fetching: Fetching): Promise<void> {
  const { store, from, bytes, signal } = fetching;
  const small = bytes <= SMALL_BYTES ? await store.read(from, signal) : undefined;
  if (small?.size === bytes) return keepSmall(fetching, await small.bytes());
  await throughDraft(fetching, async (file) => {
    const isInParts = store.parts !== undefined && bytes > store.parts.partBytes;
    if (isInParts && (await receiveParts(file, fetching, store.parts))) return;
    await receiveWhole(file, fetching, small ?? (await store.read(from, signal)));
  });
}

async function refuseLength(content: Content, found: number, bytes: number): Promise<void> {
  if (found === bytes) return;
  await content.stream().cancel();
  throw new Unlike(`${found} bytes`);
}

async function keepSmall(
  { to, bytes, digest, isNew, executable, onReceived }: Fetching,
  content: Uint8Array,
): Promise<void> {
  const found = digest === null ? null : Bun.CryptoHasher.hash("sha256", content, "hex");
  if (content.length !== bytes) throw new Unlike(`${content.length} bytes`);
  if (found !== digest) throw new Unlike(found ?? "");
  const place = isNew ? to : draftOf(to);
  try {
    await writeFile(place, content);
    if (executable) await chmod(place, 0o755);
    if (place !== to) await rename(place, to);
  } catch (error) {
    await rm(place, { force: true }).catch(() => {}); // the failure before it is the reason
    await refuse(to, error);
  }
  onReceived(content.length);
}

/** `receives` fills an empty file, which then takes the place of what is at `to`. */
async function throughDraft(
  { to, executable }: Fetching,
  receives: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const draft = draftOf(to);
  const here = <T>(work: Promise<T>) => work.catch((error) => refuse(to, error));
  const file = await here(open(draft, "wx+"));
  try {
    try {
      await receives(file);
      if (executable) await here(file.chmod(0o755));
    } finally {
      await here(file.close());
    }
    await here(rename(draft, to));
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {}); // the failure before it is the reason
    throw error;
  }
}

async function receiveWhole(file: FileHandle, fetching: Fetching, content: Content): Promise<void> {
  const { bytes, digest } = fetching;
  await refuseLength(content, content.size ?? bytes, bytes);
  const piece = { from: 0, to: bytes, at: 0 };
  const writer = pieceWriter(file, [piece], digest !== null);
  await receive(content.stream(), piece, writer, fetching);
  if (piece.at < bytes) throw new Unlike(`${piece.at} bytes`);
  await compare(writer, digest);
}

async function compare(writer: PieceWriter, digest: string | null): Promise<void> {
  const found = await writer.digest();
  if (found !== digest) throw new Unlike(found ?? "");
}

/** False where the store gives none of this file. */
async function receiveParts(file: FileHandle, fetching: Fetching, parts: PartReader): Promise<boolean> {
  const { store, from, bytes, signal } = fetching;
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const first = await parts.readPart(from, { from: 0, to: bytes, version: null }, either);
  if (first === null) return false;
  await refuseLength(first, first.total, bytes);
  const begin = systemClock.elapsed();
  const isSlow = (received: number) =>
    received >= parts.partBytes && received / (systemClock.elapsed() - begin) < parts.fastBytesPerMs;
  const beginning: Piece = { from: 0, to: bytes, at: 0 };
  const pieces = [beginning];
  const writer = pieceWriter(file, pieces, fetching.digest !== null);
  let unused: Part | null = first;

  async function receivePart(piece: Piece): Promise<void> {
    const part: Part | null =
      unused ?? (await parts.readPart(from, { from: piece.at, to: piece.to, version: first?.version ?? null }, either));
    unused = null;
    if (part === null) throw new TryAgain(`'${store.location(from)}' cannot be had in parts any more.`);
    const isAll = await receive(part.stream(), piece, writer, fetching, piece === beginning ? isSlow : undefined);
    if (!isAll) piece.to = piece.at;
    if (piece.at === piece.to) return;
    throw new TryAgain(`'${store.location(from)}' was cut off at ${piece.at} of ${bytes} bytes.`);
  }

  const fetchPiece = async (piece: Piece) => {
    try {
      await persistently(() => receivePart(piece), either);
    } catch (error) {
      // The others need not end: what they bring is not wanted any more.
      stop.abort(error);
      throw error;
    }
  };
  await fetchPiece(beginning);
  for (let at = beginning.to; at < bytes; at += parts.partBytes) {
    pieces.push({ from: at, to: Math.min(at + parts.partBytes, bytes), at });
  }
  await eachOf(pieces.slice(1), PARTS_AT_ONCE, fetchPiece);
  await compare(writer, fetching.digest);
  return true;
}

/** Writes what comes; `piece.at` is then how far it is. False where `isEnough`, asked with the bytes that have come, ended it. */
async function receive(
  stream: ReadableStream<Uint8Array>,
  piece: Piece,
  writer: PieceWriter,
  { store, from, to, bytes, onReceived }: Fetching,
  isEnough: (received: number) => boolean = () => false,
): Promise<boolean> {
  const reader = stream.getReader();
  const most = piece.to - piece.at;
  let [received, length] = [0, 0];
  let chunks: Uint8Array[] = [];
  let writing: Promise<void> = Promise.resolve();
  let isStopped = false;
  try {
    for (let isMore = true; isMore && !isStopped; ) {
      const { done, value } = await reader.read().catch((cause) => {
        throw new TryAgain(`'${store.location(from)}' was cut off at ${piece.at} of ${bytes} bytes.`, { cause });
      });
      if (value) chunks.push(value);
      length += value?.length ?? 0;
      received += value?.length ?? 0;
      isMore = !done;
      if (received > most) throw new Unlike(`more than ${piece.to} bytes`);
      isStopped = isMore && isEnough(received);
      if (length < WRITTEN_BYTES && isMore && !isStopped) continue;
      await writing;
      // While it is written, the next bytes come.
      writing = written(chunks, length);
      writing.catch(() => {}); // it is waited for below
      [chunks, length] = [[], 0];
    }
    await writing;
    if (isStopped) await reader.cancel();
    return !isStopped;
  } catch (error) {
    await reader.cancel().catch(() => {}); // it may have failed by itself
    await writing;
    throw error;
  }

  async function written(these: readonly Uint8Array[], count: number): Promise<void> {
    await writer.write(piece, these).catch((error) => refuse(to, error));
    onReceived(count);
  }
}

/** Throws the sentence for a file that cannot be written. */
async function refuse(path: string, error: unknown): Promise<never> {
  throw (await import("#lib/files/fsync.ts")).unwritable(path, error);
}
