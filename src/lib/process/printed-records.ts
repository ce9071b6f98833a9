// Tells the log records that the process of a run prints from all else in its output, for the agent that shows both: a line
// break in a record, or what a flow prints by itself, is no record then.

/** Begins each record that an engine prints for its agent. No terminal shows it, and no text has it. */
const MARK = "\x1e";

/** A record as an engine prints it for its agent. Its further lines have no mark. */
export function markedRecord(record: string): string {
  return MARK + record.replaceAll(`\n${MARK}`, "\n");
}

export interface PrintedLine {
  /** Without its mark. */
  text: string;
  /** It begins no record, although this process marks them. */
  isContinued: boolean;
}

/** Reads the lines of one process, in their order. Without any mark, as of another program, they are left alone. */
export function createRecordReader(): (line: string) => PrintedLine {
  let isMarking = false;
  return (line) => {
    const isRecord = line.startsWith(MARK);
    isMarking ||= isRecord;
    return { text: isRecord ? line.slice(MARK.length) : line, isContinued: isMarking && !isRecord };
  };
}
