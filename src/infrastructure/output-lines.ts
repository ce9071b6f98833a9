// A stream of bytes as whole lines, so that what several processes print is not mixed up within a line.

/** A line that goes on and on is handed out in pieces of about this size. */
const LONGEST = 1 << 20;

export interface LineSplitter {
  push(bytes: Uint8Array): void;
  /** Hands out what came after the last line break. */
  end(): void;
}

export function lineSplitter(output: (line: string) => void): LineSplitter {
  const decoder = new TextDecoder();
  let rest = "";
  const take = (text: string) => {
    const end = text.lastIndexOf("\n");
    if (end < 0) {
      rest += text;
    } else {
      for (const line of (rest + text.slice(0, end)).split("\n")) output(line);
      rest = text.slice(end + 1);
    }
    if (rest.length <= LONGEST) return;
    output(rest);
    rest = "";
  };
  return {
    push: (bytes) => take(decoder.decode(bytes, { stream: true })),
    end() {
      take(decoder.decode());
      if (rest !== "") output(rest);
      rest = "";
    },
  };
}

export async function forEachLine(stream: ReadableStream<Uint8Array>, output: (line: string) => void): Promise<void> {
  const lines = lineSplitter(output);
  for await (const chunk of stream) lines.push(chunk);
  lines.end();
}
