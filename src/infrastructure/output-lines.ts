// A stream of bytes as whole lines, so that what several processes print is not mixed up within a line.

/** A line that goes on and on is handed out in pieces of about this size. */
const LONGEST = 1 << 20;

export interface LineSplitter {
  push(bytes: Uint8Array): void;
  /** Hands out what came after the last line break. */
  end(): void;
}

/** `isRest`: the piece goes on with the line of the one before. */
export type Output = (line: string, isRest?: boolean) => void;

export function lineSplitter(output: Output): LineSplitter {
  const decoder = new TextDecoder();
  let rest = "";
  let isRest = false;
  const hand = (line: string, isCut = false) => {
    if (isRest) output(line, true);
    else output(line);
    isRest = isCut;
  };
  const take = (text: string) => {
    const end = text.lastIndexOf("\n");
    if (end < 0) {
      rest += text;
    } else {
      for (const line of (rest + text.slice(0, end)).split("\n")) hand(line);
      rest = text.slice(end + 1);
    }
    if (rest.length <= LONGEST) return;
    hand(rest, true);
    rest = "";
  };
  return {
    push: (bytes) => take(decoder.decode(bytes, { stream: true })),
    end() {
      take(decoder.decode());
      if (rest !== "") hand(rest);
      rest = "";
    },
  };
}

export async function forEachLine(stream: ReadableStream<Uint8Array>, output: Output): Promise<void> {
  const lines = lineSplitter(output);
  for await (const chunk of stream) lines.push(chunk);
  lines.end();
}
