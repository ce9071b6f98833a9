// Writes a file whose pieces come in any order, and makes the digest of it meanwhile.
import type { FileHandle } from "node:fs/promises";

export interface Piece {
  from: number;
  /** The first byte that is not part of it. */
  to: number;
  /** The first byte of it that has not been written. */
  at: number;
}

export interface PieceWriter {
  /** Writes the next bytes of a piece and advances its `at`. */
  write(piece: Piece, chunks: readonly Uint8Array[]): Promise<void>;
  /** SHA-256 in hex of all pieces; null where it was not wanted. */
  digest(): Promise<string | null>;
}

const READ_BYTES = 1024 * 1024;

/** `pieces` are in order, and together the whole file. */
export function pieceWriter(file: FileHandle, pieces: readonly Piece[], wantsDigest: boolean): PieceWriter {
  const hasher = wantsDigest ? new Bun.CryptoHasher("sha256") : null;
  /** Where the digest is, and in which piece. */
  let [taken, index] = [0, 0];
  let isTaking = false;
  let last: Promise<void> = Promise.resolve();

  return {
    async write(piece, chunks) {
      // One after the other: the system locks the file for each, and burns more time on waiting than on writing.
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = promise;
      await before;
      const position = piece.at;
      try {
        piece.at += await writeAt(file, chunks, position);
      } finally {
        resolve();
      }
      if (hasher && position === taken && !isTaking) {
        for (const chunk of chunks) hasher.update(chunk);
        taken = piece.at;
      }
      await takeWritten();
    },
    async digest() {
      await takeWritten();
      return hasher?.digest("hex") ?? null;
    },
  };

  /** What came before its turn is read again when that is there. */
  async function takeWritten(): Promise<void> {
    if (hasher === null || isTaking || taken >= written()) return;
    isTaking = true;
    try {
      const block = Buffer.allocUnsafe(READ_BYTES);
      while (taken < written()) {
        const length = Math.min(block.length, written() - taken);
        const { bytesRead } = await file.read(block, 0, length, taken);
        if (bytesRead === 0) return;
        hasher.update(block.subarray(0, bytesRead));
        taken += bytesRead;
      }
    } finally {
      isTaking = false;
    }
  }

  /** Up to where there is no gap. */
  function written(): number {
    for (let piece = pieces[index]; piece; piece = pieces[index]) {
      if (piece.at < piece.to) return piece.at;
      index += 1;
    }
    return pieces.at(-1)?.to ?? 0;
  }
}

/** Gives the number of bytes. A disk that is nearly full takes less than it was given, and refuses the rest. */
async function writeAt(file: FileHandle, chunks: readonly Uint8Array[], position: number): Promise<number> {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (length === 0) return 0;
  const { bytesWritten } = await file.writev(chunks, position);
  if (bytesWritten === length) return length;
  const rest = Buffer.concat(chunks).subarray(bytesWritten);
  return bytesWritten + (await writeAt(file, [rest], position + bytesWritten));
}
