// Reads a container's log: two streams of bytes in one, cut into frames with a head of eight bytes.
import { lineSplitter, type Output } from "../output-lines.ts";

const HEAD = 8;
const STDERR = 2;

/** Whole lines of both streams, in the order of their frames. Resolves when the log ends. */
export async function forEachLogLine(log: ReadableStream<Uint8Array>, output: Output): Promise<void> {
  const [out, err] = [lineSplitter(output), lineSplitter(output)];
  let rest: Uint8Array = new Uint8Array();
  let stream = 0;
  let missing = 0;
  for await (const chunk of log) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (bytes.length >= (missing > 0 ? 1 : HEAD)) {
      if (missing === 0) {
        stream = bytes[0] ?? 0;
        missing = new DataView(bytes.buffer, bytes.byteOffset, HEAD).getUint32(4);
        bytes = bytes.subarray(HEAD);
        continue;
      }
      // A frame may come in several chunks: its bytes are handed on as they come.
      const part = bytes.subarray(0, missing);
      (stream === STDERR ? err : out).push(part);
      missing -= part.length;
      bytes = bytes.subarray(part.length);
    }
    rest = bytes;
  }
  out.end();
  err.end();
}
