// Calls functions of the system's C library, where Bun has none for them. Loaded when one is needed.

/** glibc's name, and musl's on both kinds of processor. */
const C_LIBRARIES = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

/** `undefined` where there is no such library, or it lacks one of the functions. */
export async function openCLibrary<const Functions extends Record<string, import("bun:ffi").FFIFunction>>(
  functions: Functions,
): Promise<import("bun:ffi").Library<Functions> | undefined> {
  const { dlopen } = await import("bun:ffi");
  for (const name of C_LIBRARIES) {
    try {
      return dlopen(name, functions);
    } catch {
      // Another C library.
    }
  }
  return undefined;
}
