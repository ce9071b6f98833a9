// JSX in user files: the runtime looks at no tsconfig for the import source, so the pragma is put in on loading.
import { dirname, join } from "node:path";

const PRAGMA = /@jsxImportSource\s/;
const OPTION = /"jsxImportSource"\s*:\s*"([^"]+)"/;

/** The file's text with the pragma of the nearest tsconfig in front, on the first line so that line numbers stay. */
export async function withJsxPragma(path: string): Promise<string> {
  const text = await Bun.file(path).text();
  const source = PRAGMA.test(text) ? undefined : await importSource(dirname(path));
  return source === undefined ? text : `/** @jsxImportSource ${source} */ ${text}`;
}

/** The nearest tsconfig decides, whether it names one or not. */
async function importSource(folder: string): Promise<string | undefined> {
  const file = Bun.file(join(folder, "tsconfig.json"));
  if (await file.exists()) return OPTION.exec((await file.text()).replace(/^\s*\/\/.*$/gm, ""))?.[1];
  const above = dirname(folder);
  return above === folder ? undefined : importSource(above);
}
