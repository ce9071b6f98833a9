// Checks the signature in a program for macOS, which kills one on arm64 whose pages are not as they were signed.

const LC_CODE_SIGNATURE = 0x1d;
const [SUPER_BLOB, CODE_DIRECTORY] = [0xfade0cc0, 0xfade0c02];
const SHA256 = 2;

/** What is wrong with it, in words; undefined when each page has the digest that was signed. */
export function signatureFault(program: Buffer): string | undefined {
  const at = signatureAt(program);
  if (at === undefined) return "has no signature";
  if (program.readUInt32BE(at) !== SUPER_BLOB) return "has a signature of an unknown kind";
  const blobs = Array.from(
    { length: program.readUInt32BE(at + 8) },
    (_, i) => at + program.readUInt32BE(at + 16 + 8 * i),
  );
  const directory = blobs.find((blob) => program.readUInt32BE(blob) === CODE_DIRECTORY);
  if (directory === undefined || program[directory + 37] !== SHA256) return "is not signed by SHA-256";
  return changedPage(program, directory);
}

/** The offset that the load command names. */
function signatureAt(program: Buffer): number | undefined {
  let command = 32; // after the header
  for (let left = program.readUInt32LE(16); left > 0; left -= 1) {
    if (program.readUInt32LE(command) === LC_CODE_SIGNATURE) return program.readUInt32LE(command + 8);
    command += program.readUInt32LE(command + 4);
  }
  return undefined;
}

function changedPage(program: Buffer, directory: number): string | undefined {
  const hashes = directory + program.readUInt32BE(directory + 16);
  const count = program.readUInt32BE(directory + 28);
  const limit = program.readUInt32BE(directory + 32);
  const [size, pageSize] = [program[directory + 36] ?? 0, 2 ** (program[directory + 39] ?? 0)];
  if (count !== Math.ceil(limit / pageSize)) return "is signed in part";
  for (let page = 0; page < count; page += 1) {
    const content = program.subarray(page * pageSize, Math.min((page + 1) * pageSize, limit));
    const digest = new Bun.CryptoHasher("sha256").update(content).digest();
    const signed = program.subarray(hashes + page * size, hashes + (page + 1) * size);
    if (!signed.equals(digest)) return `differs from what was signed, in page ${page} of ${count}`;
  }
  return undefined;
}
