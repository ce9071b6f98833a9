// Names the platforms of a release, and what each channel calls them.

export interface Target {
  /** As in `orch-linux-x64`. */
  name: string;
  /** What Bun compiles for. */
  bun: string;
  format: "ELF" | "Mach-O" | "PE";
  /** The number of the processor, as the format writes it. */
  machine: number;
  /** The package of npm, by Node's names; undefined where another target serves the same machines. */
  npm?: { name: string; os: string; cpu: string; libc?: "glibc" | "musl" };
  /** The platform tag of the wheel, as PyPI names it. */
  wheel?: string;
  /** Whether `test/release` runs it, on x64. Where not, it is compiled and its header read. */
  isTried: boolean;
}

const ELF_X64 = 0x3e;
const ELF_ARM64 = 0xb7;
const MACHO_X64 = 0x01000007;
const MACHO_ARM64 = 0x0100000c;
const PE_X64 = 0x8664;

/**
 * The programs for x64 are the baseline, which every x64 runs: since Bun 1.4.5 it is the one program that there is, and looks at the
 * processor itself. The oldest glibc that it runs on is 2.17, the oldest macOS 13.
 */
export const TARGETS: readonly Target[] = [
  {
    ...{ name: "linux-x64", bun: "bun-linux-x64-baseline", format: "ELF", machine: ELF_X64, isTried: true },
    npm: { name: "linux-x64", os: "linux", cpu: "x64", libc: "glibc" },
    wheel: "manylinux2014_x86_64.manylinux_2_17_x86_64",
  },
  {
    ...{ name: "linux-arm64", bun: "bun-linux-arm64", format: "ELF", machine: ELF_ARM64, isTried: false },
    npm: { name: "linux-arm64", os: "linux", cpu: "arm64", libc: "glibc" },
    wheel: "manylinux2014_aarch64.manylinux_2_17_aarch64",
  },
  {
    ...{ name: "linux-x64-musl", bun: "bun-linux-x64-musl-baseline", format: "ELF", machine: ELF_X64, isTried: true },
    npm: { name: "linux-x64-musl", os: "linux", cpu: "x64", libc: "musl" },
    wheel: "musllinux_1_2_x86_64",
  },
  {
    ...{ name: "linux-arm64-musl", bun: "bun-linux-arm64-musl", format: "ELF", machine: ELF_ARM64, isTried: false },
    npm: { name: "linux-arm64-musl", os: "linux", cpu: "arm64", libc: "musl" },
    wheel: "musllinux_1_2_aarch64",
  },
  {
    ...{ name: "darwin-x64", bun: "bun-darwin-x64", format: "Mach-O", machine: MACHO_X64, isTried: false },
    npm: { name: "darwin-x64", os: "darwin", cpu: "x64" },
    wheel: "macosx_13_0_x86_64",
  },
  {
    ...{ name: "darwin-arm64", bun: "bun-darwin-arm64", format: "Mach-O", machine: MACHO_ARM64, isTried: false },
    npm: { name: "darwin-arm64", os: "darwin", cpu: "arm64" },
    wheel: "macosx_13_0_arm64",
  },
  {
    ...{ name: "windows-x64", bun: "bun-windows-x64-baseline", format: "PE", machine: PE_X64, isTried: false },
    npm: { name: "win32-x64", os: "win32", cpu: "x64" },
    wheel: "win_amd64",
  },
];

/** Throws a sentence for a name that there is not. No names: all of them. */
export function targetsNamed(names: readonly string[]): readonly Target[] {
  if (names.length === 0) return TARGETS;
  return names.map((name) => {
    const target = TARGETS.find((each) => each.name === name);
    if (target) return target;
    throw new Error(`There is no target '${name}': choose of ${TARGETS.map((each) => each.name).join(", ")}.`);
  });
}

/** The executable's name on its platform. */
export function fileOf({ format }: Target): "orch" | "orch.exe" {
  return format === "PE" ? "orch.exe" : "orch";
}
