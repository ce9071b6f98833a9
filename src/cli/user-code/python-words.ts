// Reads the words of a command line of Python as Python does: which of them is the program.

export interface PythonProgram {
  /** As it was given; undefined for `-m`, `-c`, standard input and a prompt. */
  file: string | undefined;
  /** Whether `-I` or `-E` keep Python from reading its variables, PYTHONPATH among them. */
  isIsolated: boolean;
}

/**
 * The words after the program are its own.
 *
 * @example
 * programIn(["-X", "dev", "deploy.py", "-c"]).file; // "deploy.py"
 */
export function programIn(words: readonly string[]): PythonProgram {
  let isIsolated = false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    const file = word === "--" ? words[index + 1] : word;
    if (word === "--" || word === "-" || !word.startsWith("-")) {
      return { file: file === "-" ? undefined : file, isIsolated };
    }
    const switches = switchesOf(word);
    isIsolated ||= /[IE]/.test(switches);
    if (/[cm]$/.test(switches)) break;
    const hasValueNext = word.length === switches.length + 1 && /[WX]$/.test(switches);
    if (hasValueNext || word === "--check-hash-based-pycs") index += 1;
  }
  return { file: undefined, isIsolated };
}

/** The letters of a word, up to the first that takes the rest of it as its value: `uIc` of `-uIcprint(1)`. */
function switchesOf(word: string): string {
  return /^-([^cmWX-]*[cmWX]|[^cmWX-]*)/.exec(word)?.[1] ?? "";
}
